"""What the codec panel works on: the sound, how it is to be sent, what came of it and what it sounds like."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from engines.api.codec import Encoded, PacketInfo
from engines.api.values import Audio
from studio.listeners import Listeners
from studio.session.sending import FORMATS, Packing, Setting

LONGEST_SHOWN_S = 600.0
"""Of longer sound only the beginning is shown and played; all of it is encoded."""


@dataclass(frozen=True, eq=False)
class Source:
    """The sound to send: as it came, and as codecs take it (16 kHz, mono)."""

    title: str
    audio: Audio
    speech: Audio


@dataclass(frozen=True, eq=False)
class Coded:
    """A sound encoded, or a file opened. search: what the search said of it; info: what a BPGAN file says of itself."""

    title: str
    setting: Setting
    data: bytes
    seconds: float
    search: Encoded | None = None
    info: PacketInfo | None = None
    opened: bool = False

    @property
    def kbps(self) -> float:
        """Real rate: all bits of the file over its seconds."""
        return len(self.data) * 8 / self.seconds / 1000 if self.seconds else 0.0

    @property
    def packing(self) -> Packing:
        """The format it is in."""
        return FORMATS[self.setting.format]


@dataclass(frozen=True, eq=False)
class Heard:
    """What a coded sound sounds like. concealed: segments that were damaged or missing; words: about them."""

    audio: Audio
    vocoder: str = ""
    concealed: tuple[int, ...] = ()
    words: str = ""
    work_s: float = 0.0


class Doing(Enum):
    """What is under way."""

    NOTHING = ""
    READING = "Reading"
    ENCODING = "Encoding"
    DECODING = "Decoding"


@dataclass(frozen=True)
class State:
    """All of it at one moment. offer: the best of a search that was stopped, until it is kept or not; entry: the line
    of the Jobs panel that stands for what is under way, or stood for what was last."""

    setting: Setting = field(default_factory=Setting)
    source: Source | None = None
    coded: Coded | None = None
    heard: Heard | None = None
    offer: Coded | None = None
    doing: Doing = Doing.NOTHING
    entry: int | None = None
    pace: float | None = None
    """Seconds of work an iteration takes per second of sound, as the last search went; None before the first."""

    @property
    def work_s(self) -> float | None:
        """How long the search would take as set, None while there is nothing to judge by."""
        if self.pace is None or self.source is None:
            return None
        return self.pace * self.setting.iterations * self.source.speech.seconds

    @property
    def original(self) -> Audio | None:
        """What the decoded sound is compared with; an opened file has none."""
        return None if self.source is None or (self.coded is not None and self.coded.opened) else self.source.speech


class Coding:
    """Holds the State; used from one thread."""

    def __init__(self) -> None:
        self.now = State()
        self.changed: Listeners[[State, State]] = Listeners()
        """Called with (old, new)."""

    def use(self, source: Source) -> None:
        """Send another sound; what came of the one before goes."""
        self.put(source=source, coded=None, heard=None, offer=None)

    def set(self, **changes: Any) -> None:
        """Change fields of the setting; another format comes with a rate it has."""
        setting = replace(self.now.setting, **changes)
        rates = FORMATS[setting.format].rates_kbps
        if rates and setting.kbps not in rates:
            setting = replace(setting, kbps=2.0 if 2.0 in rates else rates[1])
        self.put(setting=setting)

    def put(self, **changes: Any) -> None:
        """Change fields of the state."""
        old, self.now = self.now, replace(self.now, **changes)
        self.changed.emit(old, self.now)
