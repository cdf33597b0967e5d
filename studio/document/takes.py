"""Takes: sound and its phones on disk, named by the hash of their content, written once and never changed."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from engines.api.values import Audio, Performance, Phone, Speech, Word
from studio.atomic import explain, finished_in_one_move, write_bytes
from studio.document.errors import DocumentError
from studio.document.motion import load_motion, save_motion
from studio.document.project import Origin, TakeRef

_FULL = 1 << 23  # 24-bit FLAC: finer than any microphone, and exact for what it once held


_BLOCK = 1 << 20
"""Samples encoded at a time, so that hours of sound need no second copy."""


class Takes:
    """The takes folder of one project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, speech: Speech, origin: Origin, title: str = "", script: str = "") -> TakeRef:
        """Keep speech and return how the project refers to it. Raises DocumentError; nothing half-written stays."""
        pcm = _to_pcm(speech.audio)
        about = _describe(speech)
        digest = _digest(pcm, about)
        try:
            if not self._about_path(digest).exists():
                self.folder.mkdir(parents=True, exist_ok=True)
                write_bytes(self.sound_path(digest), _to_flac(pcm, speech.audio.rate_hz))
                write_bytes(self._about_path(digest), about)
        except OSError as error:
            raise DocumentError(f"The take could not be kept in {self.folder}: {explain(error)}.") from None
        return TakeRef(digest, speech.audio.seconds, origin, title, script)

    def load(self, digest: str) -> Speech:
        """The speech of a take. Raises DocumentError if it is missing or damaged."""
        try:
            about = self._about_path(digest).read_bytes()
            pcm, rate_hz = soundfile.read(self.sound_path(digest), dtype="int32")
        except (OSError, soundfile.SoundFileError):
            raise DocumentError(_lost(digest)) from None
        pcm >>= 8
        if _digest(pcm, about) != digest:
            raise DocumentError(_lost(digest))
        return _speech(pcm, int(rate_hz), json.loads(about))

    def keep_motion(self, digest: str, performance: Performance) -> None:
        """Keep the facial motion that was recorded with the sound of a take. Raises DocumentError."""
        save_motion(self._motion_path(digest), performance)

    def motion(self, digest: str) -> Performance | None:
        """The motion recorded with a take, None if there is none. Raises DocumentError if it is damaged."""
        return load_motion(self._motion_path(digest))

    def sound_path(self, digest: str) -> Path:
        """The FLAC file of a take."""
        return self.folder / f"{digest}.flac"

    def copy_to(self, other: Takes, digests: frozenset[str]) -> None:
        """Copy takes into another project. Raises DocumentError."""
        try:
            other.folder.mkdir(parents=True, exist_ok=True)
            for digest in sorted(digests):
                for source in (self.sound_path(digest), self._about_path(digest)):
                    with finished_in_one_move(other.folder / source.name) as part:
                        shutil.copyfile(source, part)
                if (motion := self._motion_path(digest)).is_file():
                    with finished_in_one_move(other.folder / motion.name) as part:
                        shutil.copyfile(motion, part)
        except OSError as error:
            raise DocumentError(f"The takes could not be copied to {other.folder}: {explain(error)}.") from None

    def keep_only(self, digests: frozenset[str]) -> None:
        """Remove all takes but these; one that cannot be removed stays."""
        for path in self.folder.glob("*.*") if self.folder.is_dir() else ():
            if path.name.split(".")[0] not in digests:
                with contextlib.suppress(OSError):
                    path.unlink()

    def _motion_path(self, digest: str) -> Path:
        return self.folder / f"{digest}.motion.npz"

    def _about_path(self, digest: str) -> Path:
        return self.folder / f"{digest}.json"


def _lost(digest: str) -> str:
    return f"The sound of take {digest[:8]} is missing or damaged: speak, record or import it again."


def _to_pcm(audio: Audio) -> NDArray[np.int32]:
    """(n,) float in [-1, 1] -> (n,) int in 24 bits; louder samples are clipped."""
    if not np.isfinite(audio.samples).all():
        raise DocumentError("The sound holds broken samples: record or import it again.")
    scaled = audio.samples * np.float32(_FULL)  # exact: a power of two
    np.round(scaled, out=scaled)
    return np.clip(scaled, -_FULL, _FULL - 1, out=scaled).astype(np.int32)


def _to_flac(pcm: NDArray[np.int32], rate_hz: int) -> bytes:
    memory = io.BytesIO()
    with soundfile.SoundFile(memory, "w", rate_hz, 1, subtype="PCM_24", format="FLAC") as file:
        for start in range(0, len(pcm), _BLOCK):
            file.write(pcm[start : start + _BLOCK] << 8)
    return memory.getvalue()


def _describe(speech: Speech) -> bytes:
    about = {
        "version": 1,
        "rate_hz": speech.audio.rate_hz,
        "text": speech.text,
        "phones": [asdict(phone) for phone in speech.phones],
        "words": [asdict(word) for word in speech.words],
    }
    return json.dumps(about, ensure_ascii=True, separators=(",", ":")).encode()


def _digest(pcm: NDArray[np.int32], about: bytes) -> str:
    told = hashlib.sha256(about + b"\n")
    told.update(np.ascontiguousarray(pcm, "<i4").data)
    return told.hexdigest()


def _speech(pcm: NDArray[np.int32], rate_hz: int, about: dict[str, Any]) -> Speech:
    samples = pcm.astype(np.float32)
    samples /= _FULL
    phones = tuple(Phone(**phone) for phone in about["phones"])
    words = tuple(Word(**word) for word in about["words"])
    return Speech(Audio(samples, rate_hz), phones, words, about["text"])
