"""Laws of the phase networks: what they may depend on, that they learn, that training stops and goes on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from engines.api.events import EngineError
from engines.api.jobs import PhaseJob, TrainJob
from engines.api.values import Audio
from engines.common.stft import Grid, istft, stft
from engines.common.weights import load_weights, save_weights
from engines.phase import compact, config, networks, paper, train
from engines.phase.adversarial import PaperCourse
from engines.phase.bench import finish
from engines.phase.compact import compact_method, compact_start, load_compact
from engines.phase.config import PRESETS, CompactTraining, PaperTraining, Preset, tiny_compact, tiny_paper
from engines.phase.engine import PhaseEngine
from engines.phase.gradients import centring
from engines.phase.losses import agreement, surprise
from engines.phase.material import Pieces, voices_of
from engines.phase.methods import random_phase
from engines.phase.model import CompactNetwork, Steps, steps_of
from engines.phase.paper import Critic, Generator, paper_method
from engines.phase.projections import Target
from engines.phase.sections import magnitudes
from engines.phase.training import CompactCourse
from tests.engines.test_phase import pushed, speechlike

SMALL = Grid(size=256, hop=128)


def course_of(preset: Preset, steps: int = 8) -> CompactCourse | PaperCourse:
    """A tiny training."""
    if preset == "compact":
        return CompactCourse(tiny_compact(), CompactTraining(batch=2, frames=12, steps=steps, alone=2), SMALL)
    return PaperCourse(tiny_paper(), PaperTraining(batch=2, segment_s=0.2, steps=steps, rate=1e-3), SMALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Recordings of twelve voices."""
    for voice in range(12):
        place = tmp_path / f"voice{voice}"
        place.mkdir()
        soundfile.write(place / "a.wav", speechlike(0.7, seed=voice), 16000)
    return tmp_path


@pytest.fixture
def network() -> CompactNetwork:
    """A tiny network with something to say."""
    torch.manual_seed(1)
    made = CompactNetwork(tiny_compact(), SMALL).eval()
    torch.nn.init.normal_(made.head.weight, std=0.3)
    return made


def centred(seed: int = 0, seconds: float = 0.5) -> torch.Tensor:
    """Spectra of a sound."""
    return stft(torch.from_numpy(speechlike(seconds, seed=seed))[None], SMALL) * centring(SMALL)


def test_neither_level_nor_a_turn_of_all_phases_matters(network: CompactNetwork) -> None:
    spectra = centred()
    turned = spectra * (37.0 * torch.exp(torch.tensor(1.3j)))
    with torch.inference_mode():
        one, other = network(spectra, spectra), network(turned, turned)
    torch.testing.assert_close(one.along_t, other.along_t, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(one.along_f, other.along_f, atol=1e-3, rtol=1e-3)


def test_no_answer_depends_on_frames_out_of_reach(network: CompactNetwork) -> None:
    spectra = centred().clone().requires_grad_()
    steps = network(spectra, spectra.detach())
    (steps.along_t[:, 30].abs().sum() + steps.along_f[:, 30].abs().sum()).backward()
    heard = spectra.grad.abs().sum((0, 2)).nonzero().flatten()  # type: ignore[union-attr]
    assert 30 - network.config.reach <= int(heard.min()) < 30 < int(heard.max()) <= 30 + network.config.reach


def test_certain_and_right_steps_are_least_surprising() -> None:
    true = steps_of(centred())
    sure = Steps(20 * true.along_t / true.along_t.abs(), 20 * true.along_f / true.along_f.abs())
    wrong = Steps(sure.along_t * 1j, sure.along_f * 1j)
    unsure = Steps(wrong.along_t / 20, wrong.along_f / 20)
    assert surprise(sure, true, 0.5) < surprise(unsure, true, 0.5) < surprise(wrong, true, 0.5)
    assert agreement(sure.along_t, true.along_t, 1.0) == pytest.approx(1.0)
    assert agreement(wrong.along_t, true.along_t, 1.0) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("preset", ["compact", "paper"])
def test_a_stream_through_a_network_equals_the_whole(preset: str, network: CompactNetwork) -> None:
    torch.manual_seed(0)
    generator = Generator(tiny_paper(), SMALL).eval()
    method = compact_method(network) if preset == "compact" else paper_method(generator)
    sound = speechlike(1.3)
    whole = torch.cat(list(magnitudes(sound, SMALL)), 1)
    one, other = (pushed(p, method, SMALL, len(sound)) for p in (list(whole.split(13, 1)), [whole]))
    np.testing.assert_allclose(one, other, atol=1e-4)


def test_the_compact_start_keeps_magnitude_and_settled_frames(network: CompactNetwork) -> None:
    spectra = centred() * centring(SMALL)
    target = Target(spectra.abs(), SMALL, spectra[:, :4])
    start = compact_start(network, target)
    torch.testing.assert_close(start.abs(), spectra.abs(), atol=1e-4, rtol=1e-4)
    loud = spectra[:, :4].abs() > 1e-3
    torch.testing.assert_close(start[:, :4][loud], spectra[:, :4][loud], atol=1e-3, rtol=1e-3)


def test_the_critic_sees_sound_and_magnitude() -> None:
    torch.manual_seed(0)
    critic = Critic(tiny_paper(), SMALL)
    sound = torch.from_numpy(speechlike(0.5)[None]).requires_grad_()
    magnitude = stft(sound.detach(), SMALL).abs().requires_grad_()
    score, features = critic(sound, magnitude)
    score.sum().backward()
    assert len(features) == len(critic.down) + len(critic.join)
    assert sound.grad is not None and sound.grad.abs().max() > 0
    assert magnitude.grad is not None and magnitude.grad.abs().max() > 0


@pytest.mark.parametrize("preset", PRESETS)
def test_training_goes_on_where_it_stopped(preset: Preset, folder: Path, tmp_path: Path) -> None:
    pieces = Pieces(voices_of(folder).train, 16000, 0)
    whole, half, rest = (course_of(preset) for _ in range(3))
    sounds = [torch.from_numpy(pieces.batch(*whole.batch)) for _ in range(4)]
    for sound in sounds:
        expected = step(whole, sound)
    for sound in sounds[:2]:
        step(half, sound)
    half.save(tmp_path / "kept.safetensors")
    rest.restore(tmp_path / "kept.safetensors")
    assert rest.step == 2
    for sound in sounds[2:]:
        got = step(rest, sound)
    assert got == pytest.approx(expected, rel=1e-4)


def step(course: CompactCourse | PaperCourse, sound: torch.Tensor) -> dict[str, float]:
    """One step, counted."""
    row = course.learn(sound)
    course.step += 1
    return row


@pytest.mark.parametrize(("preset", "losses"), [("compact", ["loss"]), ("paper", ["critic"])])
def test_networks_learn(preset: Preset, losses: list[str]) -> None:
    course = course_of(preset, 400)
    sound = torch.from_numpy(np.stack([speechlike(0.2, seed=s)[: course.batch[1]] for s in range(2)]))
    rows = [step(course, sound) for _ in range(40)]
    for loss in losses:
        assert np.mean([r[loss] for r in rows[-5:]]) < np.mean([r[loss] for r in rows[:5]])


@pytest.mark.parametrize("preset", PRESETS)
def test_training_writes_weights_that_the_engine_runs(
    preset: Preset, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(train, "course_of", lambda preset, limit_s, device: course_of(preset, 21))
    weights = tmp_path / "weights"
    for module in (config, train, compact, paper):
        monkeypatch.setattr(module, "weights_path", lambda preset: weights / f"{preset}.safetensors")
    work = train.run(TrainJob("phase", str(folder), 1.0), folder, preset)
    try:
        while True:
            next(work)
    except StopIteration as end:
        assert end.value == weights / f"{preset}.safetensors"
    lines = (tmp_path / "cache" / f"{preset}.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [20]
    sound = Audio(speechlike(0.5), 16000)
    result = finish(PhaseEngine(), PhaseJob(sound, "gan", preset, iterations=4, size=256, hop=128))
    assert np.isfinite(result.audio.samples).all() and len(result.audio.samples) == len(sound.samples)
    with pytest.raises(EngineError, match="choose that setting"):
        finish(PhaseEngine(), PhaseJob(sound, "gan", preset))


def test_missing_or_damaged_weights_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact, "weights_path", lambda preset: tmp_path / "none.safetensors")
    with pytest.raises(EngineError, match=r"none\.safetensors is missing"):
        networks.Networks().method("compact", Grid(), "cpu")
    (tmp_path / "none.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(EngineError, match="corrupt"):
        load_compact()


def test_test_voices_are_never_trained_on(tmp_path: Path) -> None:
    for name in ("test_other/1.wav", "test_other/2.wav", "clean/3.wav", "clean/4.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        soundfile.write(tmp_path / name, speechlike(0.1), 16000)
    voices = voices_of(tmp_path)
    assert [u.key for u in voices.test] == ["test_other/1.wav", "test_other/2.wav"]
    assert not {u.key for u in voices.test} & {u.key for u in (*voices.train, *voices.tune)}


def test_half_precision_weights_say_what_the_whole_ones_do(network: CompactNetwork, tmp_path: Path) -> None:
    path = tmp_path / "half.safetensors"
    save_weights(path, {k: v.half() for k, v in network.state_dict().items()}, {})
    other = CompactNetwork(tiny_compact(), SMALL).eval()
    other.load_state_dict({k: v.float() for k, v in load_weights(path)[0].items()})
    spectra = centred()
    with torch.inference_mode():
        one, two = network(spectra, spectra), other(spectra, spectra)
    torch.testing.assert_close(one.along_t, two.along_t, atol=0.05, rtol=0.05)


def test_random_phase_is_the_same_everywhere() -> None:
    target = Target(torch.ones(1, 2, SMALL.bins), SMALL)
    assert torch.equal(random_phase(target, 3), random_phase(target, 3))
    assert not torch.equal(random_phase(target, 3), random_phase(target, 4))
    assert istft(random_phase(target, 3), SMALL, 128).isfinite().all()
