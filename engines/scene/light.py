"""What lights the head: presets of lamps, the studio's softboxes as an environment, and its spherical harmonics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from engines.api.events import EngineError

ENVIRONMENT_HEIGHT = 64
ENVIRONMENT_LEVELS = 5


@dataclass(frozen=True)
class Lamp:
    """A softbox: yaw (presenter's left positive) and pitch in degrees, linear colour, half its size as a tangent."""

    yaw_deg: float
    pitch_deg: float
    colour: tuple[float, float, float]
    size: tuple[float, float] = (0.4, 0.4)

    @property
    def direction(self) -> NDArray[np.float64]:
        """Unit vector towards the lamp."""
        a, b = math.radians(self.yaw_deg), math.radians(self.pitch_deg)
        return np.array([math.cos(b) * math.sin(a), math.sin(b), math.cos(b) * math.cos(a)])


@dataclass(frozen=True)
class Light:
    """A preset: key, fill and two rims, sky and floor colours of the room, the width of the key's shadows in cm.

    sparkle: a small lamp beside the camera that only the eyes mirror.
    """

    key: Lamp
    fill: Lamp
    rims: tuple[Lamp, Lamp]
    sky: tuple[float, float, float]
    floor: tuple[float, float, float]
    softness_cm: float
    sparkle: Lamp = Lamp(-19, 11, (1.7, 1.65, 1.58), (0.20, 0.24))

    @property
    def lamps(self) -> tuple[Lamp, ...]:
        """Key, fill, left rim, right rim."""
        return (self.key, self.fill, *self.rims)

    def uniforms(self) -> dict[str, Any]:
        """Values of the lamp and ambient uniforms of the shaders."""
        return {
            "light_direction": np.stack([lamp.direction for lamp in self.lamps]),
            "light_colour": np.array([lamp.colour for lamp in self.lamps]),
            "ambient": room_harmonics(self),
        }


STUDIO = Light(
    key=Lamp(-40, 32, (2.00, 1.90, 1.76), (0.42, 0.42)),
    fill=Lamp(44, 6, (0.32, 0.315, 0.32), (0.55, 0.5)),
    rims=(Lamp(148, 30, (1.05, 1.12, 1.25), (0.25, 0.6)), Lamp(-146, 26, (0.80, 0.86, 0.96), (0.25, 0.6))),
    sky=(0.25, 0.265, 0.29),
    floor=(0.16, 0.135, 0.118),
    softness_cm=1.5,
)
SOFT = Light(
    key=Lamp(-18, 28, (1.45, 1.40, 1.34), (0.7, 0.6)),
    fill=Lamp(30, 8, (0.75, 0.76, 0.78), (0.7, 0.6)),
    rims=(Lamp(150, 30, (0.5, 0.52, 0.55), (0.3, 0.6)), Lamp(-150, 30, (0.5, 0.52, 0.55), (0.3, 0.6))),
    sky=(0.42, 0.43, 0.45),
    floor=(0.26, 0.25, 0.24),
    softness_cm=2.6,
)
DRAMATIC = Light(
    key=Lamp(-58, 34, (2.6, 2.35, 2.0), (0.3, 0.3)),
    fill=Lamp(60, 5, (0.07, 0.09, 0.13), (0.5, 0.5)),
    rims=(Lamp(140, 22, (1.7, 2.0, 2.6), (0.2, 0.6)), Lamp(-140, 22, (0.6, 0.7, 0.9), (0.2, 0.6))),
    sky=(0.075, 0.09, 0.125),
    floor=(0.05, 0.045, 0.04),
    softness_cm=0.9,
)
PRESETS: dict[str, Light] = {"studio": STUDIO, "soft": SOFT, "dramatic": DRAMATIC}


def find_light(name: str) -> Light:
    """A preset by name. Raises EngineError for a name that does not exist."""
    if name not in PRESETS:
        raise EngineError(f"There is no light preset “{name}”; choose one of {', '.join(PRESETS)}.")
    return PRESETS[name]


def _directions(height: int) -> NDArray[np.float64]:
    """Unit vectors (h, 2h, 3) of a longitude-latitude picture, north first, +z in the middle."""
    v, u = np.meshgrid((np.arange(height) + 0.5) / height, (np.arange(2 * height) + 0.5) / (2 * height), indexing="ij")
    theta, phi = v * np.pi, (u * 2 - 1) * np.pi
    return np.stack([np.sin(theta) * np.sin(phi), np.cos(theta), np.sin(theta) * np.cos(phi)], -1)


def _room(light: Light, d: NDArray[np.float64]) -> NDArray[np.float64]:
    """Radiance (h, w, 3) of walls and floor alone."""
    up = (d[..., 1:2] * 0.5 + 0.5) ** 1.4
    return np.asarray(light.floor) * (1 - up) + np.asarray(light.sky) * up


def _softbox(lamp: Lamp, d: NDArray[np.float64], edge: float = 0.05) -> NDArray[np.float64]:
    """Radiance (h, w, 3) of a rectangular softbox whose irradiance is the lamp's colour."""
    c = lamp.direction
    right = np.cross((0.0, 1.0, 0.0), c)
    right /= np.linalg.norm(right)
    z = d @ c
    x, y = d @ right / np.where(z > 0.05, z, np.inf), d @ np.cross(c, right) / np.where(z > 0.05, z, np.inf)
    inside = _step(lamp.size[0] - np.abs(x), edge) * _step(lamp.size[1] - np.abs(y), edge) * (z > 0.05)
    area = 4 * lamp.size[0] * lamp.size[1]
    return inside[..., None] * np.asarray(lamp.colour) * (np.pi / area / 2.2)


def _step(x: NDArray[np.float64], edge: float) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(np.clip(-x / edge * 3, -40, 40)))


@lru_cache(maxsize=8)
def environment(light: Light) -> NDArray[np.float16]:
    """What shiny things mirror: (levels, h, 2h, 3) radiance, each level blurred about twice as much as the last."""
    d = _directions(ENVIRONMENT_HEIGHT)
    sharp = _room(light, d) + sum(_softbox(lamp, d) for lamp in (*light.lamps, light.sparkle))
    levels = [sharp]
    for k in range(1, ENVIRONMENT_LEVELS):
        s = ENVIRONMENT_HEIGHT * 0.035 * 2 ** (k - 0.2)
        blur = [ndimage.gaussian_filter(sharp[..., c], [s, s * 1.4], mode=["nearest", "wrap"]) for c in range(3)]
        levels.append(np.stack(blur, -1))
    return np.stack(levels).astype(np.float16)


@lru_cache(maxsize=8)
def room_harmonics(light: Light) -> NDArray[np.float32]:
    """Irradiance of the room without its lamps as nine coefficients per channel, (9, 3), constants folded in.

    Source: Ramamoorthi and Hanrahan, An Efficient Representation for Irradiance Environment Maps (2001), eq. 8-13.
    """
    d = _directions(32)
    radiance = _room(light, d)
    x, y, z = d[..., 0], d[..., 1], d[..., 2]
    one = np.ones_like(x)
    basis = [one, y, z, x, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y]
    norm = np.array([0.282095] + [0.488603] * 3 + [1.092548, 1.092548, 0.315392, 1.092548, 0.546274])
    lobe = np.array([math.pi] + [2 * math.pi / 3] * 3 + [math.pi / 4] * 5)
    solid = np.sin((np.arange(32) + 0.5) / 32 * np.pi)[:, None, None] * (np.pi / 32) ** 2
    moments = np.stack([(radiance * b[..., None] * solid).sum((0, 1)) for b in basis])  # (9, 3)
    return (moments * (norm**2 * lobe / math.pi)[:, None]).astype(np.float32)
