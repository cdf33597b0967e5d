"""The errors of sound a user may see: one sentence each, saying what to do."""

from __future__ import annotations


class AudioFileError(Exception):
    """A sound file cannot be read or written; the sentence names it."""


class AudioDeviceError(Exception):
    """A microphone or loudspeaker cannot be used."""
