"""What a movie file says of itself: its title, and that what is seen, and maybe heard, was made by a machine."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from importlib.metadata import version

SPOKEN = "spoken"
"""Where sound comes from that a machine spoke; any other origin is a recording."""


def generated(actor: str, origins: Collection[str]) -> str:
    """What a machine made, in words. actor: who is seen; origins: where the sounds come from, as takes name it."""
    if set(origins) == {SPOKEN}:
        return f"{actor} and speech"
    return f"{actor} and partly computer-generated speech" if SPOKEN in origins else f"{actor}, recorded voice"


def tags(title: str, made: str) -> dict[str, str]:
    """Tags of the file, as FFmpeg names them. made: what a machine made, see generated()."""
    comment = f"Computer-generated {made}; made with Anchor Studio {version('anchor-studio')}"
    told = {"title": title, "comment": comment, "creation_time": datetime.now(UTC).isoformat(timespec="seconds")}
    return {name: words for name, words in told.items() if words}
