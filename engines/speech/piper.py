"""Piper voice files (.onnx with .onnx.json beside it) as voices of the studio.

Times of phones come from the model where it tells its durations, else from aligning its own sound. Piper has no pitch
control: the sound is made slower or quicker and resampled back to its length.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from engines.api.events import EngineError
from engines.api.values import SILENCE, Audio, Phone, VoiceInfo
from engines.speech import espeak
from engines.speech.align import label
from engines.speech.config import default_voices_folder
from engines.speech.espeak import Sound, Spoken
from engines.speech.inventory import grow, knows
from engines.speech.newsreader import Reading
from engines.speech.tiling import Mark, tile

PREFIX = "piper:"
USUAL_RATE_WPM = 165
_SEED = 1
_OCTAVES_AT_LIMIT = 0.5
_NEAR_S = 0.05
_TOKEN = re.compile(r"\S*[^\W_]\S*")


@dataclass(frozen=True, eq=False)
class PiperSpeaker:
    """An open Piper voice. title and language come from its configuration."""

    path: Path
    title: str
    language: str
    rate_hz: int
    model: Any

    @classmethod
    def open(cls, key: str, folder: Path) -> PiperSpeaker:
        """The voice of a key, "piper:name" in folder or "piper:/path/to/file.onnx". Raises EngineError."""
        import onnxruntime
        from piper import PiperVoice

        path = _path_of(key.removeprefix(PREFIX), folder)
        onnxruntime.set_seed(_SEED)  # the model's noise is drawn when a session is made: same job, same sound
        try:
            model = PiperVoice.load(path, include_alignments=find_spec("onnx") is not None)
        except Exception as error:  # onnxruntime, json and piper raise a dozen kinds for a damaged file
            raise EngineError(f"The voice file {path.name} is damaged or not a Piper voice: get it again.") from error
        return cls(path, title_of(path), _language(model.config.espeak_voice), model.config.sample_rate, model)

    def say(self, reading: Reading, rate_wpm: int, pitch: int) -> Sound:
        """Sound of one reading. Raises EngineError if the model cannot run."""
        from piper import SynthesisConfig

        stretch = 2.0 ** (_OCTAVES_AT_LIMIT * (pitch - 50) / 50)
        scale = self.model.config.length_scale * USUAL_RATE_WPM / rate_wpm * stretch
        try:
            chunks = list(self.model.synthesize(reading.spoken, SynthesisConfig(length_scale=scale), True))
        except Exception as error:  # whatever onnxruntime makes of a model of another shape
            raise EngineError(f"The voice file {self.path.name} cannot speak: get it again.") from error
        samples = np.concatenate([np.zeros(0, np.float32), *(c.audio_float_array.reshape(-1) for c in chunks)])
        marks = _Marks.of(chunks, len(samples))
        if stretch != 1.0 and len(samples):
            samples = soxr.resample(samples, self.rate_hz * stretch, self.rate_hz)
        if marks is None:
            return self._aligned(samples, reading)
        return self._timed(samples, marks.scaled(1.0 / stretch, len(samples)), reading)

    def _timed(self, samples: NDArray[np.float32], marks: _Marks, reading: Reading) -> Sound:
        phones = tile(marks.phones, samples, self.rate_hz, english=espeak.is_english(self.language))
        tokens = list(_TOKEN.finditer(reading.spoken))
        starts = [start / self.rate_hz for start in marks.words]
        if len(starts) != len(tokens):  # the voice runs words together
            starts = self._estimate([token.group() for token in tokens], starts, phones)
        words = (Spoken(t.start(), len(t.group()), start_s) for t, start_s in zip(tokens, starts, strict=True))
        return Sound(samples, phones, tuple(words))

    def _estimate(self, tokens: list[str], known: list[float], phones: tuple[Phone, ...]) -> list[float]:
        """Start of each token: phones shared out by how many espeak has for it, drawn to a known start beside."""
        heard = [phone.start_s for phone in phones if phone.symbol != SILENCE]
        if not heard:
            return [0.0] * len(tokens)
        counts = np.cumsum([0, *(max(1, len(units)) for units in espeak.transcribe(tokens, self.language))])
        places = np.round(counts[:-1] / counts[-1] * len(heard)).astype(int)
        guesses = [heard[min(int(place), len(heard) - 1)] for place in places]
        near = [min(known, key=lambda start_s: abs(start_s - guess), default=guess) for guess in guesses]
        return [k if abs(k - g) <= _NEAR_S else g for k, g in zip(near, guesses, strict=True)]

    def _aligned(self, samples: NDArray[np.float32], reading: Reading) -> Sound:
        if not len(samples):
            return Sound(samples, (), ())
        found = label(Audio(samples, self.rate_hz), reading.spoken, self.language)
        phones = found.phones or (Phone(SILENCE, 0.0, len(samples) / self.rate_hz),)
        return Sound(samples, phones, tuple(Spoken(w.offset, len(w.text), w.start_s) for w in found.words))


@dataclass(frozen=True)
class _Marks:
    """Where the model's phones begin, and its words, in samples."""

    phones: list[Mark]
    words: list[int]

    @classmethod
    def of(cls, chunks: list[Any], total: int) -> _Marks | None:
        """Marks of all chunks; None where the model does not tell its durations."""
        marks, words, at = [], [], 0
        for chunk in chunks:
            if chunk.phoneme_alignments is None:
                return None
            start = at
            for item in chunk.phoneme_alignments:
                _add(marks, words, item.phoneme, start)
                start += int(item.num_samples)
            at += chunk.audio_float_array.size
        return cls([Mark(mark.ipa, min(mark.sample, total)) for mark in marks], words)

    def scaled(self, factor: float, total: int) -> _Marks:
        """Marks of the same sound played at another speed."""
        phones = [Mark(mark.ipa, min(round(mark.sample * factor), total)) for mark in self.phones]
        return _Marks(phones, [min(round(start * factor), total) for start in self.words])


def _add(marks: list[Mark], words: list[int], symbol: str, start: int) -> None:
    """Add one of the model's symbols: letters that belong together become one mark, other signs are pauses."""
    last = marks[-1].ipa if marks else ""
    if last and grow(last, symbol):
        marks[-1] = Mark(last + symbol, marks[-1].sample)
    elif knows(symbol):
        if not last:
            words.append(start)
        marks.append(Mark(symbol, start))
    else:
        marks.append(Mark("", start))


def list_piper_voices(folder: Path) -> tuple[VoiceInfo, ...]:
    """Voices in a folder: every .onnx file that has its .onnx.json; none where there is no such folder."""
    files = sorted(path for path in folder.glob("*.onnx") if _config_of(path).is_file())
    return tuple(VoiceInfo(_key_of(path), title_of(path), _language(_told_language(path)), "piper") for path in files)


def title_of(path: Path) -> str:
    """ "en_GB-alba-medium.onnx" as "Alba, medium (Piper)"."""
    _, _, rest = path.stem.partition("-")
    name, _, quality = (rest or path.stem).partition("-")
    return f"{name.replace('_', ' ').capitalize()}{', ' + quality if quality else ''} (Piper)"


def _key_of(path: Path) -> str:
    at_home = path.parent == default_voices_folder()
    return PREFIX + (path.stem if at_home else str(path.resolve()))


def _path_of(name: str, folder: Path) -> Path:
    path = Path(name) if name.endswith(".onnx") else folder / f"{name}.onnx"
    if not path.is_file() or not _config_of(path).is_file():
        raise EngineError(f"The voice {path.name} or its .json is not there: put both files into {path.parent}.")
    return path


def _config_of(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _told_language(path: Path) -> str:
    try:
        return str(json.loads(_config_of(path).read_text(encoding="utf-8"))["espeak"]["voice"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _language(name: str) -> str:
    """The espeak language that a Piper configuration names by tag or by file; English where there is none."""
    files = {identifier.split("/")[-1].lower(): tag for tag, (_, identifier) in espeak.languages().items()}
    return name if name in espeak.languages() else files.get(name.lower(), "en-us")
