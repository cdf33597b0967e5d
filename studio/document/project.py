"""The project as a frozen value: stories, the takes they refer to, the timeline and how the clip looks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from engines.api.jobs import Pronunciation
from engines.api.looks import LowerThird
from studio.document.tuning import Tuning

Origin = Literal["spoken", "recorded", "imported"]
"""Where the sound of a take came from."""


def new_id() -> str:
    """A short name no other story, track or item has."""
    return uuid.uuid4().hex[:12]


@dataclass(frozen=True)
class TakeRef:
    """A take by the hash of its content; sound and phones lie in the store's takes folder.

    script: digest of the words and voice it was spoken from (Story.script), so a changed story shows as out of date.
    """

    digest: str
    seconds: float
    origin: Origin = "spoken"
    title: str = ""
    script: str = ""


@dataclass(frozen=True)
class Story:
    """The text of a clip, how it is spoken, and the take it has now (None until spoken, recorded or imported).

    rate_wpm: words per minute (80..450); pitch: 0..100, 50 is the voice's own; tuning: of the avatar's face.
    """

    id: str = field(default_factory=new_id)
    title: str = "Untitled story"
    text: str = ""
    voice: str = "en-gb"
    rate_wpm: int = 165
    pitch: int = 50
    pronunciations: tuple[Pronunciation, ...] = ()
    take: TakeRef | None = None
    tuning: Tuning = field(default_factory=Tuning)


@dataclass(frozen=True)
class ClipItem:
    """A take laid on a track.

    start_s: place on the timeline; trim_s: where in the take it begins; seconds: how much of the take is heard.
    """

    id: str = field(default_factory=new_id)
    story: str = ""
    take: TakeRef = field(default_factory=lambda: TakeRef("", 0.0))
    start_s: float = 0.0
    trim_s: float = 0.0
    seconds: float = 0.0

    @property
    def end_s(self) -> float:
        """Where it ends on the timeline."""
        return self.start_s + self.seconds


@dataclass(frozen=True)
class Track:
    """One row of the timeline: items in time order that never overlap."""

    id: str = field(default_factory=new_id)
    title: str = "Presenter"
    items: tuple[ClipItem, ...] = ()
    muted: bool = False

    @property
    def seconds(self) -> float:
        """Where its last item ends."""
        return self.items[-1].end_s if self.items else 0.0


@dataclass(frozen=True)
class ClipConfig:
    """How clips of this project look.

    background: a set (engines.api.looks), "green", "alpha" or a picture's path; fps: exact; width x height: pixels;
    seed: drives blinks, gaze and head motion; character: who the avatar is, "default" or the key of an imported one;
    driver: what moves the presenter's lips, the sound or the phones of its text.
    """

    presenter: str = "default"
    background: str = "studio"
    fps: Fraction = Fraction(25)
    width: int = 1920
    height: int = 1080
    seed: int = 0
    character: str = "default"
    lower_third: LowerThird | None = None
    driver: Literal["audio", "text"] = "audio"


@dataclass(frozen=True)
class Project:
    """Everything that is saved and undone."""

    title: str = "Untitled"
    stories: tuple[Story, ...] = ()
    tracks: tuple[Track, ...] = (Track(id="presenter"),)
    clip: ClipConfig = ClipConfig()
    pronunciations: tuple[Pronunciation, ...] = ()

    @property
    def seconds(self) -> float:
        """Length of the timeline."""
        return max((track.seconds for track in self.tracks), default=0.0)

    def story(self, story_id: str) -> Story | None:
        """The story of that id, None if there is none."""
        return next((story for story in self.stories if story.id == story_id), None)

    def item(self, item_id: str) -> ClipItem | None:
        """The timeline item of that id, None if there is none."""
        return next((item for track in self.tracks for item in track.items if item.id == item_id), None)

    def takes(self) -> frozenset[str]:
        """Digests of all takes the project refers to."""
        told = {story.take.digest for story in self.stories if story.take is not None}
        return frozenset(told | {item.take.digest for track in self.tracks for item in track.items})
