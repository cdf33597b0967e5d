"""Knows what all painted sets share: coordinates, blur, lamps out of focus, the fall-off of light and its development.

Pictures are light in RGB, linear-ish 0..1, until `finish`. Letters: h w pixels.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from engines.api.values import ByteArray, FloatArray

Tone = tuple[float, float, float]
LightOf = Callable[[int, int, np.random.Generator], FloatArray]
"""(width, height, chance) -> light of a whole set (h, w, 3)."""
SEED = 20


def painted(light_of: LightOf, width: int, height: int) -> ByteArray:
    """A set (h, w, 3) uint8: painted at half the size, as nothing in it is in focus, then grained."""
    rng = np.random.default_rng(SEED)
    scene = light_of(width // 2, height // 2, rng)
    return finish(cv2.resize(scene, (width, height), interpolation=cv2.INTER_CUBIC), rng)


def grid(width: int, height: int) -> tuple[FloatArray, FloatArray]:
    """Picture coordinates x (1, w) in -aspect..aspect and y (h, 1) in -1..1, down positive."""
    x = np.linspace(-width / height, width / height, width, dtype=np.float32)[None]
    return x, np.linspace(-1, 1, height, dtype=np.float32)[:, None]


def blurred(picture: FloatArray, sigma: float) -> FloatArray:
    """Gaussian blur that keeps the rim and the number of axes."""
    out = cv2.GaussianBlur(picture, (0, 0), max(sigma, 0.3), borderType=cv2.BORDER_REPLICATE)
    return out.reshape(picture.shape)


def bokeh(
    width: int, height: int, rng: np.random.Generator, near: Tone, far: Tone, count: int = 36, top: float = 0.0
) -> FloatArray:
    """Lamps far out of focus (h, w, 3) in two colours: soft discs with a slightly brighter rim, from `top` down."""
    layer = np.zeros((height, width, 3), np.float32)
    for _ in range(count):
        spread = rng.uniform(0.03, 0.97)
        centre = (int(spread * width), int((top + rng.beta(2, 3) * (0.72 - top)) * height))
        radius = max(int(rng.uniform(0.006, 0.019) * height), 1)
        tone = np.asarray(near if rng.random() < 0.28 else far, np.float32) * rng.uniform(0.04, 0.24)
        disc = np.zeros_like(layer[:, :, 0])
        cv2.circle(disc, centre, radius, 0.8, -1, cv2.LINE_AA)
        cv2.circle(disc, centre, radius, 1.0, max(radius // 7, 1), cv2.LINE_AA)
        rows = slice(max(centre[1] - 2 * radius, 0), centre[1] + 2 * radius)
        layer[rows] += disc[rows, :, None] * tone
    return blurred(layer, 0.0032 * height)


def vignette(width: int, height: int) -> FloatArray:
    """Fall-off of light to the corners (h, w)."""
    x, y = grid(width, height)
    return np.clip(1.06 - 0.20 * (x / 1.78) ** 2 - 0.14 * y**2, 0.3, 1.1)


def finish(scene: FloatArray, rng: np.random.Generator) -> ByteArray:
    """Film-like shoulder, gamma, and a grain of one level so that gradients do not band."""
    toned = 1.0 - np.exp(-1.35 * np.clip(scene, 0, None))
    grain = rng.normal(0.0, 0.003, scene.shape[:2]).astype(np.float32)[..., None]
    return np.clip(np.rint(255 * (toned ** (1 / 1.75) + grain)), 0, 255).astype(np.uint8)
