"""Files of the codec panel written whole: coded sound, decoded sound, tables and plots of listening tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engines.api.values import Audio
from studio.actions.desk import Desk
from studio.actions.telling import run_told
from studio.atomic import explain, write_bytes
from studio.audio.errors import AudioFileError
from studio.audio.files import write_audio


def save_files(desk: Desk, files: Mapping[Path, bytes]) -> None:
    """Write files on a worker thread and tell how it went."""

    def write() -> None:
        for path, data in files.items():
            try:
                write_bytes(path, data)
            except OSError as error:
                raise AudioFileError(f"{path} could not be written: {explain(error)}.") from None

    names = " and ".join(path.name for path in files)
    folder = next(iter(files)).parent
    run_told(desk, write, f"{names} {'is' if len(files) == 1 else 'are'} in {folder}.")


def save_sound(desk: Desk, audio: Audio, path: Path) -> None:
    """Write a sound as .wav or .flac on a worker thread and tell how it went."""
    run_told(desk, lambda: write_audio(audio, path), f"{path.name} is in {path.parent}.")
