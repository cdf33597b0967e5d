"""Knows what the presenter wears: a navy wool suit, a white shirt and a striped tie, painted on the suit's texture."""

from __future__ import annotations

import numpy as np

from engines.scene.builder.atlas import SUIT
from engines.scene.builder.noise import turbulence, value_noise
from engines.scene.builder.relief import Texels
from engines.scene.builder.sources import Doubles
from engines.scene.builder.surfaces import fade

WOOL = np.array([0.0165, 0.0205, 0.0340])
SHIRT = np.array([0.700, 0.720, 0.760])
TIE = np.array([0.110, 0.012, 0.022])
STRIPE = np.array([0.330, 0.280, 0.230])
"""Linear albedo."""

TIE_HEIGHT = (36.0, 43.0, 45.4, 48.1, 49.7, 52.1, 53.9, 55.8, 57.85, 58.5, 61.0, 63.1)
TIE_LEFT = (-0.9, -1.33, -1.73, -2.19, -2.27, -2.37, -2.48, -2.35, -1.66, -1.87, -1.79, -0.95)
TIE_RIGHT = (0.3, 0.80, 1.01, 1.47, 1.87, 2.13, 2.32, 2.43, 1.60, 2.00, 2.05, 0.95)
"""Outline of the tie in front view: height and x of both edges in cm, on the body as it is built."""


def find_tie(texels: Texels, lift: float) -> Doubles:
    """Tell which shirt texels show the tie; lift: how much higher (cm) the body stands than in the outline."""
    x, y, z = texels.points.T
    left, right = (np.interp(y - lift, TIE_HEIGHT, edge) for edge in (TIE_LEFT, TIE_RIGHT))
    across = fade(-0.02, 0.05, x - left) * fade(-0.02, 0.05, right - x)
    return np.asarray(across * (y - lift < 63.1) * (z > 4.0) * texels.values["shirt"])


def shirt_window(uv: Doubles) -> Doubles:
    """Tell which texture coordinates (v, 2) belong to shirt and tie."""
    left, bottom, width, height = SUIT[0].target
    return np.asarray(((uv >= (left, bottom)) & (uv <= (left + width, bottom + height))).all(1), float)


def paint_suit(texels: Texels, lift: float, seed: int) -> Doubles:
    """Paint linear albedo (n, 3) of jacket, shirt and tie."""
    p = texels.points
    shirt = (texels.values["shirt"] > 0.5).astype(float)
    tie = find_tie(texels, lift)
    wool = WOOL * (1 + 0.16 * turbulence(p, 7.0, 3, seed) + 0.07 * turbulence(p, 0.25, 3, seed + 3))[:, None]
    weave = 1 + 0.025 * value_noise(p * (1, 0.2, 1), 12.0, seed + 5) - 0.02 * turbulence(p, 0.5, 2, seed + 6)
    colour = wool * (1 - shirt)[:, None] + (SHIRT * weave[:, None]) * shirt[:, None]
    return np.asarray(colour * (1 - tie)[:, None] + _stripes(p, lift, seed) * tie[:, None])


def _stripes(points: Doubles, lift: float, seed: int) -> Doubles:
    """Burgundy silk with thin slanted stripes, the knot's slanted the other way."""
    x, y = points[:, 0], points[:, 1] - lift
    slant = np.where(y > 57.85, -0.75, 0.75)
    phase = ((y + slant * x) / 1.55) % 1.0
    line = fade(0.0, 0.03, phase) * fade(0.20, 0.17, phase)
    silk = 1 + 0.10 * value_noise(points * (1, 1, 1), 14.0, seed + 9)
    colour = TIE + (STRIPE - TIE) * (0.85 * line)[:, None]
    return np.asarray(colour * silk[:, None])
