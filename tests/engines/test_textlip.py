"""Text to lips: laws of the networks and losses, alignment, data on disk, corpora, and what bad input gets."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from engines.api.events import EngineError, Partial
from engines.api.textlip import DurationsJob, LipsJob, LipTrack
from engines.api.values import SILENCE, Phone
from engines.common.homes import SHIPPED, VARIABLE
from engines.textlip import corpora, identity, losses, points, reader, reading, sheets
from engines.textlip.batch import spell, to_pictures, to_tensor
from engines.textlip.blocks import LengthRegulator
from engines.textlip.brush import Brush
from engines.textlip.carrying import MOUTH, CarryingDecoder
from engines.textlip.config import KINDS, PRESETS, Kind, TextlipConfig, TrainConfig
from engines.textlip.dataset import Drawer, Runs
from engines.textlip.engine import TextlipEngine
from engines.textlip.model import FIRST, ParaLip
from engines.textlip.networks import build
from engines.textlip.pictures import Discriminator
from engines.textlip.placing import LipWindow, carry
from engines.textlip.runs import Run, durations, read_run, window_of, write_run
from engines.textlip.saved import keep, open_network
from engines.textlip.sayings import Saying
from engines.textlip.training import Trainer

GRID = Path(__file__).parents[3] / "shared" / "data" / "grid"
PHONES = (Phone(SILENCE, 0.0, 0.1), Phone("m", 0.1, 0.2), Phone("ɑ", 0.2, 0.42, 1), Phone("p", 0.42, 0.6))
FRAMES = 15


@pytest.fixture(scope="module")
def network() -> ParaLip:
    """A small ParaLip with random weights, ready to paint."""
    torch.manual_seed(1)
    made = build(TextlipConfig.tiny()).eval()
    assert isinstance(made, ParaLip)
    return made


@pytest.fixture
def engine(network: ParaLip) -> TextlipEngine:
    """An engine around it that needs no weight file and no presenter."""
    made = TextlipEngine()
    made._networks["paralip"] = network
    made._identities["me", 0.0] = face()
    return made


def face(shade: int = 128) -> np.ndarray:
    """A lip picture of one shade."""
    return np.full((80, 160, 3), shade, np.uint8)


def a_run(name: str = "a", split: str = "train") -> Run:
    """A run whose pictures grow lighter and whose mouth opens."""
    pictures = np.stack([face(10 * i) for i in range(FRAMES)])
    mouths = np.random.default_rng(0).uniform(30, 60, (FRAMES, 20, 2)).astype(np.float32)
    return Run(name, split, "synthetic", "map", pictures, mouths, PHONES)


@pytest.mark.parametrize("kind", KINDS)
def test_every_network_paints_as_many_pictures_as_asked(kind: Kind) -> None:
    made = build(TextlipConfig.tiny(kind)).eval()
    with torch.inference_mode():
        parts = list(made.paint(spell([PHONES], made.config), 7, torch.rand(1, 3, 80, 160), 3))
    pictures = torch.cat(parts)
    assert pictures.shape == (7, 3, 80, 160)
    assert float(pictures.min()) >= 0 and float(pictures.max()) <= 1


def test_chunks_make_no_difference_to_parallel_pictures(network: ParaLip) -> None:
    spelled, who = spell([PHONES], network.config), torch.rand(1, 3, 80, 160)
    with torch.inference_mode():
        whole = torch.cat(list(network.paint(spelled, 2 * FIRST, who, FIRST)))
        parts = torch.cat(list(network.paint(spelled, 2 * FIRST, who, 3)))
    assert torch.allclose(whole, parts, atol=1e-5)


def test_an_autoregressive_rival_sees_no_future() -> None:
    made = build(TextlipConfig.tiny("transformer")).eval()
    before = torch.rand(1, 6, 3, 20, 40, requires_grad=True)
    rows = made.follow(spell([PHONES], made.config), 6, torch.zeros(1, made.config.hidden), before)
    rows[0, 2].sum().backward()
    assert before.grad is not None
    assert float(before.grad[0, :3].abs().sum()) > 0
    assert float(before.grad[0, 3:].abs().sum()) == 0


def test_teacher_forcing_equals_going_step_by_step() -> None:
    torch.manual_seed(0)
    made = build(TextlipConfig.tiny("duallip")).eval()
    spelled, before = spell([PHONES], made.config), torch.rand(1, 5, 3, 20, 40)
    who = torch.rand(1, made.config.hidden)
    with torch.inference_mode():
        five, three = made.follow(spelled, 5, who, before), made.follow(spelled, 3, who, before)
    assert torch.allclose(five[:, :3], three, atol=1e-6)


def test_filling_a_batch_changes_nothing(network: ParaLip) -> None:
    alone = spell([PHONES], network.config)
    filled = spell([PHONES, (*PHONES, *PHONES)], network.config)
    with torch.inference_mode():
        assert torch.allclose(network.durations(alone)[0], network.durations(filled)[0, : len(PHONES)], atol=1e-5)


def test_the_length_regulator_gives_each_picture_its_phone() -> None:
    config = replace(TextlipConfig.tiny(), places=False)
    spelled = spell([PHONES], config)
    rows = LengthRegulator(config)(torch.eye(4, 16)[None], spelled.starts, spelled.ends, FRAMES)
    counts = rows[0].argmax(-1).bincount(minlength=4)
    assert counts.tolist() == durations(PHONES, FRAMES).tolist() == [3, 2, 6, 4]


def test_durations_tile_a_run_whatever_is_cut() -> None:
    for start_s in (0.0, 0.15, 0.3):
        part = window_of(PHONES, start_s, 0.6)
        assert part[0].start_s == 0
        assert part[-1].end_s == pytest.approx(0.6 - start_s)
        assert all(a.end_s == pytest.approx(b.start_s) for a, b in pairwise(part))
    assert durations(window_of(PHONES, 0.0, 2.0), 50).sum() == 50


def test_similarity_is_one_for_equals_and_what_the_usual_library_says() -> None:
    rng = np.random.default_rng(0)
    a = torch.from_numpy(rng.random((2, 3, 24, 32), np.float32))
    assert torch.allclose(losses.similarity(a, a), torch.ones(2), atol=1e-5)
    b = (a + 0.1 * torch.from_numpy(rng.standard_normal((2, 3, 24, 32)).astype(np.float32))).clamp(0, 1)
    smooth = losses.smoother(32, a)
    assert smooth.shape == (22, 32)
    assert torch.allclose(smooth.sum(1), torch.ones(22))
    assert 0 < float(losses.similarity(a, b).mean()) < 0.99


def test_the_duration_loss_counts_phones_and_the_whole() -> None:
    true, there = torch.tensor([[2.0, 3.0, 0.0]]), torch.tensor([[True, True, False]])
    assert float(losses.duration_loss(true, true, there)) == 0
    longer = torch.tensor([[3.0, 4.0, 9.0]])
    assert float(losses.duration_loss(longer, true, there)) == pytest.approx(2.0)  # 1 a phone, and 2 for both over 2
    traded = torch.tensor([[3.0, 2.0, 0.0]])
    assert float(losses.duration_loss(traded, true, there)) == pytest.approx(1.0)  # the whole is right


def test_the_discriminator_judges_patches() -> None:
    assert Discriminator(TextlipConfig.tiny())(torch.rand(2, 3, 80, 160)).shape == (2, 1, 10, 20)


def test_monotonic_alignment_finds_the_best_path() -> None:
    rng = np.random.default_rng(0)
    true = np.array([3, 1, 4, 2])
    owner = np.repeat(np.arange(4), true)
    scores = np.where(owner[:, None] == np.arange(4), 0.0, -1.0) + 0.01 * rng.standard_normal((10, 4))
    assert reader.search(scores).tolist() == true.tolist()
    assert reader.search(scores[:4]).tolist() == [1, 1, 1, 1]
    assert reader.search(np.zeros((12, 4)), 1.0).tolist() == [3, 3, 3, 3]


def test_alignment_of_lips_gives_every_phone_its_time() -> None:
    found = reader.align(reader.LipReader(8).eval(), a_run().mouths, PHONES)
    assert found.shape == (4,)
    assert float(found.sum()) == pytest.approx(FRAMES / 25, abs=1e-5)
    assert found.min() > 0


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    run = a_run()
    write_run(tmp_path, run)
    again = read_run(tmp_path / "a.npz")
    assert np.array_equal(again.pictures, run.pictures)
    assert [p.symbol for p in again.phones] == [p.symbol for p in PHONES]
    (tmp_path / "a.npz").write_bytes(b"no")
    with pytest.raises(EngineError, match="damaged"):
        read_run(tmp_path / "a.npz")


@pytest.mark.parametrize("kind", KINDS)
def test_training_goes_down_and_goes_on_where_it_stopped(kind: Kind, tmp_path: Path) -> None:
    write_run(tmp_path, a_run())
    how = TrainConfig(rate=3e-3, batch=2, shown=3, steps=8, adversarial_from=0.4, pictures_from=0.2)
    told = [Saying("a", "train", "real", PHONES, a_run().mouths)]
    trainer = Trainer(TextlipConfig.tiny(kind), how)
    lost = list(trainer.fit(Drawer(Runs(tmp_path), told, trainer.config, how)))
    assert lost[-1]["mouth"] < lost[0]["mouth"]
    assert "reconstruction" not in lost[0]
    assert {"reconstruction", "similarity", "adversarial"} <= set(lost[-1])
    assert ("duration" in lost[0]) == (kind == "paralip")
    trainer.save(tmp_path / "kept.safetensors")
    again = Trainer(TextlipConfig.tiny(kind), how)
    again.restore(tmp_path / "kept.safetensors")
    assert again.step == 8
    assert all(
        torch.equal(a, b)
        for a, b in zip(again.network.state_dict().values(), trainer.network.state_dict().values(), strict=True)
    )


def test_losses_switch_off(tmp_path: Path) -> None:
    write_run(tmp_path, a_run())
    how = TrainConfig(batch=1, shown=2, steps=1, similarity=0, adversarial=0, adversarial_from=0, pictures_from=0)
    trainer = Trainer(TextlipConfig.tiny(), how)
    lost = list(trainer.fit(Drawer(Runs(tmp_path), [], trainer.config, how)))
    assert set(lost[0]) == {"mouth", "reconstruction"}


def test_weights_carry_their_config(network: ParaLip, tmp_path: Path) -> None:
    keep(tmp_path / "w.safetensors", network, {})
    again = open_network(tmp_path / "w.safetensors")
    assert again.config == network.config
    with pytest.raises(EngineError, match="missing"):
        open_network(tmp_path / "none.safetensors")


def test_the_paper_preset_is_the_papers() -> None:
    paper = PRESETS["paper"]
    assert (paper.hidden, paper.heads, paper.encoder_blocks, paper.dropout, paper.places) == (256, 2, 4, 0.2, False)
    usual = TrainConfig()
    assert (usual.rate, usual.judge_rate, usual.batch, usual.adversarial) == (1e-3, 1e-4, 4, 5.0)


def test_text_becomes_lips_with_the_first_pictures_first(engine: TextlipEngine) -> None:
    events = list(drain(engine.run(LipsJob("Hello, mum.", identity="me"))))
    pictures = [event.value for event in events if isinstance(event, Partial)]
    track = events[-1]
    assert isinstance(track, LipTrack)
    assert len(pictures[0].pictures) == FIRST
    assert [part.first for part in pictures] == np.cumsum([0, *(len(p.pictures) for p in pictures[:-1])]).tolist()
    assert track.frames == sum(len(p.pictures) for p in pictures) == round(track.seconds * 25)


def test_true_times_are_followed(engine: TextlipEngine) -> None:
    *_, track = drain(engine.run(LipsJob(phones=PHONES, identity="me")))
    assert (track.frames, track.seconds) == (15, 0.6)


def test_faster_speech_lasts_as_much_less(engine: TextlipEngine) -> None:
    *_, slow = drain(engine.run(DurationsJob("One two three.", 100)))
    *_, fast = drain(engine.run(DurationsJob("One two three.", 200)))
    heard = [[p.end_s - p.start_s for p in phones[1:]] for phones in (slow, fast)]
    assert np.allclose(np.array(heard[0]), 2 * np.array(heard[1]))


def test_a_long_story_is_painted_sentence_by_sentence(engine: TextlipEngine) -> None:
    work = engine.run(LipsJob("The harbour is open again. " * 1000, identity="me", longest_s=3.0))
    *_, track = drain(work)
    assert track.seconds < 30
    assert all(len(piece) <= reading.PIECE for piece in reading.pieces(PHONES * 400))
    assert sum(len(piece) for piece in reading.pieces(PHONES * 400)) == 1600


@pytest.mark.parametrize(
    ("job", "sentence"),
    [
        (LipsJob("  ", identity="me"), "nothing to say"),
        (LipsJob("...!", identity="me"), "no words"),
        (LipsJob("Привет всем", identity="me"), "Cyrillic"),
        (LipsJob("a" * 200_001, identity="me"), "split it"),
        (LipsJob("Hello", identity="me", rate_wpm=20), "rate"),
        (LipsJob("Hello", identity="me", model="best"), "choose from"),
        (LipsJob("Hello", identity="nobody"), "no presenter or picture"),
        (LipsJob(phones=(Phone("a", 2.0, 1.0),), identity="me"), "not known"),
    ],
)
def test_what_cannot_be_said_is_refused_in_a_sentence(engine: TextlipEngine, job: LipsJob, sentence: str) -> None:
    with pytest.raises(EngineError, match=sentence):
        list(engine.run(job))


def test_unknown_words_and_signs_are_spelled(engine: TextlipEngine) -> None:
    *_, track = drain(engine.run(LipsJob("zzxqy 5 € 🙂", identity="me")))
    assert len([p for p in track.phones if p.symbol != SILENCE]) > 8


def test_an_identity_is_a_lip_picture_or_shows_a_face(tmp_path: Path) -> None:
    import cv2

    def stored(name: str, height: int, width: int) -> str:
        noise = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
        cv2.imwrite(str(tmp_path / name), noise)
        return str(tmp_path / name)

    assert identity.find_identity(stored("lips.png", 80, 160)).shape == (80, 160, 3)
    with pytest.raises(EngineError, match="No face with a mouth"):
        identity.find_identity(stored("noise.png", 200, 240))
    with pytest.raises(EngineError, match="40x30"):
        identity.find_identity(stored("small.png", 30, 40))
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(EngineError, match="cannot be read as a picture"):
        identity.find_identity(str(tmp_path / "text.png"))


def test_a_users_own_presenter_is_known_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    shutil.copytree(SHIPPED / "default", tmp_path / "mine", ignore=shutil.ignore_patterns("renderer*", "matte*"))
    assert np.array_equal(identity.find_identity("mine"), identity.find_identity("default"))
    with pytest.raises(EngineError, match=r"default, .*mine"):
        identity.find_identity("nobody")


def test_no_presenter_speaks_without_consent(tmp_path: Path) -> None:
    (tmp_path / "presenter.json").write_text("{}")
    with pytest.raises(EngineError, match="consent"):
        identity.find_identity(str(tmp_path))


def test_the_lip_window_takes_head_motion_out() -> None:
    rest = np.random.default_rng(0).uniform(100, 400, (68, 2)).astype(np.float32)
    rest[48], rest[54] = (200, 300), (289, 300)
    window = LipWindow(rest)
    turn = np.float32([[0.99, -0.08, 12], [0.08, 0.99, -7]])
    moved = carry(turn, rest)
    assert np.allclose(carry(window.place(moved), moved), carry(window.matrix, rest), atol=0.05)
    assert np.allclose(carry(window.matrix, rest[[48, 54]]).mean(0), (80, 23), atol=0.1)


def test_mouth_points_are_learnt() -> None:
    run = a_run()
    run = replace(run, mouths=np.repeat(run.mouths[:1], FRAMES, 0))
    *_, network = points.fit([run], 0.4)
    assert float(np.abs(points.find(network.eval(), run.pictures) - run.mouths).mean()) < 8


def test_pictures_survive_being_tensors() -> None:
    pictures = np.random.default_rng(0).integers(0, 255, (2, 80, 160, 3), np.uint8)
    assert np.array_equal(to_pictures(to_tensor(pictures)), pictures)


def make_grid(folder: Path) -> None:
    """GRID's own layout, its videos being empty files."""
    (folder / "s1" / "video").mkdir(parents=True)
    (folder / "s1" / "align").mkdir()
    (folder / "s1" / "video" / "bbaf2n.mpg").touch()
    lines = "0 23750 sil\n23750 29500 bin\n29500 34000 blue\n34000 74500 sil\n"
    (folder / "s1" / "align" / "bbaf2n.align").write_text(lines)


def test_grid_is_read_in_its_own_layout(tmp_path: Path) -> None:
    make_grid(tmp_path)
    (clip,) = corpora.find_clips(tmp_path)
    assert clip.text == "bin blue"
    phones = corpora.word_phones(clip.labels)
    assert [p.symbol for p in phones] == [SILENCE, "b", "ɪ", "n", "b", "l", "u", SILENCE]
    assert phones[1].start_s == pytest.approx(0.95)
    assert phones[-1].end_s == pytest.approx(2.98)


def test_tcd_timit_is_read_in_its_own_layout(tmp_path: Path) -> None:
    for view in ("straightcam", "30degcam"):
        folder = tmp_path / "volunteers" / "01M" / "Clips" / view
        folder.mkdir(parents=True)
        (folder / "sa1.mp4").touch()
        (folder / "sa1.txt").write_text("0 1000000 sil\n1000000 2500000 sh\n2500000 4000000 iy1\n")
    (clip,) = corpora.find_clips(tmp_path)
    assert clip.phonetic
    assert corpora.timit_phones(clip.labels) == (
        Phone(SILENCE, 0.0, pytest.approx(0.1)),
        Phone("ʃ", pytest.approx(0.1), pytest.approx(0.25)),
        Phone("i", pytest.approx(0.25), pytest.approx(0.4), 1),
    )


def test_a_folder_without_clips_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="neither GRID"):
        corpora.find_clips(tmp_path)
    with pytest.raises(EngineError, match="not a folder"):
        corpora.find_clips(tmp_path / "none")


@pytest.mark.skipif(not GRID.is_dir(), reason="the four GRID clips are not here")
def test_a_grid_clip_becomes_a_run() -> None:
    clips = corpora.find_clips(GRID)
    assert sorted(clip.video.stem for clip in clips) == ["brbk7n", "lbbc2a", "sbia1a", "swiz3n"]
    run = corpora.read_clip(replace(clips[0], labels=(("bin", 0.0, 1.0), ("now", 1.0, 3.0))))
    assert run.pictures.shape == (75, 80, 160, 3)
    assert durations(run.phones, 75).sum() == 75


def drain(work):  # type: ignore[no-untyped-def]
    """Events of work, its result last."""
    result = yield from work
    yield result


@pytest.mark.parametrize("parallel", [True, False])
def test_the_compiled_decoder_paints_what_the_decoder_paints(parallel: bool) -> None:
    painter, face_seen, rows, memory = a_decoder()
    with torch.inference_mode():
        wanted, got = painter(rows, memory), Brush(painter, parallel)(rows, memory)
    assert float((wanted - got).abs().max()) < 0.5 / 255
    assert float((wanted - face_seen[:, None]).abs().max()) > 0.1


def test_nothing_is_painted_beside_the_mouth() -> None:
    painter, face_seen, rows, memory = a_decoder()
    with torch.inference_mode():
        painter.flow.weight.zero_()
        changed = ((painter(rows, memory) - face_seen[:, None]).abs().amax((0, 1, 2)) > 1e-3).numpy()
    assert changed[MOUTH].any()
    assert changed.sum() == changed[MOUTH].sum()


def a_decoder() -> tuple[CarryingDecoder, torch.Tensor, torch.Tensor, list[torch.Tensor]]:
    """A small picture decoder that moves skin, an identity, seven rows, and what the decoder remembers of it."""
    torch.manual_seed(3)
    painter = build(TextlipConfig.tiny()).eval().painter
    assert isinstance(painter, CarryingDecoder)
    torch.nn.init.normal_(painter.flow.weight, std=0.3)
    levels = [torch.randn(1, width, 80 >> i, 160 >> i) for i, width in enumerate(TextlipConfig.tiny().channels)]
    face_seen, rows = torch.rand(1, 3, 80, 160), torch.randn(1, 7, 16)
    with torch.inference_mode():
        return painter, face_seen, rows, painter.remember(face_seen, levels)


def test_a_decoder_that_carries_moves_the_identitys_own_pixels() -> None:
    painter = build(TextlipConfig.tiny()).painter
    seen, x = torch.rand(1, 3, 80, 160), torch.zeros(2, 8, 10, 20)
    with torch.no_grad():
        assert torch.allclose(painter.carry(seen, x), seen.expand(2, -1, -1, -1), atol=1e-4)
        painter.flow.bias[[0, 2]] = 1.0  # FARTHEST of half the width: 8 pixels to the left
        assert torch.allclose(painter.carry(seen, x)[..., :-9], seen[..., 8:-1].expand(2, -1, -1, -1), atol=1e-3)
        painter.flow.bias[:] = torch.tensor([0.0, 0.0, 0.0, 1.0])  # every second row of the flow: 4 pixels up
        moved = painter.carry(seen, x)
        assert torch.allclose(moved[..., 6, :], seen[..., 10, :].expand(2, -1, -1), atol=0.6)
        assert not torch.allclose(moved, seen.expand(2, -1, -1, -1), atol=0.1)


def test_the_papers_decoder_paints_every_pixel() -> None:
    torch.manual_seed(4)
    made = build(replace(TextlipConfig.tiny(), carried=False)).eval()
    with torch.inference_mode():
        pictures = torch.cat(list(made.paint(spell([PHONES], made.config), 3, torch.full((1, 3, 80, 160), 0.9))))
    assert pictures.shape == (3, 3, 80, 160)
    assert float((pictures - 0.9).abs().min()) > 1e-3


def test_a_contact_sheet_shows_the_film_and_every_network(network: ParaLip, tmp_path: Path) -> None:
    (path,) = sheets.write_sheets(tmp_path, [a_run()], {"paralip": network})
    made = identity.first_picture(path)
    assert made.shape == (2 * 84, 150 + 8 * 164, 3)
    moments = np.linspace(0, FRAMES - 1, 10).astype(int)[1:-1]
    for column, moment in enumerate(moments):
        assert (made[:80, 150 + 164 * column : 310 + 164 * column] == 10 * moment).all()
    assert not (made[84:164, 150:310] == made[:80, 150:310]).all()
