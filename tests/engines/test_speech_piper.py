"""Piper voice files as voices: found, spoken with their own times or aligned ones, refused when damaged."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from engines.api.events import EngineError
from engines.api.jobs import SpeakJob, VoicesJob
from engines.api.values import SILENCE
from engines.speech import espeak
from engines.speech.config import SpeechConfig
from engines.speech.engine import SpeechEngine
from tests.engines.piper_voice import FRAMES, HOP, beeping_voice, recorded_voice
from tests.engines.test_speech import assert_tiled, speak

TEXT = "The church has 14 bells of the town. Hello judge!"


def test_voices_of_a_folder_are_listed(tmp_path: Path) -> None:
    path = beeping_voice(tmp_path)
    (tmp_path / "alone.onnx").write_bytes(b"no configuration beside it")
    work = SpeechEngine().run(VoicesJob(str(tmp_path)))
    next(work)
    with pytest.raises(StopIteration) as end:
        next(work)
    found = [voice for voice in end.value.value if voice.engine == "piper"]
    assert [(v.key, v.title, v.language) for v in found] == [(f"piper:{path}", "Beep, low (Piper)", "en-gb-x-rp")]


def test_lengths_come_from_the_model(tmp_path: Path) -> None:
    whole, parts = speak(TEXT, f"piper:{beeping_voice(tmp_path)}")
    assert_tiled(whole)
    assert len(parts) == 2
    symbols = [p.symbol for p in whole.phones if p.symbol != SILENCE]
    assert symbols[:6] == ["ð", "ə", "tʃ", "ɜ", "tʃ", "h"]
    schwa = next(p for p in whole.phones if p.symbol == "ə")
    assert (schwa.end_s - schwa.start_s) * 22050 % (HOP * FRAMES) == pytest.approx(0.0, abs=1.0)
    assert " ".join(w.text for w in whole.words) == "The church has 14 bells of the town Hello judge"
    assert all(TEXT[w.offset : w.offset + len(w.text)] == w.text for w in whole.words)
    assert all(a.start_s < b.start_s for a, b in pairwise(whole.words))


def test_a_voice_is_found_by_name_and_repeats_itself(tmp_path: Path) -> None:
    beeping_voice(tmp_path)
    engine = SpeechEngine(SpeechConfig(voices_folder=tmp_path))
    job = SpeakJob("Hello.", "piper:en_GB-beep-low")
    first, second = ([speech.audio.samples for _, speech in engine.sentences(job)] for _ in range(2))
    assert np.array_equal(np.concatenate(first), np.concatenate(second))


def test_pitch_moves_the_tone_and_keeps_the_phones(tmp_path: Path) -> None:
    key = f"piper:{beeping_voice(tmp_path)}"
    plain, high = speak("Hello judge.", key)[0], speak("Hello judge.", key, pitch=100)[0]

    def tone_hz(samples: np.ndarray) -> float:
        return float(np.argmax(np.abs(np.fft.rfft(samples))) * 22050 / len(samples))

    assert tone_hz(high.audio.samples) == pytest.approx(tone_hz(plain.audio.samples) * 2**0.5, rel=0.02)
    assert [p.symbol for p in high.phones] == [p.symbol for p in plain.phones]


def test_silent_models_are_aligned(tmp_path: Path) -> None:
    true = espeak.synthesize("Good evening, here is the news.", "en-us")
    key = f"piper:{recorded_voice(tmp_path, true.samples * 0.9)}"
    whole, _ = speak("Good evening, here is the news.", key)
    assert_tiled(whole)
    assert [w.text for w in whole.words] == ["Good", "evening", "here", "is", "the", "news"]
    starts = [word.start_s for word in true.words]
    assert whole.words[2].start_s == pytest.approx(starts[2], abs=0.1)


@pytest.mark.parametrize("damage", ["model", "configuration", "half"])
def test_damaged_files_are_refused(tmp_path: Path, damage: str) -> None:
    path = beeping_voice(tmp_path)
    if damage == "model":
        path.write_bytes(b"not a model")
    elif damage == "half":
        path.write_bytes(path.read_bytes()[:100])
    else:
        Path(f"{path}.json").write_text("{", encoding="utf-8")
    with pytest.raises(EngineError, match=r"en_GB-beep-low\.onnx is damaged"):
        speak("Hello.", f"piper:{path}")
