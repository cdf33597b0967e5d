"""How the avatar is looked at: light, overlays, and the model it is compared with; live, never saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from studio.listeners import Listeners

LIGHTS: dict[str, str] = {"studio": "Studio", "soft": "Soft", "dramatic": "Dramatic"}
"""Light presets of the scene by name, with their titles."""


@dataclass(frozen=True)
class Look:
    """light: a preset; wireframe, landmarks: overlays; second: the model drawn beside the story's own, "" for none.

    drawn: channels in the curve editor, in the order they were chosen; mapped: counts changes of characters' mappings;
    tried: a channel shown at full strength instead of the story's face, "" for none; trial: a mapping not kept yet.
    """

    light: str = "studio"
    wireframe: bool = False
    landmarks: bool = False
    second: str = ""
    drawn: tuple[str, ...] = ("jawOpen",)
    mapped: int = 0
    tried: str = ""
    trial: Mapping[str, tuple[str, ...]] | None = None


class AvatarLook:
    """Holds the one Look of the window."""

    def __init__(self) -> None:
        self.now = Look()
        self.changed: Listeners[[Look, Look]] = Listeners()
        """Called with (old, new)."""

    def set(self, **fields: Any) -> None:
        """Change some fields."""
        new = replace(self.now, **fields)
        if new != self.now:
            old, self.now = self.now, new
            self.changed.emit(old, new)
