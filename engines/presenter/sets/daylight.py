"""Knows how our morning set looks: a bright room of oak slats and frosted glass, sun from the left, out of focus."""

from __future__ import annotations

import cv2
import numpy as np

from engines.api.values import FloatArray
from engines.presenter.sets.light import blurred, grid, vignette

PLASTER, OAK, SHADE = (0.72, 0.69, 0.65), (0.44, 0.275, 0.145), (0.17, 0.17, 0.18)
GLASS, SUN, LEAF = (0.60, 0.70, 0.78), (1.0, 0.86, 0.62), (0.06, 0.11, 0.045)


def light_of(width: int, height: int, rng: np.random.Generator) -> FloatArray:
    """Light of the whole set (h, w, 3), far to near."""
    scene = blurred(plaster(width, height), 0.01 * height)
    scene = blurred(with_slats(scene, rng), 0.0045 * height)
    scene = blurred(with_windows(scene, rng), 0.0065 * height)
    scene *= (
        sunbeams(width, height)[..., None] * (0.45 * np.float32(SUN) - 0.45)
        + 1
        + 0.55 * sunbeams(width, height)[..., None]
    )
    scene = with_leaves(scene, rng)
    return scene * vignette(width, height)[..., None]


def plaster(width: int, height: int) -> FloatArray:
    """The wall, lighter where the window is (h, w, 3)."""
    x, y = grid(width, height)
    glow = 0.78 + 0.34 * np.exp(-(((x + 1.2) / 1.3) ** 2)) - 0.16 * np.clip(y, 0, 1)
    return (glow[..., None] * np.float32(PLASTER)).astype(np.float32)


def with_slats(scene: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A panel of upright oak slats behind the presenter, each of its own shade, with a shelf of light above."""
    height, width = scene.shape[:2]
    left, right, top, bottom = (round(s * n) for s, n in ((0.27, width), (0.80, width), (0.0, height), (0.80, height)))
    step = max(round(0.0135 * width), 6)
    scene[top:bottom, left:right] = SHADE
    for x in range(left, right - step // 2, step):
        shade = float(rng.uniform(0.82, 1.12))
        cv2.rectangle(scene, (x, top), (x + round(0.68 * step), bottom), tuple(shade * c for c in OAK), -1)
    line = np.zeros_like(scene)
    cv2.rectangle(line, (left, round(0.075 * height)), (right, round(0.083 * height)), SUN, -1)
    return scene + 0.8 * line + 0.55 * blurred(line, 0.05 * height)


def with_windows(scene: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Frosted panes at both sides: soft sky, the shapes of trees, thin frames."""
    height, width = scene.shape[:2]
    for left, right in ((0.0, 0.115), (0.125, 0.245), (0.83, 0.915), (0.925, 1.0)):
        box = [round(s * n) for s, n in ((left, width), (0.06, height), (right, width), (0.70, height))]
        pane = np.zeros((box[3] - box[1], box[2] - box[0], 3), np.float32)
        fall = np.linspace(1.25, 0.75, len(pane), dtype=np.float32)[:, None, None]
        pane[:] = fall * np.float32(GLASS) * (1.5 if left < 0.5 else 1.0)
        for _ in range(14):
            centre = (int(rng.uniform(0, pane.shape[1])), int(len(pane) * rng.uniform(0.55, 1.0)))
            radius = int(rng.uniform(0.05, 0.13) * height)
            cv2.circle(pane, centre, radius, tuple(float(rng.uniform(1.3, 2.4)) * c for c in LEAF), -1, cv2.LINE_AA)
        scene[box[1] : box[3], box[0] : box[2]] = blurred(pane, 0.022 * height)
        cv2.rectangle(scene, (box[0], box[1]), (box[2], box[3]), SHADE, max(height // 130, 2))
    return scene


def sunbeams(width: int, height: int) -> FloatArray:
    """Slanting bands of sun on the wall (h, w), 0..1."""
    x, y = grid(width, height)
    across = x + 0.62 * y
    bands = sum(np.exp(-(((across - at) / wide) ** 4)) for at, wide in ((-0.95, 0.16), (-0.42, 0.12), (0.28, 0.20)))
    fade = np.clip(1.05 - 0.45 * (x + 1.2), 0, 1) * np.clip(0.95 - 0.35 * y, 0, 1)
    return blurred(np.asarray(bands * fade, np.float32), 0.02 * height) * np.float32(0.75)


def with_leaves(scene: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A plant near the camera at the right, far out of focus."""
    height, width = scene.shape[:2]
    cover = np.zeros((height, width, 1), np.float32)
    colour = np.zeros_like(scene)
    for _ in range(26):
        foot = np.array([0.90 * width, 0.86 * height])
        turn, reach = rng.uniform(-2.5, -0.65), rng.uniform(0.14, 0.40) * height
        centre = tuple(int(v) for v in foot + 0.55 * reach * np.array([np.cos(turn), np.sin(turn)]))
        axes, angle = (int(0.5 * reach), int(0.085 * reach)), float(np.degrees(turn))
        cv2.ellipse(cover, centre, axes, angle, 0, 360, 1.0, -1, cv2.LINE_AA)
        tone = tuple(float(rng.uniform(0.7, 2.2)) * c for c in LEAF)
        cv2.ellipse(colour, centre, axes, angle, 0, 360, tone, -1, cv2.LINE_AA)
    cover = blurred(cover, 0.011 * height)
    return scene * (1 - cover) + blurred(colour, 0.011 * height)
