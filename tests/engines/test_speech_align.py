"""Laws of labelled recordings: aligned times are true, every sound is tiled, what is no speech breaks nothing."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engines.api.events import EngineError, Progress
from engines.api.jobs import LabelJob
from engines.api.values import SILENCE, Audio, Phone
from engines.speech import espeak
from engines.speech.align import label
from engines.speech.engine import SpeechEngine
from engines.speech.inventory import CORE
from engines.speech.pieces import LONGEST_S, cut
from engines.speech.silences import find_quiet, settle
from tests.engines.test_speech import assert_tiled, speak

RATE = 16000
TEXT = "Ministers met on Tuesday to discuss the £3.5m budget, and nobody knew what would happen next."
READ_ALOUD = Path(__file__).parents[3] / "shared" / "data" / "ljspeech"


def errors_s(true: tuple[Phone, ...], found: tuple[Phone, ...]) -> np.ndarray:
    """Distances of the starts of the phones that both sequences share."""
    a, b = ([p for p in phones if p.symbol != SILENCE] for phones in (true, found))
    blocks = SequenceMatcher(None, [p.symbol for p in a], [p.symbol for p in b], autojunk=False).get_matching_blocks()
    return np.array([abs(a[m.a + i].start_s - b[m.b + i].start_s) for m in blocks for i in range(m.size)])


@pytest.mark.parametrize("voice", ["en-us", "en-gb"])
def test_alignment_finds_the_true_times(voice: str) -> None:
    spoken, _ = speak(TEXT, voice)
    found = label(spoken.audio, TEXT)
    assert_tiled(found)
    distances = errors_s(spoken.phones, found.phones)
    assert len(distances) > 0.6 * len([p for p in spoken.phones if p.symbol != SILENCE])
    assert float(np.median(distances)) < 0.04
    assert [w.text for w in found.words] == [w.text for w in spoken.words]
    assert [w.offset for w in found.words] == [w.offset for w in spoken.words]
    assert max(abs(a.start_s - b.start_s) for a, b in zip(found.words, spoken.words, strict=True)) < 0.25


def test_other_languages_and_unknown_words_align() -> None:
    german, _ = speak("Guten Abend, meine Damen und Herren.", "de")
    found = label(german.audio, "Guten Abend, meine Damen und Herren.", "de")
    assert [w.text for w in found.words] == ["Guten", "Abend", "meine", "Damen", "und", "Herren"]
    name, _ = speak("Wrzesniewski spoke.", "en-us")
    words = label(name.audio, "Wrzesniewski spoke.").words
    assert words[1].start_s == pytest.approx(name.words[1].start_s, abs=0.08)


def test_recognised_without_text() -> None:
    spoken, _ = speak("The people of the city will vote again in the morning.", "en-us")
    found = label(spoken.audio)
    assert_tiled(found)
    true, heard = ([p.symbol for p in s.phones if p.symbol != SILENCE] for s in (spoken, found))
    assert SequenceMatcher(None, true, heard, autojunk=False).ratio() > 0.5
    assert found.words == ()


def test_the_engine_labels_and_tells_progress() -> None:
    spoken, _ = speak("Good evening.", "en-us")
    work = SpeechEngine().run(LabelJob(spoken.audio, "Good evening."))
    assert isinstance(next(work), Progress)
    with pytest.raises(StopIteration) as end:
        next(work)
    assert [w.text for w in end.value.value.words] == ["Good", "evening"]


def test_what_is_no_speech_is_silence() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 3 * RATE)
    time_s = np.arange(3 * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * hz * time_s) for hz in (220, 277, 330)) * 0.2
    for samples in (np.zeros(RATE), np.full(RATE, 0.3), noise, chord, np.zeros(1), np.full(400, np.nan)):
        for text in ("", "hello there"):
            found = label(Audio(np.asarray(samples, np.float32), RATE), text)
            assert_tiled(found)
            assert {p.symbol for p in found.phones} == {SILENCE}


def test_an_offset_does_no_harm() -> None:
    spoken, _ = speak("Good evening, here is the news.", "en-us")
    shifted = Audio(spoken.audio.samples * 0.5 + 0.4, spoken.audio.rate_hz)
    plain, moved = (label(audio, "Good evening, here is the news.").phones for audio in (spoken.audio, shifted))
    assert [p.symbol for p in plain] == [p.symbol for p in moved]


def test_text_that_does_not_fit_is_no_crash() -> None:
    spoken, _ = speak("Good.", "en-us")
    found = label(spoken.audio, "a very long text that nobody can have said in so short a time " * 3)
    assert_tiled(found)
    assert {p.symbol for p in found.phones} <= {*CORE, SILENCE}


def test_an_empty_recording_is_refused() -> None:
    with pytest.raises(EngineError, match="empty"):
        label(Audio(np.zeros(0, np.float32), RATE))


def test_long_sound_is_cut_at_pauses() -> None:
    samples = np.random.default_rng(1).normal(0, 0.1, 70 * RATE).astype(np.float32)
    for pause_s in (20.0, 41.0, 60.0):
        samples[int(pause_s * RATE) : int((pause_s + 2.0) * RATE)] = 0.0
    pieces = cut(samples, find_quiet(samples, RATE))
    assert [piece.start for piece in pieces[1:]] == [piece.stop for piece in pieces[:-1]]
    assert (pieces[0].start, pieces[-1].stop) == (0, len(samples))
    assert all(piece.stop - piece.start <= LONGEST_S * RATE for piece in pieces)
    assert all(np.abs(samples[piece.stop - 10 : piece.stop]).max() == 0.0 for piece in pieces[:-1])


def test_a_pause_hidden_in_a_phone_becomes_silence() -> None:
    quiet = np.zeros(100, np.bool_)
    quiet[40:80] = True
    found = settle([Phone("ŋ", 0.2, 0.8, 0), Phone("m", 0.8, 1.0, 0)], quiet, 1.0)
    assert [(p.symbol, round(p.start_s, 2), round(p.end_s, 2)) for p in found] == [
        (SILENCE, 0.0, 0.2),
        ("ŋ", 0.2, 0.4),
        (SILENCE, 0.4, 0.8),
        ("m", 0.8, 1.0),
    ]


@pytest.mark.skipif(not READ_ALOUD.is_dir(), reason="the shared recordings are not here")
@pytest.mark.parametrize("name", ["LJ001-0001", "LJ001-0002"])
def test_real_recordings_align(name: str) -> None:
    lines = (READ_ALOUD / "metadata.csv").read_text(encoding="utf-8").splitlines()
    text = next(line.partition("|")[2] for line in lines if line.startswith(name))
    samples, rate = soundfile.read(READ_ALOUD / f"{name}.flac", dtype="float32")
    found = label(Audio(samples, rate), text)
    assert_tiled(found)
    assert len(found.words) == len(text.split())
    assert all(text[w.offset : w.offset + len(w.text)] == w.text for w in found.words)
    loud = [p for p in found.phones if p.symbol in ("æ", "ɑ", "aɪ", "eɪ", "ɔ")]
    levels = [float(np.sqrt(np.mean(samples[int(p.start_s * rate) : int(p.end_s * rate)] ** 2))) for p in loud]
    assert min(levels) > 0.3 * float(np.sqrt(np.mean(samples**2)))


def test_espeak_spells_what_the_dictionary_lacks() -> None:
    assert [u.symbol for u in espeak.transcribe(["Zog"], "en-us")[0]] == ["z", "ɑ", "ɡ"]
