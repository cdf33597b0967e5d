"""Laws of spoken stories: phones tile the sound, words point into the story, the same job sounds the same."""

from __future__ import annotations

from itertools import islice, pairwise
from typing import Any

import numpy as np
import pytest

from engines.api.events import EngineError, Partial, Progress
from engines.api.jobs import Pronunciation, SpeakJob, VoicesJob
from engines.api.values import SILENCE, Audio, Speech
from engines.speech import espeak
from engines.speech.bench import rows
from engines.speech.engine import SpeechEngine
from engines.speech.inventory import CORE, NEAREST, STOPPED, VOCALIC, nearest, parse

STORY = """Good evening. The $3.5m budget — agreed on 20 November 2026 — was “a triumph”, said Dr. Smith of the BBC.

Rain is likely at 14:30! Mr. O'Neil isn't sure that the people of the city agree."""


def speak(text: str, voice: str = "en-gb", **options: Any) -> tuple[Speech, list[Speech]]:
    """The whole Speech of a job and its partial ones."""
    work = SpeechEngine().run(SpeakJob(text, voice, **options))
    parts: list[Speech] = []
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            return end.value, parts
        if isinstance(event, Partial):
            parts.append(event.value)


def assert_tiled(speech: Speech) -> None:
    """Phones cover the sound from its first to its last moment, each longer than nothing, no two pauses in a row."""
    phones = speech.phones
    assert phones[0].start_s == 0.0
    assert phones[-1].end_s == pytest.approx(speech.audio.seconds, abs=1e-6)
    assert all(a.end_s == b.start_s for a, b in pairwise(phones))
    assert all(p.end_s > p.start_s for p in phones)
    assert not any(a.symbol == b.symbol == SILENCE for a, b in pairwise(phones))


@pytest.fixture(scope="module")
def told() -> tuple[Speech, list[Speech]]:
    return speak(STORY)


def test_phones_tile_whole_and_parts(told: tuple[Speech, list[Speech]]) -> None:
    whole, parts = told
    for speech in (whole, *parts):
        assert_tiled(speech)
        assert {p.symbol for p in speech.phones} <= {*CORE, SILENCE}


def test_parts_make_the_whole(told: tuple[Speech, list[Speech]]) -> None:
    whole, parts = told
    assert len(parts) == 4
    assert np.array_equal(np.concatenate([part.audio.samples for part in parts]), whole.audio.samples)
    assert [w.text for part in parts for w in part.words] == [w.text for w in whole.words]
    assert whole.text == STORY


def test_every_written_word_is_placed(told: tuple[Speech, list[Speech]]) -> None:
    words = told[0].words
    assert all(STORY[w.offset : w.offset + len(w.text)] == w.text for w in words)
    written = "Good evening The $3.5m budget agreed on 20_November_2026 was a triumph said Dr. Smith of the BBC Rain is"
    assert [w.text.replace(" ", "_") for w in words][:19] == written.split()
    assert [w.text for w in words][-4:] == ["of", "the", "city", "agree"]
    assert all(w.end_s > w.start_s for w in words)
    assert all(a.end_s <= b.start_s + 1e-9 for a, b in pairwise(words))


def test_same_job_same_sound(told: tuple[Speech, list[Speech]]) -> None:
    speak("Guten Abend.", "de")
    again, _ = speak(STORY)
    assert np.array_equal(again.audio.samples, told[0].audio.samples)
    assert again.phones == told[0].phones


def test_times_agree_with_the_waveform(told: tuple[Speech, list[Speech]]) -> None:
    """Vowels are loud, pauses are silent, and stops begin with their quiet closure."""
    speech = told[0]
    samples, rate = speech.audio.samples, speech.audio.rate_hz

    def level(start_s: float, end_s: float) -> float:
        piece = samples[round(start_s * rate) : max(round(end_s * rate), round(start_s * rate) + 1)]
        return float(20 * np.log10(np.sqrt(np.mean(piece**2)) + 1e-6))

    vowels = [level(p.start_s, p.end_s) for p in speech.phones if p.symbol in VOCALIC]
    pauses = [level(p.start_s, p.end_s) for p in speech.phones if p.symbol == SILENCE]
    closures = [level(p.start_s, p.start_s + 0.02) for p in speech.phones if p.symbol in ("p", "t", "k")]
    assert min(vowels) > -30
    assert max(pauses) < -50
    assert float(np.median(closures)) < -45


def test_pauses_grow_from_comma_to_paragraph() -> None:
    def pause(text: str) -> float:
        heard = [p for p in speak(text)[0].phones if p.symbol == SILENCE and p.start_s > 0.1]
        return max(p.end_s - p.start_s for p in heard[:-1])

    assert pause("One day, two days") < pause("One day. Two days") < pause("One day.\n\nTwo days")


def test_rate_and_pitch_do_something() -> None:
    usual, _ = speak("The river rose again on Sunday.")
    quick, _ = speak("The river rose again on Sunday.", rate_wpm=260)
    high, _ = speak("The river rose again on Sunday.", pitch=90)
    assert quick.audio.seconds < 0.8 * usual.audio.seconds
    assert _pitch_hz(high.audio) > 1.2 * _pitch_hz(usual.audio)


def _pitch_hz(audio: Audio) -> float:
    """Median of the strongest autocorrelation between 60 and 400 Hz over loud frames."""
    frames = audio.samples[: len(audio.samples) // 1024 * 1024].reshape(-1, 1024)
    loud = frames[np.abs(frames).max(axis=1) > 0.2]
    low, high = audio.rate_hz // 400, audio.rate_hz // 60
    return float(
        np.median(
            [audio.rate_hz / (low + np.argmax(np.correlate(f, f, "full")[1023 + low : 1023 + high])) for f in loud]
        )
    )


def test_pronunciation_changes_the_sound_only() -> None:
    text = "Lead pipes lead to us. US leads."
    plain, _ = speak(text)
    said, _ = speak(text, pronunciations=(Pronunciation("lead", "leed"), Pronunciation("US", "America")))
    assert said.text == text
    assert [w.text for w in said.words] == ["Lead", "pipes", "lead", "to", "us", "US", "leads"]
    symbols = [[p.symbol for p in s.phones] for s in (plain, said)]
    assert symbols[0] != symbols[1]
    america = [u.symbol for u in espeak.transcribe(["America"], "en-gb")[0]]
    start = next(w for w in said.words if w.text == "US")
    heard = [p.symbol for p in said.phones if start.start_s <= p.start_s < start.end_s]
    assert heard == america


def test_stress_comes_from_the_voice() -> None:
    vowels = [(u.symbol, u.stress) for u in parse("ˌɪntəˈnæʃənəl") if u.symbol in VOCALIC]
    assert vowels == [("ɪ", 2), ("ə", 0), ("æ", 1), ("ə", 0), ("ə", 0)]


def test_inventory_is_closed() -> None:
    assert set(NEAREST.values()) <= set(CORE)
    assert all(nearest(symbol) in CORE for symbol in (*CORE, *NEAREST))
    assert [u.symbol for u in parse("tʃˈaɪəʊ̃n̩", english=True)] == ["tʃ", "aɪ", "oʊ", "n"]
    assert {"p", "tʃ"} < STOPPED


def test_voices_have_titles_and_speak() -> None:
    work = SpeechEngine().run(VoicesJob())
    assert isinstance(next(work), Progress)
    with pytest.raises(StopIteration) as end:
        next(work)
    voices = {voice.key: voice for voice in end.value.value if voice.engine == "espeak"}
    assert len(voices) > 150
    assert voices["en-gb+f3"].title == "English (Great Britain), female 3"
    assert {"de", "ar", "he", "cmn", "en-us"} <= voices.keys()
    assert speak("Good evening.", "en-us+f3")[0].audio.seconds > 0.5


@pytest.mark.parametrize(
    ("voice", "text"), [("ar", "مرحبا بالعالم"), ("he", "שלום עולם"), ("cmn", "你好。再见！"), ("hi", "नमस्ते दुनिया")]
)
def test_matching_voices_read_their_script(voice: str, text: str) -> None:
    whole, _ = speak(text, voice)
    assert_tiled(whole)
    assert len(whole.words) == 2
    assert all(text[w.offset : w.offset + len(w.text)] == w.text for w in whole.words)


@pytest.mark.parametrize(
    ("job", "names"),
    [
        (SpeakJob(""), "type a story"),
        (SpeakJob(" \n\t "), "type a story"),
        (SpeakJob("!!! … —"), "!!! …"),
        (SpeakJob("😀 ❤️"), "😀"),
        (SpeakJob("@#$%^&*"), "@#$%^&*"),
        (SpeakJob("Hello مرحبا there"), "Arabic characters “مرحبا”"),
        (SpeakJob("Say 你好"), "Chinese characters “你好”"),
        (SpeakJob("Hello \ue000."), "U+E000"),
        (SpeakJob("Hello \ud800."), "U+D800"),
        (SpeakJob("Hello", voice="klingonese"), "klingonese"),
        (SpeakJob("Hello", voice="en-gb+nobody"), "en-gb+nobody"),
        (SpeakJob("Hello", voice="piper:nobody"), "nobody.onnx"),
        (SpeakJob("Hello", rate_wpm=10), "between 80 and 450"),
        (SpeakJob("Hello", pitch=101), "between 0 and 100"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(job: SpeakJob, names: str) -> None:
    with pytest.raises(EngineError) as refused:
        list(SpeechEngine().run(job))
    assert names in str(refused.value)
    assert "\n" not in str(refused.value)


def test_long_story_comes_piece_by_piece() -> None:
    text = ("The minister said on 20 November 2026 that $3.5m would be spent. " * 1600)[:100_000]
    pieces = list(islice(SpeechEngine().sentences(SpeakJob(text)), 3))
    assert [sentence.offset for sentence, _ in pieces] == [0, 65, 130]
    assert all(speech.audio.seconds < 20 for _, speech in pieces)


def test_a_word_without_end_is_spoken_in_pieces() -> None:
    pieces = list(islice(SpeechEngine().sentences(SpeakJob("ba" * 50_000)), 2))
    assert all(len(sentence.text) <= 300 for sentence, _ in pieces)


def test_bench_row_is_measured() -> None:
    (row,) = rows()
    assert (row["bench"], row["case"], row["metric"], row["unit"]) == (
        "speech",
        "espeak",
        "real_time_factor",
        "x real time",
    )
    assert row["value"] > 0
    assert row["n"] == 7
