"""Laws of features and corpus: stream equals whole, and no text or voice on both sides of the split."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engines.api.events import EngineError
from engines.api.jobs import SpeakJob
from engines.api.values import Audio, Phone, Speech
from engines.common import corpus
from engines.common.mfcc import LEVEL, MfccStream, frame_rms, level_gain, mfcc, resampled


def noise(seconds: float, rate_hz: int = 16_000, scale: float = 0.1) -> Audio:
    rng = np.random.default_rng(3)
    return Audio((rng.standard_normal(round(seconds * rate_hz)) * scale).astype(np.float32), rate_hz)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two voices that read the same forty texts, a named unseen voice that reads five of them, and an untold one."""
    folder = tmp_path / "data" / "set"
    folder.mkdir(parents=True)
    texts = [f"Sentence number {i}, read aloud." for i in range(40)]
    rows, speakers = ["file|text"], ["file|speaker|sex|seconds"]
    for voice, told in (("a", texts), ("b", texts), ("p230", texts[:5]), ("c", [""])):
        for i, text in enumerate(told):
            name = f"{voice}_{i}.wav"
            soundfile.write(folder / name, np.zeros(160, np.float32), 16_000)
            speakers.append(f"{name}|{voice}|F|0.01")
            rows += [f"{name}|{text.upper() if voice == 'b' else text}"] if text else []
    (folder / "metadata.csv").write_text("\n".join(rows), encoding="utf-8")
    (folder / "speakers.csv").write_text("\n".join(speakers), encoding="utf-8")
    return tmp_path / "data"


def test_stream_of_any_blocks_gives_the_same_cepstra_as_the_whole() -> None:
    samples, rng = noise(3.0).samples, np.random.default_rng(0)
    stream, parts, at = MfccStream(gain=2.0), [], 0
    while at < len(samples):
        step = int(rng.integers(1, 2000))
        parts.append(stream.push(samples[at : at + step]))
        at += step
    joined = np.concatenate([*parts, stream.finish()])
    np.testing.assert_allclose(joined, mfcc(samples, gain=2.0), atol=1e-4)
    assert joined.shape == (301, 13)


def test_level_normalisation_ignores_pauses_and_leaves_silence_alone() -> None:
    loud = noise(1.0, scale=0.02).samples
    gain = level_gain(np.concatenate([loud, np.zeros(48_000, np.float32)]))
    assert frame_rms(loud * gain)[10:-10].mean() == pytest.approx(LEVEL, rel=0.05)
    assert level_gain(np.zeros(16_000, np.float32)) == 1.0


def test_resampling_keeps_length_and_removes_offset() -> None:
    audio = noise(1.0, 44_100)
    samples = resampled(Audio(audio.samples + np.float32(0.3), 44_100))
    assert len(samples) == 16_000
    assert abs(float(samples.mean())) < 1e-4


def test_split_keeps_voices_and_texts_on_one_side(data: Path) -> None:
    listed = corpus.utterances(data)
    assert len(listed) == 86
    train = [u for u in listed if u.split == "train"]
    unseen_voices = {u.voice for u in listed if u.split == "unseen-voice"}
    assert unseen_voices == {"p230"}
    assert not unseen_voices & {u.voice for u in train}
    held = {u.text.lower() for u in listed if u.split != "train"}
    assert len(held) > 5
    assert not held & {u.text.lower() for u in train}
    assert [u.split for u in listed if u.voice == "c"] == ["train"]
    assert corpus.utterances(data) == listed


def test_a_plain_folder_with_texts_beside_the_sounds(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "one.wav", np.zeros((160, 2), np.float32), 8000)
    (tmp_path / "one.txt").write_text("Hello there.\n", encoding="utf-8")
    soundfile.write(tmp_path / "clip.wav", np.zeros(160, np.float32), 8000)
    (tmp_path / "clip.mp4").touch()
    (found,) = corpus.utterances(tmp_path)
    assert (found.key, found.text, found.voice) == ("one.wav", "Hello there.", tmp_path.name)
    assert found.load().samples.shape == (160,)


def test_bad_folders_and_files_are_the_users_to_mend(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="not a folder"):
        corpus.utterances(tmp_path / "nowhere")
    with pytest.raises(EngineError, match="no recordings"):
        corpus.utterances(tmp_path)
    (tmp_path / "bad.wav").write_bytes(b"not sound")
    with pytest.raises(EngineError, match=r"bad\.wav"):
        corpus.utterances(tmp_path)[0].load()


def test_built_in_sentences_are_split_by_sentence_whoever_speaks() -> None:
    voices = [SpeakJob("", voice=v) for v in ("en-gb", "en-us", "en-gb+f1")]
    spoken = corpus.spoken_sentences(voices, unseen=[SpeakJob("", voice="en-us+m3")], copies=2)
    train = {s.text for s in spoken if s.split == "train"}
    held = {s.text for s in spoken if s.split == "unseen-sentence"}
    assert len(train) + len(held) == len(corpus.sentences()) > 100
    assert not train & held and len(held) > 8
    assert {s.text for s in spoken if s.split == "unseen-voice"} == held
    assert len({s.key for s in spoken}) == len(spoken)


def test_labels_are_found_once_and_a_damaged_label_is_found_again(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "one.wav", noise(0.1).samples, 16_000)
    (utterance,) = corpus.utterances(tmp_path)
    calls = []

    def label(audio: Audio, text: str) -> Speech:
        calls.append(text)
        return Speech(audio, (Phone("_", 0.0, 0.04), Phone("ɑ", 0.04, 0.1, 1)))

    first = corpus.labelled(utterance, tmp_path / "cache", label)
    again = corpus.labelled(utterance, tmp_path / "cache", label)
    assert first.phones == again.phones and len(calls) == 1
    (tmp_path / "cache" / "one.wav.json").write_text('{"phones": [', encoding="utf-8")
    assert corpus.labelled(utterance, tmp_path / "cache", label).phones == first.phones
    assert len(calls) == 2


def test_a_recording_without_text_is_aligned_to_the_transcript_of_this_product(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "19-198-0000.wav", noise(0.1).samples, 16_000)
    (utterance,) = corpus.utterances(tmp_path)
    given: list[str] = []

    def label(audio: Audio, text: str) -> Speech:
        given.append(text)
        return Speech(audio, (Phone("_", 0.0, 0.1),))

    cache = tmp_path / "cache"
    cache.mkdir()
    earlier = '{"text": "", "phones": [["_", 0.0, 0.1, 0]]}'  # as it was labelled before there was a transcript
    (cache / "19-198-0000.wav.json").write_text(earlier, encoding="utf-8")
    assert corpus.labelled(utterance, cache, label).text == utterance.text == ""
    corpus.labelled(utterance, cache, label)
    assert given == ["northanger abbey"]
    assert utterance.split == "train"


def test_transcripts_are_words_that_can_be_aligned() -> None:
    told = corpus.transcripts()
    assert len(told) > 200
    assert all(re.fullmatch(r"\d+-\d+-\d{4}", name) for name in told)
    assert all(re.fullmatch(r"[a-z']+( [a-z']+)*", text) for text in told.values())
