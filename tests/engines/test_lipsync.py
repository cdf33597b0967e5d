"""Laws of lip-sync: field of view, windows without a seam, learning that can stop and go on, stillness in silence."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from engines.api.events import EngineError
from engines.api.values import Audio, MouthShapes
from engines.common.mfcc import level_gain
from engines.lipsync import pca
from engines.lipsync.config import KINDS, STEP, Kind, LipsyncConfig, TrainConfig, from_header, preset, tiny
from engines.lipsync.dataset import Example, Scaling, Windows
from engines.lipsync.gate import gate
from engines.lipsync.model import Discriminator, build, fused
from engines.lipsync.predict import frame_count, load_lipsync, predict_mouth, resample_mouth, runner
from engines.lipsync.train import Prepared, save
from engines.lipsync.training import Trainer
from engines.lipsync.windows import WindowStream, shapes_of

REST = np.stack([np.linspace(-0.5, 0.5, 20), np.zeros(20)], axis=1).astype(np.float32)


def mouths(frames: int) -> np.ndarray:
    """Mouths that open and round to and fro: (f, 20, 2)."""
    phase = np.arange(frames)[:, None] / 4
    moved = np.repeat(REST[None], frames, axis=0)
    moved[:, 7:12, 1] += 0.1 * (1 + np.sin(phase))
    moved[:, 17:, 1] += 0.1 * (1 + np.sin(phase))
    moved[:, :, 0] *= 1 + 0.05 * np.cos(phase * 1.7)
    return moved.astype(np.float32)


def prepared(frames: int = 400) -> Prepared:
    """Material in which the cepstra simply carry the shapes."""
    points = mouths(frames)
    basis = pca.fit_basis(points, REST)
    rng = np.random.default_rng(1)
    heard = np.repeat(basis.encode(points), STEP, axis=0) @ rng.standard_normal((10, 13))
    heard = (heard + 0.1 * rng.standard_normal(heard.shape)).astype(np.float32)
    return Prepared([Example(heard, points)], basis, Scaling(heard.mean(axis=0), heard.std(axis=0)))


def trainer(ready: Prepared, kind: Kind = "adversarial-tcn", steps: int = 40) -> tuple[Trainer, Windows]:
    opening = torch.from_numpy(ready.basis.opening)
    made = Trainer(tiny(kind), TrainConfig(batch=8, steps=steps, rate=1e-2, adversarial_from=0.4), opening)
    return made, Windows(ready.material, ready.basis, ready.scaling, made.config, 5)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    ready = prepared()
    made, windows = trainer(ready, steps=3)
    list(made.fit(windows))
    save(tmp_path / "lipsync.safetensors", made, ready, "test")
    return tmp_path / "lipsync.safetensors"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_ten_coefficients_for_each_of_fifty_frames(kind: Kind) -> None:
    network = build(tiny(kind)).eval()
    assert network(torch.zeros(2, 13, 200)).shape == (2, 50, 10)
    assert from_header(preset(kind).to_header()) == preset(kind)


def test_the_tcn_sees_as_far_ahead_as_back_and_no_further_than_its_dilations() -> None:
    network = build(preset("adversarial-tcn")).eval()
    heard = torch.randn(1, 13, 400, requires_grad=True)
    network(heard)[0, 50].sum().backward()
    seen = torch.nonzero(heard.grad.abs().sum(dim=(0, 1))).flatten()
    # Levels: 1 + 2 + 4 + 8 = 15 frames and one of the stem, 4 features each, and 2 + 2 + 4 of the strided convolutions.
    reach = 4 * 16 + 8
    assert (int(seen[0]), int(seen[-1])) == (200 - reach, 200 + reach)


def test_folding_normalisation_changes_nothing() -> None:
    network, heard = build(tiny()), torch.randn(4, 13, 200)
    network(heard)
    before = network.eval()(heard).detach()
    torch.testing.assert_close(fused(network)(heard), before, atol=1e-5, rtol=1e-5)


def test_the_discriminator_scores_every_frame() -> None:
    assert Discriminator(tiny())(torch.zeros(3, 50, 10)).shape == (3, 50)


@pytest.mark.parametrize("frames", [1, 29, 30, 31, 517])
def test_windows_from_a_stream_equal_those_of_the_whole(frames: int) -> None:
    config, rng = tiny(), np.random.default_rng(0)
    network = runner(fused(build(config)))
    heard = rng.standard_normal((frames * STEP, 13)).astype(np.float32)
    whole = shapes_of(heard, frames, config, network, np.zeros(13, np.float32))
    stream, parts, at = WindowStream(config, network, np.zeros(13, np.float32)), [], 0
    while at < len(heard):
        step = int(rng.integers(1, 90))
        parts += stream.push(heard[at : at + step])
        at += step
    joined = np.concatenate([*parts, *stream.finish()])[:frames]
    assert whole.shape == (frames, 10)
    np.testing.assert_allclose(joined, whole, atol=1e-5)


def test_windows_join_without_a_seam() -> None:
    """A network that only repeats what it hears gives the sound's own frames back in order."""
    config = LipsyncConfig(heard=50)
    heard = np.repeat(np.arange(123, dtype=np.float32), STEP)[:, None] * np.ones(13, np.float32)
    shapes = shapes_of(heard, 123, config, lambda w: w[:, :10, ::STEP].transpose(0, 2, 1), np.zeros(13, np.float32))
    np.testing.assert_array_equal(shapes[:, 0], np.arange(123))


@pytest.mark.parametrize("kind", KINDS)
def test_training_learns(kind: Kind) -> None:
    made, windows = trainer(prepared(), kind, steps=60)
    spent = list(made.fit(windows))
    assert len(spent) == 60
    assert np.mean(spent[-5:]) < 0.5 * np.mean(spent[:5])


def test_training_goes_on_where_it_stopped(tmp_path: Path) -> None:
    ready = prepared()
    one, windows = trainer(ready)
    steps = one.fit(windows)
    for _ in range(20):
        next(steps)
    one.save(tmp_path / "kept.safetensors")
    two, _ = trainer(ready)
    two.restore(tmp_path / "kept.safetensors")
    assert two.step == 20
    heard, true = (torch.from_numpy(a) for a in windows.batch(4))
    for each in (one, two):
        torch.manual_seed(0)
        each.network.train()
        each._learn(heard, true)
    for a, b in zip(one.network.parameters(), two.network.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_shipped_form_predicts_for_any_rate_and_length(weights: Path) -> None:
    rng = np.random.default_rng(2)
    for rate_hz, count in ((16_000, 50_000), (44_100, 44_100), (8000, 1)):
        audio = Audio((rng.standard_normal(count) * 0.1).astype(np.float32), rate_hz)
        shapes = predict_mouth(audio, weights)
        assert shapes.points.shape == (frame_count(audio, Fraction(25)), 20, 2)
        assert np.isfinite(shapes.points).all()


def test_silence_keeps_the_mouth_shut_and_perfectly_still(weights: Path) -> None:
    hiss = np.random.default_rng(0).standard_normal(80_000).astype(np.float32) * 3e-4
    shapes = predict_mouth(Audio(hiss, 16_000), weights).points
    np.testing.assert_array_equal(shapes, np.repeat(REST[None], len(shapes), axis=0))


def test_the_gate_opens_before_speech_smoothly_and_is_zero_in_a_noisy_pause() -> None:
    rng = np.random.default_rng(0)
    samples = rng.standard_normal(64_000).astype(np.float32) * 0.003
    samples[20_000:40_000] += rng.standard_normal(20_000).astype(np.float32) * 0.1
    opening = gate(samples, level_gain(samples), 100)
    heard = np.flatnonzero(opening > 0)
    assert opening[32:62].min() == 1.0  # 20,000 samples are 31.25 shapes
    assert 26 <= heard[0] <= 30 and 63 <= heard[-1] <= 69
    assert np.abs(np.diff(opening)).max() < 0.6


def test_a_corrupt_or_foreign_weight_file_is_the_users_to_mend(weights: Path, tmp_path: Path) -> None:
    data = weights.read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(EngineError, match="corrupt"):
        load_lipsync(tmp_path / "cut.safetensors")
    with pytest.raises(EngineError, match="missing"):
        load_lipsync(tmp_path / "none.safetensors")
    made, _ = trainer(prepared())
    made.save(tmp_path / "checkpoint.safetensors")
    with pytest.raises(EngineError, match="not a lip-sync weight file"):
        load_lipsync(tmp_path / "checkpoint.safetensors")


@pytest.mark.parametrize("fps", [Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(50)])
def test_other_frame_rates_follow_the_exact_clock(fps: Fraction) -> None:
    ramp = np.arange(101, dtype=np.float32)[:, None, None] * np.ones((20, 2), np.float32)
    points = resample_mouth(MouthShapes(ramp, Fraction(25)), fps, frames=round(4 * fps)).points[:, 0, 0]
    np.testing.assert_allclose(points, [float(i * 25 / fps) for i in range(round(4 * fps))], atol=1e-4)


def test_closed_lips_stay_closed_and_still_between_frames() -> None:
    ramp = np.array([0, 0, 0, 1, 0, 0, 0], np.float32)[:, None, None] * np.ones((20, 2), np.float32)
    points = resample_mouth(MouthShapes(ramp, Fraction(25)), Fraction(50)).points[:, 0, 0]
    assert len(points) == 14
    np.testing.assert_array_equal(points[:5], 0.0)
    assert points.min() == 0.0 and points.max() == 1.0


def test_the_basis_gives_mouths_back_and_zero_is_rest() -> None:
    points = mouths(200)
    basis = pca.fit_basis(points, REST)
    np.testing.assert_allclose(basis.decode(basis.encode(points)), points, atol=1e-4)
    np.testing.assert_array_equal(basis.decode(np.zeros((1, 10), np.float32))[0], REST)
    frame = pca.mouth_frame(REST * 80 + 400)
    np.testing.assert_allclose(pca.denormalise(pca.normalise(points * 80 + 400, frame), frame), points * 80 + 400, 1e-5)
    opening = pca.aperture(points) - pca.aperture(REST)
    np.testing.assert_allclose(basis.encode(points) @ basis.opening, opening, atol=1e-4)


def test_lips_that_nearly_close_are_closed_and_wide_ones_left_alone() -> None:
    points = mouths(200)
    basis = pca.fit_basis(points, REST)
    coefficients = basis.encode(points)
    before = coefficients @ basis.opening
    after = basis.shut(coefficients, 0.06) @ basis.opening
    np.testing.assert_allclose(after[before > 0.06], before[before > 0.06], atol=1e-6)
    assert (after[before < 0.02] < 0.006).all() and (before < 0.02).any()
    np.testing.assert_array_equal(basis.shut(coefficients, 0.0), coefficients)
