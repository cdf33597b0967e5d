"""The sets of the virtual studio: painted by this product, the same picture every time."""

from __future__ import annotations

from engines.presenter.sets import daylight, newsroom, skyline
from engines.presenter.sets.light import LightOf

SETS: dict[str, LightOf] = {"studio": newsroom.light_of, "evening": skyline.light_of, "daylight": daylight.light_of}
"""By the name a clip asks for; their titles are engines.api.looks.SETS."""
