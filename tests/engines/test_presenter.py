"""Laws of the presenter engine, on tiny networks and a drawn face."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import torch

from engines.api.events import EngineError, Partial, Progress
from engines.api.jobs import ClipJob, PresentersJob
from engines.api.values import Audio, ByteArray, ClipSummary, FloatArray, Frames
from engines.common.weights import save_weights, write_json
from engines.lipsync.config import tiny
from engines.lipsync.dataset import Scaling
from engines.lipsync.pca import MouthBasis
from engines.lipsync.predict import Lipsync
from engines.presenter import presenters
from engines.presenter.assemble import MADE
from engines.presenter.backgrounds import open_background
from engines.presenter.composite import FaceSetter, over, with_coverage
from engines.presenter.config import PRESETS, RendererConfig, TrainConfig
from engines.presenter.data import Cutter
from engines.presenter.engine import PresenterEngine, frame_span
from engines.presenter.export import open_painter, picture_graph
from engines.presenter.face_frame import BOX, FaceFrame, carry, fit_similarity, invert
from engines.presenter.facial_map import CHANNELS, compose_map, draw_lines, speech_region, still_edges, true_map
from engines.presenter.fitting import Fitter
from engines.presenter.footage_files import write_arrays
from engines.presenter.jaw import fit_jaw, mouth_size
from engines.presenter.model import Critics, build_generator
from engines.presenter.painting import CHUNK
from engines.presenter.quality import closures, psnr_db, sharpness, ssim
from engines.presenter.recompose import recompose
from engines.presenter.template import ClipReader, template_number

HEIGHT, WIDTH = 560, 600
CORNER = (40, 30)
BEHIND = (84, 94, 108)
FPS = Fraction(25)


def face_points() -> FloatArray:
    """68 points of a plain face in the middle of the box."""

    def arc(cx: float, cy: float, rx: float, ry: float, angles: FloatArray) -> FloatArray:
        return np.column_stack([cx + rx * np.cos(angles), cy + ry * np.sin(angles)])

    circle = np.linspace(np.pi, -np.pi, 7)[:-1]
    parts = [
        arc(256, 230, 110, 150, np.linspace(np.pi, 0, 17)),
        np.column_stack([np.linspace(170, 235, 5), np.full(5, 180.0)]),
        np.column_stack([np.linspace(277, 342, 5), np.full(5, 180.0)]),
        np.column_stack([np.full(4, 256.0), np.linspace(205, 260, 4)]),
        np.column_stack([np.linspace(236, 276, 5), np.full(5, 272.0)]),
        arc(205, 210, 18, 7, circle),
        arc(307, 210, 18, 7, circle),
        arc(256, 315, 40, 14, np.linspace(np.pi, 3 * np.pi, 13)[:-1]),
        arc(256, 315, 30, 3, np.linspace(np.pi, 3 * np.pi, 9)[:-1]),
    ]
    return np.concatenate(parts).astype(np.float32)


def moved(points: FloatArray, angle: float, scale: float, x: float, y: float) -> FloatArray:
    """Points under a similarity."""
    a, b = scale * np.cos(angle), scale * np.sin(angle)
    return carry(np.float32([[a, -b, x], [b, a, y]]), points)


def noisy_picture(seed: int = 0, side: int = BOX) -> ByteArray:
    """A picture with edges everywhere (side, side, 3)."""
    coarse = np.random.default_rng(seed).integers(0, 256, (side // 8, side // 8, 3), dtype=np.uint8)
    return np.repeat(np.repeat(coarse, 8, 0), 8, 1)


@pytest.fixture
def frame() -> FaceFrame:
    return FaceFrame.from_neutral(face_points())


def open_mouth(mouth: FloatArray, gap: float) -> FloatArray:
    """A mouth (20, 2) in mouth units with its lower lip dropped."""
    opened = mouth.copy()
    opened[[7, 8, 9, 10, 11, 17, 18, 19], 1] += gap
    return opened


def test_similarity_is_found_and_undone() -> None:
    points = face_points()
    matrix = fit_similarity(points, moved(points, 0.2, 1.1, 5, -7))
    np.testing.assert_allclose(carry(matrix, points), moved(points, 0.2, 1.1, 5, -7), atol=1e-3)
    np.testing.assert_allclose(carry(invert(matrix), carry(matrix, points)), points, atol=1e-3)


def test_own_mouth_recomposed_changes_nothing(frame: FaceFrame) -> None:
    points = moved(face_points(), 0.1, 0.95, 12, 4)
    points[48:] += np.random.default_rng(0).normal(0, 2, (20, 2)).astype(np.float32)
    rule = fit_jaw(np.stack([points, face_points(), points + 3]), frame)
    np.testing.assert_allclose(recompose(points, frame.mouth(points), frame, rule), points, atol=1e-2)
    rest = frame.mouth(face_points())
    np.testing.assert_allclose(recompose(points, rest, frame, rule, rest), points, atol=1e-2)


def test_jaw_rule_finds_the_linear_law_and_moves_only_the_jaw(frame: FaceFrame) -> None:
    rest, rows = frame.mouth(face_points()), []
    for gap in (0.0, 0.1, 0.2, 0.35):
        row = face_points()
        row[48:] = frame.pixels(open_mouth(rest, gap))
        row[3:14, 1] += 0.8 * gap * frame.width
        rows.append(row)
    rule = fit_jaw(np.stack(rows), frame)
    offset = rule.offset(open_mouth(rest, 0.25), rest)
    np.testing.assert_allclose(offset, np.tile([[0.0, 0.2]], (11, 1)), atol=1e-3)
    out = recompose(face_points(), open_mouth(rest, 0.25), frame, rule)
    np.testing.assert_allclose(out[:3], face_points()[:3], atol=1e-4)
    np.testing.assert_allclose(out[17:48], face_points()[17:48], atol=1e-4)
    assert mouth_size(frame.mouth(out))[1] > mouth_size(rest)[1] + 0.2


def test_map_has_no_edges_where_speech_may_change_the_picture(frame: FaceFrame) -> None:
    edges = still_edges(noisy_picture(), frame.points)
    assert edges.any() and not edges[speech_region(frame.points) > 0].any()
    mouth = frame.points[48:68].mean(0).astype(int)
    assert not edges[mouth[1] - 30 : mouth[1] + 30, mouth[0] - 40 : mouth[0] + 40].any()


def test_map_follows_the_mouth_by_less_than_a_pixel(frame: FaceFrame) -> None:
    nudged = frame.points.copy()
    nudged[60:68, 1] += 0.25
    changed = draw_lines(nudged) != draw_lines(frame.points)
    assert changed[3].any() and not changed[:3].any()


def test_map_is_the_same_for_every_pose(frame: FaceFrame) -> None:
    points = moved(face_points(), 0.05, 1.02, 3, -2)
    empty = np.zeros((BOX, BOX), np.uint8)
    one, two = (
        compose_map(empty, points, frame.align(points)),
        compose_map(empty, face_points(), frame.align(points * 0 + face_points())),
    )
    assert np.abs(one.astype(int) - two).mean() < 0.3


@pytest.mark.parametrize("preset", ["studio", "paper"])
def test_generators_paint_the_size_they_are_given(preset: str) -> None:
    config = (
        RendererConfig.tiny() if preset == "studio" else replace(PRESETS["paper"], width=4, blocks=1, critic_width=4)
    )
    maps = torch.rand(1, config.channels, 64, 64)
    painted = build_generator(config)(maps, (0, 64))
    assert painted.shape == (1, 3, 64, 64)
    assert len(Critics(config)(maps, painted)) == config.critic_scales


def test_paper_preset_has_the_size_of_the_paper() -> None:
    with torch.device("meta"):
        count = sum(p.numel() for p in build_generator(PRESETS["paper"]).parameters())
    assert 180e6 < count < 185e6


def make_batch(frame: FaceFrame, plan: TrainConfig) -> Any:
    rows = np.stack([face_points(), moved(face_points(), 0.02, 1.0, 3, 1)])
    cutter = Cutter(frame, fit_jaw(np.repeat(rows, 3, 0), frame), plan)
    return cutter.batch([np.full((BOX, BOX, 3), (220, 160, 90), np.uint8)] * 2, rows, (176, 128), plan.crop)


def test_training_lowers_the_loss_and_resumes_exactly(frame: FaceFrame, tmp_path: Path) -> None:
    plan = TrainConfig(crop=256, critic_from=0.0, warm_steps=1, rate=2e-2)
    batch = make_batch(frame, plan)
    fitter = Fitter(RendererConfig.tiny(), plan, torch.device("cpu"))
    first = fitter.step(batch, 0.0)["colour"]
    for _ in range(8):
        last = fitter.step(batch, 0.1)["colour"]
    assert last < 0.9 * first
    fitter.save(tmp_path / "state.safetensors")
    other = Fitter(RendererConfig.tiny(), plan, torch.device("cpu"))
    other.resume(tmp_path / "state.safetensors")
    one, two = fitter.step(batch, 0.2), other.step(batch, 0.2)
    assert one == pytest.approx(two, rel=1e-4)


def test_window_of_the_face_frame_comes_back_in_the_picture_pose(frame: FaceFrame) -> None:
    """A network that returned the truth of the face frame would be measured against the picture itself."""
    plan = TrainConfig(crop=256)
    batch = make_batch(frame, plan)
    still = torch.nn.functional.grid_sample(batch.maps[:1, 1:2], batch.grid[:1], align_corners=False)
    np.testing.assert_allclose(still[0, 0, 20:-20, 20:-20], batch.maps[0, 1, 20:-20, 20:-20], atol=0.02)
    shifted = torch.nn.functional.grid_sample(batch.maps[1:, 1:2], batch.grid[1:], align_corners=False)[0, 0].numpy()
    drawn = draw_lines(moved(face_points(), 0.02, 1.0, 3, 1))[0, 176 : 176 + 256, 128 : 128 + 256] / 255.0
    assert np.corrcoef(shifted[20:-20, 20:-20].ravel(), drawn[20:-20, 20:-20].ravel())[0, 1] > 0.9


def test_face_is_set_in_without_touching_the_rest(frame: FaceFrame) -> None:
    body = noisy_picture(2, 640)
    setter = FaceSetter(frame, (50, 60))
    out = setter.set(body, np.full((BOX, BOX, 3), 255, np.uint8), frame.align(face_points()))
    changed = (out != body).any(-1)
    assert changed[60 + 315, 50 + 256]
    changed[60 : 60 + BOX, 50 : 50 + BOX] = False
    assert not changed.any()


def test_border_takes_the_template_colour(frame: FaceFrame) -> None:
    body = np.full((640, 640, 3), 120, np.uint8)
    out = FaceSetter(frame, (50, 60)).set(body, np.full((BOX, BOX, 3), 128, np.uint8), frame.align(face_points()))
    assert np.abs(out.astype(int) - 120).max() <= 2


def test_presenter_stands_before_the_background() -> None:
    picture, new = np.full((2, 2, 3), 200, np.uint8), np.full((2, 2, 3), 10, np.uint8)
    matte = np.uint8([[255, 0], [128, 128]])
    share = 128 / 255
    picture[1] = np.rint(share * 200 + (1 - share) * np.array(BEHIND))
    out = over(picture, matte, new, BEHIND)
    assert (out[0, 0] == 200).all() and (out[0, 1] == 10).all()
    np.testing.assert_allclose(out[1, 0], share * 200 + (1 - share) * 10, atol=1.5)
    straight = with_coverage(picture, matte, BEHIND)
    np.testing.assert_allclose(straight[1, 0, :3], 200, atol=2)
    assert (straight[..., 3] == matte).all()


def test_template_plays_there_and_back_without_a_jump() -> None:
    numbers = [template_number(i, FPS, 10, FPS) for i in range(60)]
    assert set(numbers) == set(range(10)) and max(abs(np.diff(numbers))) == 1
    assert [template_number(i, Fraction(50), 10, FPS) for i in range(5)] == [0, 0, 1, 2, 2]


def test_unknown_background_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_text("no picture")
    for name in (str(tmp_path / "x.png"), str(tmp_path / "none.png")):
        with pytest.raises(EngineError, match="background"):
            open_background(name, 64, 36)


def write_movie(path: Path, pictures: list[ByteArray], layout: str) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "4", "g": "3"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, layout
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24" if picture.ndim == 3 else "gray")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small presenter folder: seven pictures of a noisy face, a tiny renderer."""
    folder = tmp_path_factory.mktemp("presenters") / "small"
    folder.mkdir()
    pictures, mattes = [], []
    for i in range(7):
        picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
        picture[:] = BEHIND
        picture[30:542, 40:552] = noisy_picture(3)
        picture[:, :20] = 20 * i
        matte = np.zeros((HEIGHT, WIDTH), np.uint8)
        matte[30:542, 40:552] = 255
        pictures.append(picture)
        mattes.append(matte)
    write_movie(folder / "template.mp4", pictures, "yuv420p")
    write_movie(folder / "matte.mp4", mattes, "gray")
    frame = FaceFrame.from_neutral(face_points())
    rows = np.stack([moved(face_points(), 0.002 * i, 1.0, 0.3 * i, 0) for i in range(7)])
    rule = fit_jaw(rows, frame)
    write_arrays(folder / "template.npz", landmarks=rows, jaw=rule.weights, rest=frame.mouth(rows[0]), **frame.arrays())
    write_json(folder / "consent.json", MADE)
    torch.manual_seed(0)
    config = RendererConfig.tiny()
    header = {"engine": "presenter", "config": config.as_header()}
    save_weights(folder / "renderer.safetensors", build_generator(config).state_dict(), header)
    presenters.seal_presenter(folder, "Small", CORNER, FPS, BEHIND)
    return folder


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PresenterEngine]:
    """An engine with a tiny lip-sync network and a cache of its own."""
    rest = FaceFrame.from_neutral(face_points()).mouth(face_points())
    wave = np.random.default_rng(0).standard_normal((50, 10)).astype(np.float32)
    components = np.linalg.qr(np.random.default_rng(1).standard_normal((40, 10)))[0].T.astype(np.float32)

    def network(mfcc: FloatArray) -> FloatArray:
        return np.repeat(wave[None], len(mfcc), 0)

    lipsync = Lipsync(
        tiny(),
        network,
        MouthBasis(rest, components, 0.05),
        Scaling(np.zeros(13, np.float32), np.ones(13, np.float32)),
        {},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engines.presenter.listening.load_lipsync", lambda: lipsync)
        patch.setattr("engines.presenter.export.cache_folder", lambda: tmp_path_factory.mktemp("cache") / "renderers")
        yield PresenterEngine("cpu")


def sound(seconds: float = 1.2) -> Audio:
    """Half a second of silence, then a loud tone."""
    n = int(seconds * 16000)
    samples = 0.3 * np.sin(np.arange(n) * 0.2) * (1 + np.sin(np.arange(n) * 0.002))
    samples[:8000] = 0
    return Audio(samples.astype(np.float32), 16000)


def clip(engine: PresenterEngine, job: ClipJob) -> tuple[list[Frames], ClipSummary]:
    work, parts = engine.run(job), []
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            return parts, end.value
        if isinstance(event, Partial):
            parts.append(event.value)
        else:
            assert isinstance(event, Progress) and event.stage


def job_for(folder: Path, **changes: Any) -> ClipJob:
    return replace(ClipJob(sound(), str(folder), width=320, height=180, background="green"), **changes)


def pictures_of(parts: list[Frames]) -> ByteArray:
    return np.concatenate([p.pictures for p in parts])


def test_clip_has_every_frame_once_and_is_deterministic(studio: PresenterEngine, sealed: Path) -> None:
    parts, summary = clip(studio, job_for(sealed))
    again, _ = clip(studio, job_for(sealed))
    pictures = pictures_of(parts)
    assert summary.frames == len(pictures) == 30 and pictures.shape[1:] == (180, 320, 3)
    assert [p.first for p in parts] == list(range(0, 30, CHUNK))
    assert set(summary.work_s) == {"mouth", "map", "renderer", "composite"}
    np.testing.assert_array_equal(pictures, pictures_of(again))


def test_part_of_a_clip_equals_the_same_frames_of_the_whole(studio: PresenterEngine, sealed: Path) -> None:
    whole = pictures_of(clip(studio, job_for(sealed))[0])
    parts, summary = clip(studio, job_for(sealed, start_s=0.6, end_s=1.0))
    assert parts[0].first == 15 and summary.frames == 10
    np.testing.assert_array_equal(pictures_of(parts), whole[15:25])


def test_mouth_is_still_in_silence_and_moves_in_speech(studio: PresenterEngine, sealed: Path) -> None:
    from engines.presenter.listening import listen

    work = listen(sound(), FPS, 0, 30)
    try:
        while True:
            next(work)
    except StopIteration as end:
        mouths = end.value
    assert np.ptp(mouths[:8], axis=0).max() == 0
    assert np.ptp(mouths[16:], axis=0).max() > 0.01


def test_alpha_clip_has_coverage(studio: PresenterEngine, sealed: Path) -> None:
    parts, _ = clip(studio, job_for(sealed, background="alpha", width=WIDTH, height=HEIGHT, end_s=0.1))
    pictures = pictures_of(parts)
    assert pictures.shape[-1] == 4
    assert (pictures[:, 300, 300, 3] == 255).all() and (pictures[:, 5, 5, 3] == 0).all()


def test_frame_count_is_exact_at_every_rate(sealed: Path) -> None:
    audio = Audio(np.zeros(160_123, np.float32), 16000)
    for fps in (Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(50)):
        assert frame_span(ClipJob(audio, str(sealed), fps=fps)) == (0, round(Fraction(160_123, 16000) * fps))


def test_clip_can_be_stopped_at_any_moment(studio: PresenterEngine, sealed: Path) -> None:
    work = studio.run(job_for(sealed))
    while not isinstance(next(work), Partial):
        pass
    work.close()
    assert clip(studio, job_for(sealed, end_s=0.2))[1].frames == 5


def test_bad_clips_are_refused_in_words(studio: PresenterEngine, sealed: Path) -> None:
    wrong = Audio(np.full(1600, np.nan, np.float32), 16000)
    for change, words in (
        ({"audio": Audio(np.zeros(0, np.float32), 16000)}, "no sound"),
        ({"audio": wrong}, "invalid samples"),
        ({"width": 7}, "7x180"),
        ({"presenter": "nobody-known"}, "no presenter"),
        ({"background": "nowhere.png"}, "background"),
    ):
        with pytest.raises(EngineError, match=words):
            clip(studio, job_for(sealed, **change))


@pytest.fixture
def copied(sealed: Path, tmp_path: Path) -> Path:
    """A copy of the presenter that a test may spoil."""
    folder = tmp_path / "spoilt"
    folder.mkdir()
    for path in sealed.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.mark.parametrize("name", presenters.FILES)
def test_missing_or_altered_file_is_named(studio: PresenterEngine, copied: Path, name: str) -> None:
    path = copied / name
    original = path.read_bytes()
    path.write_bytes(original + b" ")
    with pytest.raises(EngineError, match=f"{name} was altered"):
        clip(studio, job_for(copied))
    path.unlink()
    with pytest.raises(EngineError, match=name):
        clip(studio, job_for(copied))


def test_presenter_without_consent_is_refused(studio: PresenterEngine, copied: Path) -> None:
    write_json(copied / "consent.json", {**MADE, "who": " "})
    presenters.seal_presenter(copied, "Small", CORNER, FPS, BEHIND)
    with pytest.raises(EngineError, match="consent record without who"):
        clip(studio, job_for(copied))
    (listed,) = presenters.list_presenters(copied.parent)
    assert not listed.consented and listed.title == "Small"


def test_presenters_are_listed(studio: PresenterEngine, sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert presenters.list_presenters(sealed.parent)[0].consented
    parts, found = clip(studio, PresentersJob())  # type: ignore[arg-type]
    assert not parts and isinstance(found, tuple)


def test_template_pictures_are_the_same_in_any_order(sealed: Path) -> None:
    reader = ClipReader(sealed / "template.mp4", "rgb24")
    forward = [reader.picture(i).copy() for i in range(len(reader))]
    assert len(forward) == 7
    for i in (6, 5, 4, 3, 2, 1, 0, 5, 2):
        np.testing.assert_array_equal(reader.picture(i), forward[i])
    levels = [picture[:, 4:12].mean() for picture in forward]
    assert np.all(np.diff(levels) > 10)
    reader.close()


def test_true_map_is_drawn_in_the_face_frame(frame: FaceFrame) -> None:
    points = moved(face_points(), 0.03, 1.0, 8, -5)
    drawn, pose = true_map(noisy_picture(4), points, frame)
    assert drawn.shape == (5, BOX, BOX) and drawn.dtype == np.uint8
    np.testing.assert_allclose(carry(pose, points), frame.points, atol=0.05)


def test_missing_card_and_damaged_cache_are_got_over(
    sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engines.presenter.export.cache_folder", lambda: tmp_path)
    if torch.cuda.is_available():
        pytest.skip("a card is here")
    painter = open_painter(sealed / "renderer.safetensors", "x" * 24, "cuda")
    assert "graphics card" in painter.remark and "processor" in painter.device
    maps = np.zeros((2, 5, BOX, BOX), np.uint8)
    painted = painter.start(maps)()
    assert painted.shape == (2, BOX, BOX, 3)
    (graph,) = tmp_path.glob("*/renderer.xml")
    graph.write_text("damaged")
    again = open_painter(sealed / "renderer.safetensors", "x" * 24, "cpu")
    np.testing.assert_array_equal(again.start(maps)(), painted)


def test_measures_know_same_from_different() -> None:
    one, two = noisy_picture(5, 96), noisy_picture(6, 96)
    assert psnr_db(one, one) > 60 and ssim(one, one) == pytest.approx(1.0)
    assert ssim(one, two) < 0.3 and psnr_db(one, two) < 15
    soft = np.repeat(np.repeat(one[::2, ::2], 2, 0), 2, 1) // 2 + one // 4
    assert sharpness(soft) < sharpness(one)


def test_closures_count_spells_between_open_lips() -> None:
    truth = np.float32([0, 0, 0, 0.2, 0.2, 0, 0.2, 0.2, 0, 0, 0.2, 0, 0])
    assert closures(truth, truth) == (2, 2)
    missed = truth.copy()
    missed[5] = 0.2
    assert closures(truth, missed) == (1, 2)


def test_a_window_is_painted_as_in_the_whole_picture() -> None:
    torch.manual_seed(5)
    generator = build_generator(RendererConfig.tiny()).eval()
    with torch.no_grad():
        generator.canvas.normal_(0, 0.3)
        generator.colours.normal_(0, 0.3)
        maps = torch.randint(0, 255, (1, len(CHANNELS), BOX, BOX))
        top, left, height, width = window = (96, 64, 352, 320)
        part = maps[..., top : top + height, left : left + width]
        whole, small = picture_graph(generator)(maps)[0], picture_graph(generator, window)(part)[0]
    inner = 112  # beyond the reach of the layers nothing tells the window's rim from the picture's
    seen = whole[top + inner : top + height - inner, left + inner : left + width - inner]
    assert (seen == small[inner:-inner, inner:-inner]).all() and seen.float().std() > 1
