"""The job of the avatar's clips: a tuned performance drawn as a movie, dressed as the presenter's clips are."""

from __future__ import annotations

from dataclasses import dataclass

from engines.api.jobs import Job
from engines.api.looks import LowerThird
from engines.api.values import Audio, Performance


@dataclass(frozen=True, eq=False)
class AvatarClipJob(Job):
    """Draw a performance. Yields Partial(Frames) in chunks at the performance's rate, returns ClipSummary.

    audio: its sound, which decides the number of pictures; the last pose stays where the performance is shorter;
    character: folder of an imported one, "" for the studio's own head; background as in ClipJob; light: a preset of the
    scene.
    """

    audio: Audio
    performance: Performance
    character: str = ""
    width: int = 1920
    height: int = 1080
    background: str = "studio"
    light: str = "studio"
    lower_third: LowerThird | None = None
