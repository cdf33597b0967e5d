"""Knows which recordings and sentences there are to train on, and on which side of the split each one lies.

The split depends on nothing but names and texts, so it is the same before rendering, in training and in the bench.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache as cached
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile

from engines.api.events import EngineError
from engines.api.jobs import SpeakJob
from engines.api.values import Audio, Phone, Speech

Split = Literal["train", "unseen-sentence", "unseen-voice"]
Label = Callable[[Audio, str], Speech]

SOUNDS = frozenset({".flac", ".wav", ".ogg", ".mp3"})
VIDEOS = (".mpg", ".mp4", ".mov", ".mkv", ".avi", ".webm")
_LEXICON = Path(__file__).parents[2] / "assets" / "lexicon"
SENTENCES = _LEXICON / "sentences.txt"
TRANSCRIPTS = _LEXICON / "transcripts.tsv"
UNSEEN_SENTENCES = 0.15
"""Share of the different sentences kept out of training."""
UNSEEN_VOICES = 0.04
"""Share of the voices kept out of training, where there are at least TEN_VOICES; besides those named below."""
TEN_VOICES = 10
NAMED_UNSEEN_VOICES = frozenset(
    {"367", "1688", "1998", "2033", "2609", "3080"}  # LibriSpeech test-other
    | {"p230", "p233", "p236", "p243", "p258", "p273"}  # VCTK speakers of one sentence each
)


@dataclass(frozen=True)
class Utterance:
    """One recording. key: its path inside the corpus; text: empty where unknown; voice: who speaks."""

    key: str
    path: Path
    text: str
    voice: str
    split: Split = "train"

    def load(self) -> Audio:
        """Read the sound, mixed to mono. Fails with EngineError where the file cannot be read."""
        try:
            samples, rate_hz = soundfile.read(self.path, dtype="float32", always_2d=True)
        except (OSError, soundfile.SoundFileError) as error:
            raise EngineError(f"{self.path} cannot be read as sound; convert it to WAV or FLAC.") from error
        return Audio(np.ascontiguousarray(samples.mean(axis=1)), rate_hz)


@dataclass(frozen=True)
class SpokenSentence:
    """One sentence for a synthetic voice: run `job` in the speech engine to hear it."""

    key: str
    job: SpeakJob
    split: Split

    @property
    def text(self) -> str:
        """What is said."""
        return self.job.text


def fraction(text: str) -> float:
    """A number in [0, 1) that depends on the words of a text only, not on case, punctuation or spacing."""
    words = " ".join(re.findall(r"[^\W_]+", text.lower()))
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=6).digest(), "big") / 2**48


def utterances(data_dir: Path) -> tuple[Utterance, ...]:
    """List the recordings below a folder in order of their keys, each with its side of the split.

    Texts and voices come from tables `metadata.csv` (file|text) and `speakers.csv` (file|speaker|...) above a file,
    else from a .txt file beside it and the name of its folder. The sound of a video clip is left to the tests of video.
    Fails with EngineError where there is no folder or no recording.
    """
    if not data_dir.is_dir():
        raise EngineError(f"{data_dir} is not a folder; name a folder of recordings with --data.")
    texts, voices = _table(data_dir, "metadata.csv", "text"), _table(data_dir, "speakers.csv", "speaker")
    found = [
        Utterance(
            path.relative_to(data_dir).as_posix(), path, texts.get(path) or _text_beside(path), voices.get(path, "")
        )
        for path in sorted(data_dir.rglob("*"))
        if path.suffix.lower() in SOUNDS and not any(path.with_suffix(v).exists() for v in VIDEOS)
    ]
    if not found:
        raise EngineError(f"{data_dir} holds no recordings; put WAV, FLAC, OGG or MP3 files there.")
    return _split([u if u.voice else replace(u, voice=u.path.parent.name) for u in found])


def _table(folder: Path, name: str, column: str) -> dict[Path, str]:
    """One column of every table `name` below the folder, by the file it speaks of."""
    values: dict[Path, str] = {}
    for table in sorted(folder.rglob(name)):
        with table.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="|", quoting=csv.QUOTE_NONE):
                values[table.parent / row["file"]] = row[column]
    return values


def _text_beside(path: Path) -> str:
    text = path.with_suffix(".txt")
    return text.read_text(encoding="utf-8").strip() if text.is_file() else ""


def _split(found: list[Utterance]) -> tuple[Utterance, ...]:
    """Decide the side of every recording: an unseen voice is never trained on, nor is a text that it speaks."""
    voices = {u.voice for u in found}
    share = UNSEEN_VOICES if len(voices) >= TEN_VOICES else 0.0
    unseen = {v for v in voices if v in NAMED_UNSEEN_VOICES or fraction(f"spoken by {v}") < share}
    taken = {fraction(u.text) for u in found if u.voice in unseen and u.text}

    def side(u: Utterance) -> Split:
        if u.voice in unseen:
            return "unseen-voice"
        return "unseen-sentence" if u.text and fraction(u.text) in taken else _side(u.text) if u.text else "train"

    return tuple(replace(u, split=side(u)) for u in found)


def sentences() -> tuple[str, ...]:
    """The built-in news sentences, one a line in assets/lexicon/sentences.txt."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def spoken_sentences(
    voices: Iterable[SpeakJob], unseen: Iterable[SpeakJob] = (), copies: int = 1
) -> tuple[SpokenSentence, ...]:
    """Give each built-in sentence to `copies` of the voices in turn, and the unseen ones to all unseen voices.

    voices: jobs whose text is replaced. The split is by sentence and the same whoever speaks.
    """
    jobs, lines = tuple(voices), sentences()
    stride = len(jobs) // copies or 1
    turns = [(jobs[(i + c * stride) % len(jobs)], text) for i, text in enumerate(lines) for c in range(copies)]
    said = [_spoken(replace(job, text=text), _side(text)) for job, text in turns]
    held = [t for t in lines if _side(t) != "train"]
    return (*said, *(_spoken(replace(job, text=text), "unseen-voice") for job in unseen for text in held))


def _side(text: str) -> Split:
    return "unseen-sentence" if fraction(text) < UNSEEN_SENTENCES else "train"


def _spoken(job: SpeakJob, split: Split) -> SpokenSentence:
    name = f"{job.voice}-{job.rate_wpm}-{job.pitch}-{int(fraction(job.text) * 2**40):010x}"
    return SpokenSentence(name, job, split)


def labelled(utterance: Utterance, cache: Path, label: Label) -> Speech:
    """Load a recording with its phones, labelling it once: the phones are kept as JSON in the cache folder.

    Where its corpus gives no text, the transcript of this product is aligned, if there is one.
    """
    audio = utterance.load()
    text = utterance.text or transcripts().get(utterance.path.stem, "")
    name = re.sub(r"[^\w.-]+", "__", utterance.key) + ".json"
    kept = _read_phones(cache / name, text)
    if kept is None:
        kept = label(audio, text).phones
        cache.mkdir(parents=True, exist_ok=True)
        rows = [[p.symbol, round(p.start_s, 4), round(p.end_s, 4), p.stress] for p in kept]
        part = cache / f"{name}.part"
        part.write_text(json.dumps({"version": 1, "text": text, "phones": rows}, ensure_ascii=False))
        os.replace(part, cache / name)
    return Speech(audio, kept, text=utterance.text)


def _read_phones(path: Path, text: str) -> tuple[Phone, ...] | None:
    """Phones of this text kept earlier; None where there are none or the file is damaged."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["text"] != text:
            return None
        return tuple(Phone(str(s), float(a), float(b), int(stress)) for s, a, b, stress in kept["phones"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


@cached
def transcripts() -> dict[str, str]:
    """What is said in recordings whose corpus has lost its texts, by name; assets/lexicon/card.md tells their origin.

    They guide the phones and nothing else: the split of a recording does not hang on them.
    """
    lines = TRANSCRIPTS.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if not line.startswith("#"))
