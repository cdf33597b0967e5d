"""Laws of the phase engine: transforms invert, projections project, librosa agrees, streams equal wholes."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import librosa
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.api.events import Cancelled, EngineError, Event, Failed, Partial, Progress
from engines.api.jobs import CompareJob, PhaseJob
from engines.api.values import Audio, FloatArray
from engines.common.stft import Grid, istft, project, stft
from engines.phase import telling
from engines.phase.bench import finish
from engines.phase.engine import PhaseEngine, rebuild
from engines.phase.gradients import centring, log_of, steps_from_magnitude
from engines.phase.integration import integrate
from engines.phase.methods import METHODS, Method, solve_section
from engines.phase.metrics import likeness
from engines.phase.model import steps_of
from engines.phase.projections import FastGriffinLim, GriffinLim, Splitting, Target
from engines.phase.sections import Cuts, Overlap, Settled, magnitudes, settle
from engines.room import InlineRoom

GRID = Grid()
SMALL = Grid(size=256, hop=128)
GOLD = Path(__file__).parents[1] / "gold" / "phase.json"
ITERATIVE = ["griffin-lim", "fast-griffin-lim", "admm"]


def speechlike(seconds: float = 1.0, rate_hz: int = 16000, seed: int = 0) -> FloatArray:
    """A gliding harmonic tone with pauses and a little noise."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    turn = 2 * np.pi * np.cumsum(140 + 30 * np.sin(2 * np.pi * 1.3 * t)) / rate_hz
    tone = sum(np.sin(k * turn) / k for k in range(1, 20))
    noise = np.random.default_rng(seed).normal(0, 0.01, len(t))
    return (0.2 * tone * (np.sin(2 * np.pi * 2.1 * t) > -0.6) + noise).astype(np.float32)


def rebuilt(method: str, sound: FloatArray, **more: object) -> FloatArray:
    """The sound a method makes."""
    result: FloatArray = finish(PhaseEngine(), PhaseJob(Audio(sound, 16000), method, **more)).audio.samples  # type: ignore[arg-type]
    return result


@settings(max_examples=20)
@given(
    count=st.integers(1, 3000),
    shape=st.sampled_from([(64, 32), (64, 16), (128, 32)]),
    window=st.sampled_from(["blackman", "hann", "hamming"]),
)
def test_the_inverse_gives_the_sound_back(count: int, shape: tuple[int, int], window: str) -> None:
    grid = Grid(size=shape[0], hop=shape[1], window=window)
    sound = torch.from_numpy(np.random.default_rng(count).normal(size=(2, count)).astype(np.float32))
    spectra = stft(sound, grid)
    assert spectra.shape == (2, grid.frames(count), grid.bins)
    torch.testing.assert_close(istft(spectra, grid, count), sound, atol=2e-4, rtol=0)


def test_the_transform_is_librosas() -> None:
    sound = speechlike()[: 30 * GRID.hop]
    ours = stft(torch.from_numpy(sound)[None], GRID)[0].numpy()
    theirs = librosa.stft(sound, n_fft=1024, hop_length=512, window="blackman", pad_mode="constant").T
    np.testing.assert_allclose(ours, theirs, atol=2e-4)


def test_projecting_twice_is_projecting_once() -> None:
    spectra = torch.randn(1, 20, GRID.bins, dtype=torch.complex64, generator=torch.Generator().manual_seed(0))
    once = project(spectra, GRID)
    torch.testing.assert_close(project(once, GRID), once, atol=1e-4, rtol=0)
    assert torch.linalg.vector_norm(once) < torch.linalg.vector_norm(spectra)


@pytest.mark.parametrize(("momentum", "kind"), [(0.0, GriffinLim), (0.99, FastGriffinLim)])
def test_griffin_lim_agrees_with_librosa(momentum: float, kind: type[GriffinLim] | type[FastGriffinLim]) -> None:
    sound = speechlike()[: 24 * SMALL.hop]
    magnitude = np.abs(librosa.stft(sound, n_fft=256, hop_length=128, window="blackman", pad_mode="constant"))
    theirs = librosa.griffinlim(
        magnitude, n_iter=3, hop_length=128, window="blackman", momentum=momentum, random_state=5
    )
    # librosa draws its phases so:
    turns = np.random.RandomState(5).random(size=magnitude.shape)
    start = torch.from_numpy((magnitude * np.exp(2j * np.pi * turns)).T.astype(np.complex64))[None]
    iteration = kind(Target(start.abs(), SMALL), start)
    for _ in range(3):
        iteration.step()
    ours = istft(iteration.spectra(), SMALL, len(sound))[0].numpy()
    inside = slice(256, len(sound) - 256)  # librosa reflects nothing, but keeps what falls outside the sound
    np.testing.assert_allclose(ours[inside], theirs[inside], atol=5e-3)


def test_griffin_lim_never_gets_worse() -> None:
    magnitude = stft(torch.from_numpy(speechlike())[None], GRID).abs()
    target = Target(magnitude, GRID)
    iteration = GriffinLim(target, METHODS["griffin-lim"].start(target, 0))
    strains = []
    for _ in range(12):
        estimate = iteration.spectra()
        strains.append(float(torch.linalg.vector_norm(estimate - project(estimate, GRID))))
        iteration.step()
    assert all(later <= sooner * (1 + 1e-5) for sooner, later in pairwise(strains))


def test_truth_is_a_fixed_point_of_splitting() -> None:
    true = stft(torch.from_numpy(speechlike())[None], GRID)
    iteration = Splitting(Target(true.abs(), GRID), true)
    for _ in range(5):
        iteration.step()
    torch.testing.assert_close(iteration.spectra(), true, atol=1e-2, rtol=0)


def test_true_steps_integrate_to_true_phase() -> None:
    true = stft(torch.from_numpy(speechlike())[None], GRID) * centring(GRID)
    steps = steps_of(true)
    made = integrate(steps.along_t, steps.along_f, true[:, :1])
    loud = true.abs() > 0.01 * true.abs().max()
    turned = (made * true.conj())[loud]
    assert float((turned.real / turned.abs()).min()) > 0.99


def test_theory_knows_the_advance_of_a_steady_tone() -> None:
    tone = np.sin(2 * np.pi * 1003.7 * np.arange(16000) / 16000).astype(np.float32)
    true = stft(torch.from_numpy(tone)[None], GRID) * centring(GRID)
    step_t, _ = steps_from_magnitude(log_of(true.abs(), 1e-6), GRID)
    peak = round(1003.7 * 1024 / 16000)
    made, right = step_t[0, 5:25, peak], steps_of(true).along_t[0, 5:25, peak].angle()
    assert float(torch.cos(made - right).min()) > 0.99


@pytest.mark.parametrize("method", ITERATIVE)
def test_iterations_help(method: str) -> None:
    sound = Audio(speechlike(), 16000)
    few, many = (likeness(sound, Audio(rebuilt(method, sound.samples, iterations=n), 16000)) for n in (2, 40))
    assert few.spectral_convergence_db is not None and many.spectral_convergence_db is not None
    assert many.spectral_convergence_db < few.spectral_convergence_db - 3


def test_going_on_is_not_stopping() -> None:
    sound = speechlike()[: 28 * 512]
    whole = rebuilt("griffin-lim", sound, iterations=8)
    half = Audio(rebuilt("griffin-lim", sound, iterations=5), 16000)
    np.testing.assert_allclose(rebuilt("griffin-lim", sound, iterations=3, start=half), whole, atol=1e-3)
    assert np.abs(half.samples - whole).max() > 1e-2


def pushed(pieces: list[torch.Tensor], method: Method, grid: Grid, count: int) -> FloatArray:
    """The sound made from magnitudes that come in pieces, with sections small enough to be several."""
    overlap, left = Overlap(grid, count), grid.frames(count)
    sounds = []
    for item in settle(pieces, solve_section(method, 4, grid, 3), Cuts(48, 8, 4)):
        if isinstance(item, Settled):
            left -= item.spectra.shape[1]
            sounds.append(overlap.push(item.spectra, last=left == 0)[0].numpy())
    return np.concatenate(sounds)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_stream_equals_the_whole(method: str, size: int) -> None:
    sound = speechlike(1.3)
    whole = torch.cat(list(magnitudes(sound, SMALL)), 1)
    pieces = list(whole.split(size, 1))
    streamed, at_once = (pushed(p, METHODS[method], SMALL, len(sound)) for p in (pieces, [whole]))
    assert len(streamed) == len(sound)
    np.testing.assert_allclose(streamed, at_once, atol=1e-4)


def test_sections_leave_no_seam() -> None:
    """Over a cut the sound fits its magnitude as well as elsewhere."""
    sound = np.sin(2 * np.pi * 440 * np.arange(700 * 512) / 16000).astype(np.float32)
    made = rebuilt("phase-gradient-admm", sound, iterations=20)
    true, got = (stft(torch.from_numpy(x)[None], GRID).abs()[0] for x in (sound, made))
    strain = torch.linalg.vector_norm(true - got, dim=-1) / torch.linalg.vector_norm(true, dim=-1)
    assert float(strain[470:490].max()) < 0.05


def test_long_sounds_are_worked_on_in_sections_of_bounded_size() -> None:
    seen: list[int] = []

    def count(method: Method) -> Method:
        def start(target: Target, seed: int) -> torch.Tensor:
            seen.append(target.magnitude.shape[1])
            return method.start(target, seed)

        return Method(start, method.improve, 0)

    sound = np.zeros(100 * 128 * 400, np.float32)
    blocks = magnitudes(sound, SMALL)
    for _ in rebuild(blocks, len(sound), SMALL, solve_section(count(METHODS["zero"]), 0, SMALL, 0)):
        pass
    assert len(seen) > 50 and max(seen) <= Cuts().length


def test_a_job_can_be_stopped_and_its_last_partial_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "PARTIAL_S", 0.0)
    heard: list[Event] = []
    room = InlineRoom()

    def listen(event: Event) -> None:
        heard.append(event)
        if sum(isinstance(e, Partial) for e in heard) == 3:
            assert room._running is not None
            room._running.cancel()

    room.submit(PhaseJob(Audio(speechlike(), 16000), "griffin-lim", iterations=50), listen)
    assert isinstance(heard[-1], Cancelled)
    partials = [e.value for e in heard if isinstance(e, Partial)]
    assert [p.iterations for p in partials] == [1, 2, 3]
    assert len(partials[-1].audio.samples) == 16000
    assert any(isinstance(e, Progress) and 0 < e.done < e.total for e in heard)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(4000, np.float32),
        np.ones(1, np.float32),
        np.full(5000, 0.5, np.float32),
        np.sign(speechlike(0.3)),
        np.eye(1, 3000, 1500, dtype=np.float32)[0],
        1e-7 * speechlike(0.3),
        1e4 * speechlike(0.3),
    ],
    ids=["silence", "one sample", "DC", "clipped", "click", "faint", "huge"],
)
def test_odd_sounds_come_out_finite_and_as_long(method: str, sound: FloatArray) -> None:
    made = rebuilt(method, sound, iterations=3)
    assert made.shape == sound.shape and made.dtype == np.float32
    assert np.isfinite(made).all()
    assert np.abs(made).max() <= 50 * np.abs(sound).max()  # zero phase piles all energy up


@pytest.mark.parametrize(
    ("job", "word"),
    [
        (PhaseJob(Audio(np.zeros(0, np.float32), 16000), "zero"), "no sound"),
        (PhaseJob(Audio(np.array([0, np.nan], np.float32), 16000), "zero"), "broken"),
        (PhaseJob(Audio(np.array([0, np.inf], np.float32), 16000), "zero"), "broken"),
        (PhaseJob(Audio(np.ones(9, np.float32), 16000), "magic"), "magic"),
        (PhaseJob(Audio(np.ones(9, np.float32), 16000), "gan", "huge"), "huge"),
        (PhaseJob(Audio(np.ones(9, np.float32), 16000), "zero", iterations=-1), "-1"),
        (PhaseJob(Audio(np.ones(9, np.float32), 16000), "zero", size=1000, hop=300), "300"),
        (PhaseJob(Audio(np.ones(9, np.float32), 16000), "zero", hop=0), "0"),
        (PhaseJob(Audio(np.ones(9, np.float32), 16000), "zero", window="square"), "square"),
        (PhaseJob(Audio(np.ones(9, np.float32), 16000), "zero", mel_bands=2), "mel"),
        (PhaseJob(Audio(np.ones(9, np.float32), 16000), "zero", start=Audio(np.ones(3, np.float32), 16000)), "length"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(job: PhaseJob, word: str) -> None:
    heard: list[Event] = []
    InlineRoom().submit(job, heard.append)
    ending = heard[-1]
    assert isinstance(ending, Failed) and not ending.details
    assert word in ending.message and ending.message.endswith(".")


def test_mel_bands_cost_what_phase_alone_does_not() -> None:
    sound = Audio(speechlike(), 16000)
    whole, banded = (
        likeness(sound, Audio(rebuilt("phase-gradient-admm", sound.samples, iterations=20, mel_bands=m), 16000))
        for m in (0, 80)
    )
    assert whole.log_spectral_distance_db is not None and banded.log_spectral_distance_db is not None
    assert whole.log_spectral_distance_db < banded.log_spectral_distance_db


def test_a_sound_is_like_itself_and_silence_like_nothing() -> None:
    sound = Audio(speechlike(2.0), 16000)
    same = finish(PhaseEngine(), CompareJob(sound, sound))
    assert same.pesq_wb is not None and same.pesq_wb > 4.5 and same.estoi is not None and same.estoi > 0.999
    silence = Audio(np.zeros(16000, np.float32), 16000)
    assert set(vars(likeness(silence, silence)).values()) == {None}
    with pytest.raises(EngineError, match="same rate and length"):
        likeness(sound, silence)


def test_results_stay_what_they_were() -> None:
    """Sums over eighths of the sound, by method."""
    sound = speechlike(0.6)
    now = {m: np.abs(rebuilt(m, sound, iterations=4)).reshape(8, -1).sum(1).tolist() for m in METHODS}
    kept = json.loads(GOLD.read_text())
    assert set(kept) == set(METHODS)
    for method, values in kept.items():
        np.testing.assert_allclose(now[method], values, rtol=2e-3, err_msg=method)
