"""The rule-based animator: lips that close, stillness, one owner of the mouth, frames on time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engines.api.arkit import INDEX, MOUTH, NAMES
from engines.api.events import EngineError
from engines.api.jobs import PerformJob
from engines.api.values import SILENCE, Audio, Performance, Phone, Speech
from engines.performance.emotions import Excitement
from engines.performance.engine import PerformanceEngine
from engines.performance.prosody import measure
from engines.performance.targets import TARGETS, segments
from engines.scene.head import load_head

RATES = (Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(50), Fraction(60))
MOUTH_COLUMNS = [INDEX[n] for n in MOUTH]
OTHER_COLUMNS = [i for i in range(len(NAMES)) if i not in MOUTH_COLUMNS]
GAP_CM = {
    "jawOpen": 3.42, "mouthClose": -3.42, "mouthFunnel": 1.32, "mouthUpperUpLeft": 0.24, "mouthUpperUpRight": 0.24,
    "mouthLowerDownLeft": 0.19, "mouthLowerDownRight": 0.19, "mouthPucker": -0.12,
}  # fmt: skip
"""How far each shape parts the middle of the inner lips at weight 1, in cm."""


def speech(symbols: Iterable[str], phone_s: float = 0.07, lead_s: float = 0.5) -> Speech:
    """A speech of evenly long phones between two silences of lead_s; the sound is a buzz under the phones."""
    symbols = list(symbols)
    starts = lead_s + phone_s * np.arange(len(symbols))
    phones = [Phone(SILENCE, 0.0, lead_s)]
    phones += [Phone(s, t, t + phone_s, stress=1) for s, t in zip(symbols, starts, strict=True)]
    end_s = phones[-1].end_s
    phones.append(Phone(SILENCE, end_s, end_s + lead_s))
    time_s = np.arange(round((end_s + lead_s) * 16000)) / 16000
    buzz = 0.2 * np.sin(2 * np.pi * 140 * time_s) * ((time_s > lead_s) & (time_s < end_s))
    return Speech(Audio(buzz.astype(np.float32), 16000), tuple(phones))


def perform(said: Speech, fps: Fraction = Fraction(25), seed: int = 0, expressiveness: float = 1.0) -> Performance:
    work = PerformanceEngine().run(PerformJob(said, fps, seed, expressiveness))
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Performance = end.value
            return result


def gap_cm(weights: np.ndarray) -> np.ndarray:
    return sum(weights[:, INDEX[name]] * cm for name, cm in GAP_CM.items())  # type: ignore[return-value]


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("consonant", "pbm")
def test_lips_close_on_bilabials_at_any_rate(fps: Fraction, consonant: str) -> None:
    for phone_s in (0.045, 0.08, 0.15):
        said = speech(["ɑ", consonant, "æ", "oʊ", consonant, "i", consonant, "ɑ"], phone_s)
        weights = perform(said, fps).weights
        times = np.arange(len(weights)) / float(fps)
        for phone in said.phones:
            if phone.symbol == consonant:
                middle = (phone.start_s + phone.end_s) / 2
                held = np.abs(times - middle) <= 0.0221
                assert held.any()
                assert gap_cm(weights[held]).max() < 0.02
        assert gap_cm(weights).max() > 0.4


def test_inner_lips_of_the_default_head_meet_on_bilabials_and_in_silence() -> None:
    said = speech(["ɑ", "m", "u", "b", "i", "p", "oʊ"], 0.08)
    weights = perform(said, Fraction(50)).weights
    head, still = load_head(level=0), np.zeros(3, np.float32)
    for phone in said.phones:
        if phone.symbol in ("m", "b", "p", SILENCE):
            points = head.landmarks(weights[round((phone.start_s + phone.end_s) * 25)], still)
            assert max(points[a][1] - points[b][1] for a, b in ((61, 67), (62, 66), (63, 65))) <= 0.05, phone


def test_lower_lip_meets_the_teeth_on_f_and_v() -> None:
    for consonant in "fv":
        weights = perform(speech(["ɑ", consonant, "ɑ"], 0.1), Fraction(100)).weights
        middle = round((0.5 + 0.15) * 100)
        assert weights[middle, INDEX["mouthRollLower"]] > 0.3
        assert weights[middle, INDEX["jawOpen"]] < 0.08


def test_silence_is_closed_and_perfectly_still() -> None:
    said = speech(["ɑ", "s", "oʊ"])
    weights = perform(said, Fraction(50)).weights[:, MOUTH_COLUMNS]
    times = np.arange(len(weights)) / 50
    end_s = said.phones[-1].start_s
    still = (times < 0.35) | (times > end_s + 0.15)
    assert np.ptp(weights[still], axis=0).max() == 0.0
    assert gap_cm(perform(said, Fraction(50)).weights[still]).max() < 0.02
    assert gap_cm(perform(said, Fraction(50)).weights[(times > 0.44) & (times < 0.49)]).max() > 0.02  # anticipation


def test_short_pause_inside_speech_still_closes() -> None:
    said = speech(["ɑ"] * 3 + [SILENCE] * 3 + ["ɑ"] * 3)
    middle = (said.phones[4].start_s + said.phones[6].end_s) / 2
    weights = perform(said, Fraction(100)).weights
    assert gap_cm(weights[[round(middle * 100)]])[0] < 0.02


def test_mouth_belongs_to_speech_alone() -> None:
    said = speech(["h", "ə", "l", "oʊ", "m", "æ", "n"] * 12, 0.09)
    one, two = perform(said, seed=1), perform(said, seed=2, expressiveness=2.0)
    np.testing.assert_array_equal(one.weights[:, MOUTH_COLUMNS], two.weights[:, MOUTH_COLUMNS])
    assert np.abs(one.weights[:, OTHER_COLUMNS] - two.weights[:, OTHER_COLUMNS]).max() > 0.05
    assert np.abs(one.rotation - two.rotation).max() > 0.005


def test_same_seed_repeats_and_rate_only_samples() -> None:
    said = speech(["t", "eɪ", "k", "w", "ʌ", "n"] * 10)
    slow, again, fast = perform(said, seed=3), perform(said, seed=3), perform(said, Fraction(50), seed=3)
    np.testing.assert_array_equal(slow.weights, again.weights)
    count = min(len(slow.weights), len(fast.weights[::2]))
    np.testing.assert_allclose(slow.weights[:count], fast.weights[::2][:count], atol=1e-6)
    np.testing.assert_allclose(slow.rotation[:count], fast.rotation[::2][:count], atol=1e-6)


@pytest.mark.parametrize("fps", RATES)
def test_frames_fill_the_sound(fps: Fraction) -> None:
    said = speech(["ɑ"] * 20)
    made = perform(said, fps)
    assert made.weights.shape == (round(said.audio.seconds * fps), 52)
    assert made.rotation.shape == (len(made.weights), 3)
    assert made.weights.dtype == np.float32
    assert made.weights.min() >= 0.0
    assert made.weights.max() <= 1.0


def test_motion_is_smooth_and_head_stays_within_four_degrees() -> None:
    made = perform(speech(["b", "ɑ", "t", "ʃ", "u", "f", "æ", "m", "i", "w"] * 8, 0.075), Fraction(200))
    assert np.abs(np.diff(made.weights[:, MOUTH_COLUMNS], axis=0)).max() < 0.06
    assert np.degrees(np.abs(made.rotation)).max() <= 4.0
    assert np.degrees(np.abs(np.diff(made.rotation, axis=0))).max() < 0.2


def test_stress_and_loudness_open_the_mouth() -> None:
    said = speech(["ɑ", "t"] * 4)
    weak = Speech(said.audio, tuple(Phone(p.symbol, p.start_s, p.end_s, 0) for p in said.phones))
    assert gap_cm(perform(said).weights).max() > 1.05 * gap_cm(perform(weak).weights).max()


def test_eyes_close_and_blink_rate_is_human() -> None:
    lids = perform(speech(["ɑ", "n"] * 400), Fraction(50), seed=5).weights[:, INDEX["eyeBlinkLeft"]]
    closures = int(((lids[1:] > 0.8) & (lids[:-1] <= 0.8)).sum())
    assert 8 <= closures / (len(lids) / 50 / 60) <= 35


@pytest.mark.parametrize("symbol", ["", "?", "ɮ̪", "aɪə", "tʃ", "ʘ", "猫", "iː", "n̩", "Q"])
def test_any_symbol_has_a_mouth(symbol: str) -> None:
    pieces = segments(symbol)
    assert pieces
    assert sum(share for _, share in pieces) == pytest.approx(1.0)
    perform(speech(["ɑ", symbol, "ɑ"]))


def test_every_target_moves_shapes_of_the_mouth_within_limits() -> None:
    for symbol, target in TARGETS.items():
        assert all(0 <= weight <= 1 for weight in target.shape.values()), symbol


def test_pitch_and_energy_of_a_known_tone() -> None:
    time_s = np.arange(16000) / 16000
    wave = sum(np.sin(2 * np.pi * 150 * k * time_s) / k for k in (1, 2, 3))
    heard = measure(Audio((0.1 * np.asarray(wave)).astype(np.float32), 16000))
    assert np.median(heard.pitch_hz[10:90]) == pytest.approx(150, rel=0.03)
    expected_db = 10 * np.log10(0.01 * 0.5 * (1 + 1 / 4 + 1 / 9))
    assert np.median(heard.energy_db[10:90]) == pytest.approx(expected_db, abs=0.3)
    quiet = measure(Audio(np.zeros(8000, np.float32), 16000))
    assert not quiet.pitch_hz.any()


def test_user_mistakes_are_sentences() -> None:
    said = speech(["ɑ"])
    for bad in (
        PerformJob(Speech(Audio(np.zeros(0, np.float32), 16000))),
        PerformJob(Speech(said.audio)),
        PerformJob(said, Fraction(0)),
        PerformJob(said, Fraction(1000)),
        PerformJob(said, expressiveness=-1.0),
    ):
        with pytest.raises(EngineError):
            list(PerformanceEngine().run(bad))


def test_a_raised_voice_is_more_excited_and_lifts_the_head() -> None:
    flat, raised = Excitement(), Excitement()
    for i in range(100):
        flat.push(-20.0, 120.0, True)
        raised.push(-20.0 if i < 80 else -10.0, 120.0 if i < 80 else 180.0, True)
    assert raised.value > flat.value + 0.1
    quieter = replace(raised)
    for _ in range(100):
        quieter.push(-70.0, 0.0, False)
    assert quieter.value < flat.value and abs(quieter.nod) < 1e-3


def test_neither_a_microphone_nor_a_low_voice_excites() -> None:
    near, far = Excitement(), Excitement()
    for i in range(60):
        loud_db, pitch_hz = -20.0 + 5 * np.sin(i / 3), 120.0 * 2 ** (np.sin(i / 5) / 4)
        near.push(loud_db, pitch_hz, True)
        far.push(loud_db - 20, 2 * pitch_hz, True)
        assert far.nod == pytest.approx(near.nod, abs=1e-9) and abs(near.nod) < np.radians(2.0)
        assert i == 0 or far.value == pytest.approx(near.value, abs=0.1)
