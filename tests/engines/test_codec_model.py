"""The laws of the codec's networks, search, tables and vocoder, with networks that have learned nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engines.api.events import EngineError
from engines.codec import levels, losses, mel, shipping, tables, vocoder
from engines.codec.config import (
    FRAMES,
    HOP,
    LEVELS,
    MARGIN,
    RATE_HZ,
    SEGMENT,
    STEPS,
    ModelTraining,
    SearchConfig,
    VocoderTraining,
    tiny,
    tiny_vocoder,
)
from engines.codec.interface import CodecModel, Join, tiny_codec
from engines.codec.material import LENGTH, SAMPLES
from engines.codec.model import Autoencoder
from engines.codec.search import searched
from engines.codec.training import ModelCourse
from engines.codec.voicing import VocoderCourse
from engines.common.weights import load_weights, save_weights


def buzz(seconds: float, pitch_hz: float = 120.0) -> np.ndarray:
    """A voice-like sound: harmonics that swell and fade."""
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    tone = sum(np.sin(2 * np.pi * k * pitch_hz * t) / k for k in range(1, 20))
    return np.asarray(0.1 * tone * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * t)), np.float32)


@pytest.fixture(scope="module")
def codec() -> CodecModel:
    """A codec whose weights are drawn by chance, its last layers too."""
    model = tiny_codec()
    torch.manual_seed(3)
    for parameter in model.autoencoder.parameters():
        parameter.data.add_(0.1 * torch.randn_like(parameter))
    model.autoencoder.requires_grad_(False)
    return model


def test_codes_are_the_codes_of_their_own_values(codec: CodecModel) -> None:
    codes = torch.randint(LEVELS, (3, STEPS, 5))
    assert torch.equal(codec.autoencoder.codes_of(codec.autoencoder.values_of(codes)), codes)


def test_a_code_names_the_nearest_level(codec: CodecModel) -> None:
    z = torch.randn(2, STEPS, 9)
    nearest = (z[..., None] - codec.autoencoder.levels).abs().argmin(-1)
    assert torch.equal(codec.autoencoder.codes_of(z), nearest)


def test_k_means_finds_lumps_and_never_loses() -> None:
    torch.manual_seed(0)
    lumps = torch.linspace(-3, 3, LEVELS)
    z = (lumps[torch.randint(LEVELS, (4000, 2))] + 0.01 * torch.randn(4000, 2)).contiguous()
    found = levels.k_means(z, torch.linspace(-4, 4, LEVELS).repeat(2, 1), 40)
    gaussian = torch.randn(5000, 1)
    first = levels.first_levels(gaussian)
    errors = [_error(gaussian, levels.k_means(gaussian, first, n)) for n in (0, 5, 30)]
    assert _error(z, found) < 0.05
    assert errors[0] >= errors[1] >= errors[2]
    assert errors[2] < 0.0125  # Max 1960: 16 levels on a Gaussian leave 0.0095


def _error(z: torch.Tensor, found: torch.Tensor) -> float:
    return float((z[..., None] - found).abs().amin(-1).square().mean())


def test_search_never_gets_worse_and_returns_what_it_measured(codec: CodecModel) -> None:
    given = torch.from_numpy(codec.mels(buzz(2.5)))
    best = list(searched(codec.autoencoder, given, 5, 12, SearchConfig(rate=0.2)))
    history = torch.stack([b.loss for b in best])
    assert [b.iteration for b in best] == list(range(13))
    assert (history[1:] <= history[:-1]).all()
    assert history[-1].mean() < history[0].mean()
    made = codec.autoencoder.generate(codec.autoencoder.values_of(best[-1].codes))
    true = given[:, 4:-4]
    torch.testing.assert_close(losses.distance(made, true, 0.6), best[-1].loss)


def test_no_iterations_leave_the_encoders_codes(codec: CodecModel) -> None:
    given = torch.from_numpy(codec.mels(buzz(1.0)))
    (only,) = searched(codec.autoencoder, given, 5, 0, SearchConfig())
    assert torch.equal(only.codes, codec.autoencoder.codes_of(codec.autoencoder.encoder(given)[..., :5]))


def test_a_batch_is_its_segments_one_by_one(codec: CodecModel) -> None:
    given = codec.mels(buzz(3.3))
    assert len(given) == 4
    *_, together = codec.search(given, 2.0, 3)
    for i in range(4):
        *_, alone = codec.search(given[i : i + 1], 2.0, 3)
        np.testing.assert_array_equal(alone.codes[0], together.codes[i])
    whole = codec.decode(together.codes)
    np.testing.assert_allclose(whole[1], codec.decode(together.codes[1:2])[0], atol=1e-4)
    np.testing.assert_allclose(codec.mels(buzz(3.3), 1, 2), given[1:3], atol=1e-5)


def test_rates_are_nested(codec: CodecModel) -> None:
    counts = [codec.channels(kbps) for kbps in (0.5, 1.0, 2.0, 4.0)]
    assert counts == sorted(counts)
    for count in counts:
        made = codec.decode(np.zeros((1, STEPS, count), np.uint8))
        assert made.shape == (1, FRAMES + 2 * MARGIN, 128)
    with pytest.raises(EngineError, match="3"):
        codec.channels(3.0)


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(20000, np.float32),
        np.full(20000, 0.7, np.float32),
        np.sign(np.random.default_rng(0).normal(size=20000)).astype(np.float32),
        np.ones(1, np.float32),
    ],
    ids=["silence", "constant", "clipped noise", "one sample"],
)
def test_odd_sounds_stay_finite(codec: CodecModel, sound: np.ndarray) -> None:
    levelled = sound * np.float32(mel.gain_of(mel.level_of(sound)))
    *_, found = codec.search(codec.mels(levelled), 2.0, 2)
    assert np.isfinite(found.loss).all()
    for name in ("network", "inversion"):
        assert np.isfinite(codec.vocode(codec.decode(found.codes), name)).all()


def test_levels_bring_sounds_of_any_loudness_together() -> None:
    assert mel.level_of(np.zeros(1000, np.float32)) == 0
    quiet, loud = (buzz(1.0) * g for g in (0.01, 1.0))
    a, b = (s * mel.gain_of(mel.level_of(s)) for s in (quiet, loud))
    assert 20 * abs(np.log10(a.std() / b.std())) < 0.51
    assert mel.level_of(loud) == mel.level_of_blocks(np.split(loud, 10))


def test_contexts_read_only_what_is_known() -> None:
    learned = tables.learn(_walks(300, 6))
    codes = _walks(1, 6)[0].astype(np.int64)
    contexts = learned.contexts(codes)
    for step in (0, 1, 9):
        for channel in range(6):
            known = codes.copy()
            known[step, channel:], known[step + 1 :] = 15, 3
            assert learned.context(known, step, channel) == contexts[step, channel]
    np.testing.assert_array_equal(learned.contexts(codes[:, :3]), contexts[:, :3])


def test_tables_are_frequencies_that_save_bits() -> None:
    learned, fresh = tables.learn(_walks(300, 6)), _walks(50, 6)
    assert (learned.frequencies.sum(-1, dtype=np.int64) == 1 << tables.PRECISION).all()
    assert learned.frequencies.min() >= 1
    bits = np.mean([_bits(learned, segment.astype(np.int64)) for segment in fresh])
    assert bits < 3.0 < _bits(tables.flat_tables(6), fresh[0].astype(np.int64)) == 4.0


def _walks(count: int, channels: int) -> np.ndarray:
    """Codes that wander from step to step."""
    steps = np.random.default_rng(count).normal(size=(count, STEPS, channels))
    return np.clip(np.cumsum(steps, 1) + 8, 0, LEVELS - 1).astype(np.uint8)


def _bits(known: tables.Tables, codes: np.ndarray) -> float:
    rows = known.frequencies[np.arange(codes.shape[1]), known.contexts(codes)]
    chances = np.take_along_axis(rows, codes[..., None], -1) / (1 << tables.PRECISION)
    return float(-np.log2(chances).mean())


def test_true_mel_becomes_the_sound_again(codec: CodecModel) -> None:
    sound = buzz(3.0)
    sounds = codec.vocode(codec.mels(sound)[:, 4:-4], "inversion")
    join = Join()
    made = np.concatenate([join.push(s, i == len(sounds) - 1) for i, s in enumerate(sounds)])
    assert len(made) == len(sounds) * SEGMENT
    with torch.inference_mode():
        again = codec.mels(made[: len(sound)])[:-1, 12:-12]
    assert np.abs(again - codec.mels(sound)[:-1, 12:-12])[..., :100].mean() < 0.15


def test_joins_change_nothing_but_the_fades() -> None:
    whole = buzz(4.2)[: 4 * SEGMENT]
    padded = np.pad(whole, MARGIN * HOP)
    join = Join()
    pieces = [join.push(padded[i * SEGMENT :][: SEGMENT + 2 * MARGIN * HOP], i == 3) for i in range(4)]
    np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-6)


def test_weight_files_give_the_same_codec(tmp_path: Path) -> None:
    model = Autoencoder(tiny())
    learned = tables.learn(_walks(40, 9))
    tensors = shipping.packed(model.state_dict()) | shipping.table_tensors(learned)
    save_weights(tmp_path / "m.safetensors", tensors, {"config": tiny().to_header()})
    again, known = shipping.model_of(*load_weights(tmp_path / "m.safetensors"))
    np.testing.assert_array_equal(known.frequencies, learned.frequencies)
    np.testing.assert_array_equal(known.weights, learned.weights)
    assert torch.equal(again.levels, model.levels)
    weight = model.encoder.stem.weight
    assert (again.encoder.stem.weight - weight).abs().max() < 0.005 * weight.abs().max()


def test_learning_lowers_the_loss_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    segments = _segments()
    how = ModelTraining(batch=len(segments), steps=30, adversary_from=0.5)
    course = ModelCourse(tiny(), how)
    rows = []
    while course.step < 30:
        rows.append(course.learn(segments))
        course.step += 1
    assert "judge" in rows[-1] and "judge" not in rows[0]
    assert rows[-1]["loss"] < 0.95 * rows[0]["loss"]
    course.save(tmp_path / "c.safetensors")
    other = ModelCourse(tiny(), how)
    other.restore(tmp_path / "c.safetensors")
    assert other.step == 30
    assert torch.equal(other.average.levels, course.average.levels)


def test_the_vocoder_learns_what_lies_between_the_bands() -> None:
    torch.manual_seed(0)
    course = VocoderCourse(tiny_vocoder(), VocoderTraining(batch=2, plain=1.0), Autoencoder(tiny()).eval())
    sound = torch.from_numpy(np.stack([buzz(2.0, p)[:SAMPLES] for p in (110.0, 170.0)]))
    rows = []
    for _ in range(25):
        rows.append(course.learn(sound))
        course.step += 1
    assert rows[-1]["loss"] < 0.95 * rows[0]["loss"]
    assert vocoder.spreading().sum(0).allclose(torch.ones(1))


def _segments() -> torch.Tensor:
    sounds = [buzz(2.2, 80.0 + 15 * i) for i in range(8)]
    made = [mel.mels_of(s, 0, 2) for s in sounds]
    assert made[0].shape[1] == LENGTH
    return torch.from_numpy(np.concatenate(made))
