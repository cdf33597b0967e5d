"""A presenter from footage: what is refused in which words, what is left out and counted, what is kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.api.events import EngineError, Partial
from engines.api.jobs import PresentersJob
from engines.api.presenter import CheckPresenterJob, Consent, ImportJob, ImportsJob, TrainingLook, TrainPresenterJob
from engines.api.rooms import result_of
from engines.common.weights import write_json
from engines.presenter import presenters
from engines.presenter.builder.engine import BuilderEngine
from engines.presenter.builder.filming import open_film
from engines.presenter.builder.folders import STATE, TRAINED_ON, films_hash, learnt_elsewhere
from engines.presenter.builder.importing import ANEW
from engines.presenter.builder.keying import greenness, screen_strength, take_out
from engines.presenter.builder.reporting import read_report
from engines.presenter.builder.sighting import FAULTS, judge
from engines.presenter.builder.training import Course, begin
from engines.presenter.engine import PresenterEngine
from engines.presenter.footage_files import read_clips, read_footage, write_footage
from engines.presenter.homes import SHIPPED, VARIABLE
from engines.presenter.identity import face_frame_of, jaw_rule_of
from tests.engines.films import CONSENT, COUNT, flag_upright, pictures, write_film

Make = Callable[[Path], Path]


def import_job(home: Path, *videos: Path) -> ImportJob:
    return ImportJob(tuple(map(str, videos)), "tester", CONSENT, short=True, home=str(home))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good film whose pictures 30 to 44 are blurred and 50 to 54 without anybody."""
    shots = list(pictures())
    shots[30:45] = [cv2.GaussianBlur(shot, (0, 0), 5) for shot in shots[30:45]]
    shots[50:55] = [np.full_like(shots[0], 90)] * 5
    return write_film(tmp_path_factory.mktemp("film") / "good.mp4", shots)


@pytest.fixture(scope="module")
def imported(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one import in it. Good pictures are few, so that the least number is lowered."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engines.presenter.builder.importing.FEWEST", 20)
        result_of(BuilderEngine().run(import_job(home, film)))
    return home


def test_import_leaves_out_bad_stretches_and_names_them(imported: Path, film: Path) -> None:
    folder = imported / ".building" / "tester"
    report = read_report(folder / "footage")
    assert report.frames == COUNT
    counts = dict(report.skipped)
    assert counts["blurred"] >= 13 and counts["no face"] >= 5
    blurred = next(s for s in report.stretches if s.fault == "blurred")
    assert blurred.video == film.name and abs(blurred.start_s - 1.2) < 0.1 and abs(blurred.end_s - 1.8) < 0.1
    assert report.usable + sum(counts.values()) == report.frames
    clips = read_clips(folder / "footage")
    assert sum(len(clip.rendered(folder / "footage")) for clip in clips) == report.pictures == report.usable


def test_imported_faces_fill_the_box_as_the_shipped_one_does(imported: Path) -> None:
    root = imported / ".building" / "tester" / "footage"
    frame = face_frame_of(root)
    with np.load(SHIPPED / "default" / "template.npz", allow_pickle=False) as data:
        shipped = data["neutral"]
    assert np.abs(frame.points - shipped).mean() < 12
    assert read_footage(root).tier == "filmed"
    assert np.isfinite(jaw_rule_of(root, frame).weights).all()


def no_sound(folder: Path) -> Path:
    return write_film(folder / "mute.mp4", pictures()[:30], sound=False)


def no_face(folder: Path) -> Path:
    return write_film(folder / "wall.mp4", [np.full_like(pictures()[0], 120)] * 30)


def two_faces(folder: Path) -> Path:
    return write_film(folder / "pair.mp4", [np.hstack([shot, shot]) for shot in pictures()[:30]])


def slow(folder: Path) -> Path:
    return write_film(folder / "slow.mp4", pictures()[:30], fps=12)


def truncated(folder: Path) -> Path:
    path = write_film(folder / "whole.mp4", pictures()[:30])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def still(folder: Path) -> Path:
    path = folder / "picture.mp4"
    path.write_bytes(cv2.imencode(".png", pictures()[0])[1].tobytes())
    return path


def missing(folder: Path) -> Path:
    return folder / "nowhere.mp4"


BAD: tuple[tuple[Make, str], ...] = (
    (no_sound, "has no sound"),
    (no_face, "no face"),
    (two_faces, "two faces"),
    (slow, "12 pictures a second"),
    (truncated, "incomplete"),
    (still, "still picture"),
    (missing, "no video"),
)


@pytest.mark.parametrize(("make", "words"), BAD, ids=[make.__name__ for make, _ in BAD])
def test_bad_film_gets_one_sentence_and_leaves_nothing(make: Make, words: str, tmp_path: Path) -> None:
    video, home = make(tmp_path), tmp_path / "home"
    with pytest.raises(EngineError, match=words) as caught:
        result_of(BuilderEngine().run(import_job(home, video)))
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")
    assert not home.exists()


def test_failed_import_keeps_the_earlier_one(imported: Path, tmp_path: Path) -> None:
    folder = imported / ".building" / "tester" / "footage"
    before = sorted(path.name for path in folder.rglob("*"))
    with pytest.raises(EngineError):
        result_of(BuilderEngine().run(import_job(imported, no_face(tmp_path))))
    assert sorted(path.name for path in folder.rglob("*")) == before


def test_stopped_import_leaves_nothing(film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engines.presenter.builder.importing.FEWEST", 20)
    work = BuilderEngine().run(import_job(tmp_path / "home", film))
    for event in work:
        if getattr(event, "stage", "").startswith("Cutting"):
            break
    work.close()
    assert not (tmp_path / "home" / ".building" / "tester").exists()


def test_short_footage_must_be_allowed(film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engines.presenter.builder.importing.FEWEST", 20)
    with pytest.raises(EngineError, match="180 s are needed"):
        result_of(BuilderEngine().run(replace(import_job(tmp_path, film), short=False)))


@pytest.mark.parametrize("name", ["", "../outside", "default", "a/b"])
def test_presenter_names_stay_inside_the_home(name: str, film: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="name"):
        result_of(BuilderEngine().run(replace(import_job(tmp_path, film), name=name)))


def test_upright_telephones_are_turned(tmp_path: Path) -> None:
    lying = [np.ascontiguousarray(np.rot90(shot)) for shot in pictures()[:10]]
    film = open_film(flag_upright(write_film(tmp_path / "phone.mp4", lying)))
    expected = pictures()[0]
    assert (film.height, film.width) == expected.shape[:2]
    assert np.abs(next(film.pictures()).astype(int) - expected).mean() < 6


def test_changing_rate_is_brought_to_25(tmp_path: Path) -> None:
    times = [i * 40 + (15 if i % 3 == 0 else 0) for i in range(30)]
    film = open_film(write_film(tmp_path / "unsteady.mp4", pictures()[:30], times=times))
    assert not film.steady and film.count == len(list(film.pictures()))
    assert abs(film.count - 30) <= 1


def test_turned_heads_are_left_out() -> None:
    with np.load(SHIPPED / "default" / "template.npz", allow_pickle=False) as data:
        points = np.repeat(data["landmarks"][:1], 3, 0)
    points[1, 30] += 0.9 * (points[1, 45] - points[1, 30])
    full = np.full(3, 100, np.float32)
    fault = judge(points, np.ones(3, int), full, full)
    assert [FAULTS[n - 1] if n else "" for n in fault] == ["", "head turned away", ""]


def test_green_is_taken_out_with_its_spill() -> None:
    picture = np.full((120, 160, 3), (20, 180, 60), np.uint8)
    picture[40:, 50:110] = (190, 150, 130)
    picture[40:, 50:53] = (120, 165, 100)  # the screen shines on the rim
    strength = screen_strength(picture)
    out, matte = take_out(picture, strength)
    assert strength > 80 and not matte[10, 10] and matte[80, 80] == 255
    assert greenness(picture)[80, 51] > 40 and greenness(out)[60:, 50:110].max() < 10
    assert not screen_strength(pictures()[0])


@pytest.fixture
def building(imported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the import in a home that presenters are looked for in."""
    home = tmp_path / "mine"
    shutil.copytree(imported, home)
    monkeypatch.setenv(VARIABLE, str(home))
    monkeypatch.setattr("engines.presenter.train.FEWEST", 20)
    return home


def test_training_pauses_goes_on_and_seals_a_presenter(building: Path) -> None:
    engine, job = BuilderEngine(), TrainPresenterJob("tester", 0.02, "cpu")
    work, looks = engine.run(job), []
    for event in work:
        if isinstance(event, Partial):
            looks.append(event.value)
            break
    work.close()
    assert isinstance(looks[0], TrainingLook) and looks[0].sheet.shape[2] == 3
    assert result_of(engine.run(CheckPresenterJob("tester"))).stage == "training"
    assert [(found.name, found.stage) for found in result_of(engine.run(ImportsJob()))] == [("tester", "training")]
    folder = Path(result_of(engine.run(job)))
    assert folder == building / "tester" and presenters.load_presenter("tester").title == "tester"
    assert result_of(engine.run(CheckPresenterJob("tester"))).stage == "ready"
    assert [found.stage for found in result_of(engine.run(ImportsJob()))] == ["ready"]
    listed = [info.key for info in result_of(PresenterEngine().run(PresentersJob()))]
    assert listed == ["default", "tester"]
    (folder / "matte.mp4").write_bytes(b"something else")
    with pytest.raises(EngineError, match=r"matte\.mp4 was altered"):
        result_of(engine.run(CheckPresenterJob("tester")))
    (folder / "matte.mp4").unlink()
    with pytest.raises(EngineError, match=r"matte\.mp4 is missing"):
        result_of(engine.run(CheckPresenterJob("tester")))


def test_other_films_begin_training_anew(building: Path, film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = building / ".building" / "tester"
    course = Course(folder / "footage", folder / "training")
    course.out.mkdir()
    (course.out / STATE).write_bytes(b"learnt from other films, and no state that could be read")
    write_json(course.out / TRAINED_ON, {"look": "other films"})
    monkeypatch.setattr("engines.presenter.builder.importing.FEWEST", 20)
    report = result_of(BuilderEngine().run(import_job(building, film)))
    assert ANEW in report.remarks and ANEW in read_report(course.footage).remarks
    assert begin(course, TrainPresenterJob("tester", 0.02, "cpu")).fitter.steps == 0
    (course.out / STATE).write_bytes(b"learnt from these films")
    assert not learnt_elsewhere(course.out, course.footage)
    assert read_footage(course.footage).look == films_hash([film])
    write_footage(course.footage, replace(read_footage(course.footage), look="other films"))
    assert learnt_elsewhere(course.out, course.footage)


def test_unfinished_consent_stops_everything(building: Path, film: Path) -> None:
    for consent in (Consent(), replace(CONSENT, statement=" "), replace(CONSENT, date="soon")):
        with pytest.raises(EngineError, match="consent"):
            result_of(BuilderEngine().run(replace(import_job(building, film), consent=consent)))
    (building / ".building" / "tester" / "consent.json").unlink()
    with pytest.raises(EngineError, match="no consent record"):
        result_of(BuilderEngine().run(TrainPresenterJob("tester", 0.02)))
