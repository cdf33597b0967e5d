"""Knows how our evening set looks: a city behind tall windows after sunset, towers of lit offices, out of focus."""

from __future__ import annotations

import cv2
import numpy as np

from engines.api.values import FloatArray
from engines.presenter.sets.light import Tone, blurred, bokeh, grid, vignette

ZENITH, DUSK, EMBER = (0.008, 0.018, 0.055), (0.06, 0.09, 0.22), (0.75, 0.26, 0.08)
LAMP, OFFICE, NEON = (1.0, 0.72, 0.38), (0.95, 0.80, 0.55), (0.35, 0.62, 1.0)
HORIZON = 0.62
"""Where the sky meets the city, as a share of the height."""


def light_of(width: int, height: int, rng: np.random.Generator) -> FloatArray:
    """Light of the whole set (h, w, 3), far to near."""
    scene = blurred(sky(width, height), 0.02 * height)
    for depth, (tall, haze) in enumerate(((0.34, 0.62), (0.40, 0.32), (0.52, 0.10))):
        scene = with_towers(scene, tall, haze, rng)
        scene = blurred(scene, (0.0075 - 0.0005 * depth) * height)
    scene += bokeh(width, height, rng, NEON, LAMP, count=46, top=0.42)
    scene += street_glow(width, height)
    return mullions(scene) * vignette(width, height)[..., None]


def sky(width: int, height: int) -> FloatArray:
    """Night above, the last red of the day along the horizon (h, w, 3)."""
    x, y = grid(width, height)
    fall = np.clip((y + 1) / (2 * HORIZON), 0, 1)[..., None]
    glow = np.exp(-(((y - (2 * HORIZON - 1)) / 0.22) ** 2)) * np.exp(-(((x + 0.5) / 2.2) ** 2))
    night = (1 - fall) * np.float32(ZENITH) + fall * np.float32(DUSK)
    return (night + 1.5 * glow[..., None] * np.float32(EMBER)).astype(np.float32)


def with_towers(scene: FloatArray, tall: float, haze: float, rng: np.random.Generator) -> FloatArray:
    """The picture behind a row of towers; tall: height of the highest, haze: how much sky lies before them."""
    height, width = scene.shape[:2]
    left = -round(0.02 * width)
    while left < width:
        wide = round(float(rng.uniform(0.035, 0.085)) * width)
        top = round((HORIZON + 0.06 - tall * rng.beta(1.6, 2.2)) * height)
        tower(scene, (left, top, left + wide), haze, rng)
        left += wide + round(float(rng.uniform(-0.004, 0.012)) * width)
    return scene


def tower(scene: FloatArray, place: tuple[int, int, int], haze: float, rng: np.random.Generator) -> None:
    """Draw one tower (left, top, right) with its lit windows into the picture."""
    (left, top, right), height = place, scene.shape[0]
    body = haze * np.float32(DUSK) * 0.6 + (1 - haze) * np.float32((0.006, 0.008, 0.016))
    cv2.rectangle(scene, (left, top), (right, height), tuple(map(float, body)), -1)
    step = max(height // 60, 4)
    tone: Tone = OFFICE if rng.random() < 0.75 else NEON
    for y in range(top + step, round(0.80 * height), step):
        lit = rng.random((right - left) // step) < rng.choice([0.12, 0.35, 0.75], p=[0.5, 0.35, 0.15])
        for column in np.nonzero(lit)[0]:
            x = left + int(column) * step + step // 3
            strength = float(rng.uniform(0.12, 0.55)) * (1 - 0.6 * haze)
            cv2.rectangle(scene, (x, y), (x + step // 2, y + step // 2), tuple(strength * c for c in tone), -1)


def street_glow(width: int, height: int) -> FloatArray:
    """Warm light that rises from the streets (h, w, 3)."""
    x, y = grid(width, height)
    pool = np.exp(-(((y - 0.75) / 0.38) ** 2)) * (0.75 + 0.25 * np.cos(2.2 * x + 0.6)) * 0.085
    return pool[..., None] * np.asarray(LAMP, np.float32)


def mullions(scene: FloatArray) -> FloatArray:
    """The same seen through tall windows: dark posts with an edge of light, a sill below."""
    height, width = scene.shape[:2]
    cover, edge = np.zeros((height, width, 1), np.float32), np.zeros((height, width, 1), np.float32)
    for share in (0.02, 0.215, 0.785, 0.98):
        x, half = round(share * width), max(round(0.0065 * width), 2)
        cv2.rectangle(cover, (x - half, 0), (x + half, height), 1.0, -1)
        cv2.line(edge, (x + half, 0), (x + half, height), 1.0, max(height // 360, 1))
    cv2.rectangle(cover, (0, round(0.80 * height)), (width, height), 1.0, -1)
    cv2.line(edge, (0, round(0.80 * height)), (width, round(0.80 * height)), 1.0, max(height // 270, 1))
    cover, edge = blurred(cover, 0.004 * height), blurred(edge, 0.004 * height)
    frame = np.float32((0.010, 0.012, 0.018))
    return scene * (1 - 0.96 * cover) + cover * frame + 0.10 * edge * np.float32(LAMP)
