"""Reads real lip corpora in their own folder layouts: GRID and TCD-TIMIT, with the phones of their transcripts.

GRID (Cooke et al. 2006): s1/video/ID.mpg or s1/ID.mpg with align/ID.align (25,000ths of a second) in the same speaker
folder, or flat: ID.mpg and ID.flac beside metadata.csv (file|text). TCD-TIMIT (Harte and Gillen 2015):
volunteers/01M/Clips/straightcam/ID.mp4, with ID.txt (100-nanosecond phone or word labels) in the same folder.
Letters: f pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from engines.api.events import EngineError
from engines.api.values import SILENCE, ByteArray, FloatArray, Phone
from engines.common.corpus import Utterance, fraction
from engines.speech.inventory import ARPABET, VOCALIC
from engines.textlip.identity import largest_face, window_in
from engines.textlip.placing import cut
from engines.textlip.runs import FPS, Run, window_of

VIDEOS = (".mpg", ".mp4", ".avi", ".mov")
UNSEEN = 0.1
"""Share of the sentences kept out of training, by their text."""
_GRID_S, _TIMIT_S = 1 / 25_000, 1e-7
_STILL = frozenset({"sil", "sp", "pau", "h#", "epi", "q", "#h", "bcl", "dcl", "gcl", "pcl", "tcl", "kcl"})


@dataclass(frozen=True)
class Filmed:
    """One clip of a corpus: its video, what is said, and its labels (name, start, end in seconds), words or phones."""

    video: Path
    text: str
    labels: tuple[tuple[str, float, float], ...] = ()
    phonetic: bool = False


def find_clips(folder: Path) -> list[Filmed]:
    """Clips of a GRID or TCD-TIMIT folder. Raises EngineError where there are none."""
    if not folder.is_dir():
        raise EngineError(f"{folder} is not a folder; name a GRID or TCD-TIMIT folder.")
    clips = [*_grid(folder), *_timit(folder)]
    if not clips:
        raise EngineError(f"{folder} holds neither GRID nor TCD-TIMIT clips; keep the corpus's own folders.")
    return clips


def _grid(folder: Path) -> Iterator[Filmed]:
    for video in _videos(folder):
        if _timit_view(video):
            continue
        aligned = _beside(video, "align", ".align")
        if aligned is not None:
            words = tuple(_labels(aligned, _GRID_S))
            yield Filmed(video, _said(words), words)
        elif text := _text_beside(video):
            yield Filmed(video, text)


def _timit(folder: Path) -> Iterator[Filmed]:
    for video in _videos(folder):
        labels = video.with_suffix(".txt")
        if _timit_view(video) == "straightcam" and labels.is_file():
            found = tuple(_labels(labels, _TIMIT_S))
            phonetic = all(name in _STILL or name.rstrip("012").upper() in _FOLDED for name, *_ in found)
            yield Filmed(video, _said(found), found, phonetic)


def _said(labels: tuple[tuple[str, float, float], ...]) -> str:
    return " ".join(name for name, *_ in labels if name not in _STILL)


def _timit_view(video: Path) -> str:
    """Which of TCD-TIMIT's two cameras a video is from, "" for other corpora."""
    return next((view for view in ("straightcam", "30degcam") if view in video.parts), "")


def _text_beside(video: Path) -> str:
    """What metadata.csv beside a video says of it or of its sound."""
    table = video.parent / "metadata.csv"
    if not table.is_file():
        return ""
    rows = dict(line.split("|", 1) for line in table.read_text(encoding="utf-8").splitlines() if "|" in line)
    return next((text for name, text in rows.items() if Path(name).stem == video.stem), "")


def _videos(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in VIDEOS)


def _beside(video: Path, folder: str, suffix: str) -> Path | None:
    """A file of the same name in `folder` beside the video or beside its folder."""
    places = [video.parent / folder, video.parent.parent / folder, video.parent]
    return next((p for place in places if (p := place / f"{video.stem}{suffix}").is_file()), None)


def _labels(path: Path, unit_s: float) -> Iterator[tuple[str, float, float]]:
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            if fields := line.split():
                start, end, name = fields[:3]
                yield name.lower(), float(start) * unit_s, float(end) * unit_s
    except (ValueError, UnicodeDecodeError) as error:
        raise EngineError(f"The labels {path} are damaged: every line is a start, an end and a name.") from error


_EXTRA = {"AX": "ə", "IX": "ɪ", "AXR": "ɚ", "UX": "u", "AX-H": "ə", "EL": "l", "EM": "m", "EN": "n", "ENG": "ŋ"}
_EXTRA |= {"DX": "ɾ", "NX": "n", "HV": "h", "ZH": "ʒ"}
_FOLDED = ARPABET | _EXTRA
"""TIMIT's 61 phones, besides its silences and closures, in the product's symbols."""


def timit_phones(labels: tuple[tuple[str, float, float], ...]) -> tuple[Phone, ...]:
    """Phones of TIMIT labels; closures and pauses are silence, names it does not know are left out."""
    found = []
    for name, start_s, end_s in labels:
        bare = name.rstrip("012").upper()
        symbol = SILENCE if name in _STILL else _FOLDED.get(bare, "")
        if symbol:
            found.append(Phone(symbol, start_s, end_s, int(symbol in VOCALIC)))
    return tuple(found)


def word_phones(labels: tuple[tuple[str, float, float], ...]) -> tuple[Phone, ...]:
    """Phones of timed words: each word's phones share its time as they do in careful speech."""
    from engines.speech.espeak import transcribe

    units = transcribe([name if name not in _STILL else "" for name, *_ in labels], "en-gb")
    found: list[Phone] = []
    for (_, start_s, end_s), spoken in zip(labels, units, strict=True):
        shares = np.cumsum([0.0, *(unit.share for unit in spoken)]) / max(sum(unit.share for unit in spoken), 1e-9)
        edges = start_s + (end_s - start_s) * shares
        found += (
            Phone(unit.symbol, float(edges[i]), float(edges[i + 1]), unit.stress) for i, unit in enumerate(spoken)
        )
        if not spoken:
            found.append(Phone(SILENCE, start_s, end_s))
    return tuple(found)


def read_clip(clip: Filmed) -> Run:
    """A clip as a run: lip pictures cut around the face, phones from its labels, its sound or its text.

    Raises EngineError for a video that cannot be read or shows no face.
    """
    pictures, rate = _pictures(clip.video)
    at = (np.arange(int(len(pictures) / rate * FPS)) / FPS * float(rate)).astype(int)
    box = largest_face(pictures[len(pictures) // 2])
    if box is None:
        raise EngineError(f"No face with a mouth was found in {clip.video}: leave it out.")
    lips = np.stack([cut(pictures[i], window_in(box)) for i in at])
    phones = _phones(clip, len(lips) / FPS)
    split = "unseen" if fraction(clip.text) < UNSEEN else "train"
    mouths: FloatArray = np.zeros((len(lips), 20, 2), np.float32)
    return Run(clip.video.stem, split, "corpus", clip.text, lips, mouths, window_of(phones, 0.0, len(lips) / FPS))


def _phones(clip: Filmed, seconds: float) -> tuple[Phone, ...]:
    if clip.labels:
        return timit_phones(clip.labels) if clip.phonetic else word_phones(clip.labels)
    sound = clip.video.with_suffix(".flac")
    if sound.is_file():
        from engines.speech.align import label

        return label(Utterance(sound.name, sound, clip.text, "").load(), clip.text).phones
    words = clip.text.split()
    step_s = seconds / max(len(words), 1)
    return word_phones(tuple((word, i * step_s, (i + 1) * step_s) for i, word in enumerate(words)))


def _pictures(path: Path) -> tuple[list[ByteArray], Fraction]:
    import av

    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            pictures = [np.asarray(f.to_ndarray(format="rgb24"), np.uint8) for f in container.decode(stream)]
            return pictures, Fraction(stream.average_rate or FPS)
    except (av.error.FFmpegError, IndexError, OSError) as error:
        raise EngineError(f"{path} cannot be read as video: restore it from the corpus.") from error
