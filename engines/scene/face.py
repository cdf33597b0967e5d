"""A face that can be drawn: the studio's own head or an imported character, behind one call."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import moderngl
import numpy as np
from numpy.typing import NDArray

from engines.scene.camera import Camera
from engines.scene.character import load_character
from engines.scene.character_live import CharacterRenderer
from engines.scene.head import load_head
from engines.scene.live import LiveRenderer
from engines.scene.mapping import Mapping52

Floats = NDArray[np.float32]


class FaceRenderer(Protocol):
    """Draws a face for (52,) weights and (3,) head rotation; see LiveRenderer.draw."""

    def draw(
        self,
        weights: Floats,
        rotation: Floats,
        camera: Camera,
        *,
        light: str = "studio",
        target: moderngl.Framebuffer | None = None,
        wireframe: bool = False,
        landmarks: bool = False,
    ) -> None:
        """Draw over what target shows; its depth is cleared."""
        ...

    def remap(self, mapping: Mapping52) -> None:
        """Move a character's own shapes by another mapping; the studio's head has the 52 shapes themselves."""
        ...


def open_face(ctx: moderngl.Context, character: Path | None) -> FaceRenderer:
    """The renderer of a character's folder, or of the studio's own head. Raises EngineError."""
    if character is None:
        return LiveRenderer(ctx, load_head(level=0))
    return CharacterRenderer(ctx, load_character(character))
