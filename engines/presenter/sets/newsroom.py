"""Knows how our virtual newsroom looks: wall of screens, light lines, a dotted globe map, desk glow, out of focus.

Painted with numpy and OpenCV, the same picture every time. Colours are RGB in linear-ish 0..1 until the end.
"""

from __future__ import annotations

import cv2
import numpy as np

from engines.api.values import FloatArray
from engines.presenter.sets.light import blurred, bokeh, grid, vignette

NIGHT, BLUE, SKY, WARM = (0.010, 0.022, 0.055), (0.02, 0.12, 0.36), (0.16, 0.50, 0.95), (1.0, 0.62, 0.30)


def light_of(width: int, height: int, rng: np.random.Generator) -> FloatArray:
    """Light of the whole set (h, w, 3), far to near."""
    panes, lines = screens(width, height, rng), light_lines(width, height)
    far = wall(width, height) + world(width, height, rng)
    scene = blurred(far, 0.003 * height) + blurred(columns(width, height), 0.012 * height)
    scene = scene * (1 - 0.9 * blurred(covered(panes), 0.006 * height)) + blurred(panes, 0.0075 * height)
    scene += 0.30 * blurred(panes, 0.05 * height)  # screens light the wall around them
    scene += blurred(lines, 0.004 * height) + 1.6 * blurred(lines, 0.028 * height)
    scene += bokeh(width, height, rng, WARM, SKY) + floor_glow(width, height)
    return scene * vignette(width, height)[..., None]


def covered(layer: FloatArray) -> FloatArray:
    """Where a layer paints anything (h, w, 1), 0 or 1."""
    return (layer.max(2, keepdims=True) > 0).astype(np.float32)


def wall(width: int, height: int) -> FloatArray:
    """Curved back wall (h, w, 3): dark blue, lit from below and from behind the presenter."""
    x, y = grid(width, height)
    glow = np.exp(-((x / 0.95) ** 2 + ((y + 0.10) / 0.75) ** 2))
    rise = np.exp(-(((y - 0.62) / 0.30) ** 2)) * (0.55 + 0.45 * np.cos(x * 1.3))
    seams = 1.0 - 0.35 * np.exp(-(((np.abs(x) % 0.42 - 0.21) / 0.006) ** 2))
    shade = (0.46 * glow + 0.30 * rise) * seams
    return np.asarray(NIGHT, np.float32) + shade[..., None] * np.asarray(BLUE, np.float32)


def columns(width: int, height: int) -> FloatArray:
    """Tall frosted light columns beside the screens (h, w, 3), warm at the foot and cool above."""
    x, y = grid(width, height)
    lift = np.clip((y + 1.0) / 1.5, 0, 1)[..., None]
    tone = (1 - lift) * np.float32(SKY) + lift * np.float32(WARM)
    layer = np.zeros((height, width, 3), np.float32)
    for place, wide in ((0.575, 0.020), (1.795, 0.03)):
        beam = np.exp(-(((np.abs(x) - place) / wide) ** 4)) * ((y > -0.93) & (y < 0.50))
        layer += 0.55 * beam[..., None] * tone
    return layer


def world(width: int, height: int, rng: np.random.Generator) -> FloatArray:
    """Abstract world map of dots (h, w, 3): land is where smooth noise is high, so no real coast is drawn."""
    step = max(height // 72, 3)
    rows, columns = height * 6 // 10 // step, width // step
    noise = blurred(rng.standard_normal((rows, columns)).astype(np.float32), 3.2)
    land = noise > np.quantile(noise, 0.62)
    layer = np.zeros((height, width, 3), np.float32)
    for row, column in zip(*np.nonzero(land), strict=True):
        centre = (int((column + 0.5) * step), int((row + 1.5) * step))
        cv2.circle(layer, centre, max(step * 5 // 16, 1), tuple(0.16 * c for c in SKY), -1, cv2.LINE_AA)
    return layer


def screens(width: int, height: int, rng: np.random.Generator) -> FloatArray:
    """Monitors on both sides (h, w, 3): bright panes with bars of graphics, in perspective."""
    layer = np.zeros((height, width, 3), np.float32)
    for side in (-1, 1):
        for top, bottom in ((0.10, 0.36), (0.41, 0.67)):
            for near, far in ((0.985, 0.80), (0.785, 0.655)):
                pane = pane_corners(width, height, side, near, far, top, bottom)
                warp = cv2.getPerspectiveTransform(np.float32([[0, 0], [160, 0], [160, 96], [0, 96]]), pane)
                layer += cv2.warpPerspective(screen_graphics(rng), warp, (width, height))
    return layer


def pane_corners(width: int, height: int, side: int, near: float, far: float, top: float, bottom: float) -> FloatArray:
    """Corners (4, 2) of one pane; near, far, top, bottom: shares of the picture, nearer panes being taller."""
    x = [0.5 + side * (edge - 0.5) for edge in (near, far)]
    lean = [0.06 * (edge - 0.75) for edge in (near, far)]
    corners = [
        (x[0] * width, (top - lean[0]) * height),
        (x[1] * width, (top - lean[1]) * height),
        (x[1] * width, (bottom + lean[1]) * height),
        (x[0] * width, (bottom + lean[0]) * height),
    ]
    return np.float32(corners)


def screen_graphics(rng: np.random.Generator) -> FloatArray:
    """What a monitor shows (96, 160, 3): a gradient sky, a headline bar, a soft skyline of columns, a curve."""
    y = np.linspace(0, 1, 96, dtype=np.float32)[:, None, None]
    pane = np.broadcast_to((0.04 + 0.30 * (1 - y) ** 2) * np.float32([0.10, 0.42, 1.0]), (96, 160, 3)).copy()
    heights = rng.integers(10, 46, 14)
    for i, tall in enumerate(heights):
        tone = 0.10 + 0.16 * rng.random()
        cv2.rectangle(pane, (8 + 10 * i, 70 - int(tall)), (14 + 10 * i, 70), (0.3 * tone, 0.8 * tone, 1.6 * tone), -1)
    trend = np.cumsum(rng.normal(-1.2, 5.0, 15)) + 52
    curve = np.int32([(8 + 10 * i, int(np.clip(v, 10, 66))) for i, v in enumerate(trend)])
    cv2.polylines(pane, [curve], False, tuple(0.55 * c for c in WARM), 2, cv2.LINE_AA)
    cv2.rectangle(pane, (8, 77), (96 + int(rng.integers(44)), 86), (0.34, 0.40, 0.50), -1)
    cv2.rectangle(pane, (8, 77), (13, 86), tuple(0.8 * c for c in WARM), -1)
    cv2.rectangle(pane, (0, 0), (159, 95), (0.004, 0.008, 0.02), 3)
    return pane


def light_lines(width: int, height: int) -> FloatArray:
    """Thin luminous lines of the set (h, w, 3): two sweeping arcs and the edge of the gallery."""
    layer = np.zeros((height, width, 3), np.float32)
    x = np.linspace(-0.05, 1.05, 80)
    for base, bow, colour, thick in ((0.055, 0.05, SKY, 3), (0.735, -0.045, SKY, 4), (0.765, -0.045, WARM, 2)):
        y = base + bow * (2 * x - 1) ** 2
        line = np.rint(np.column_stack([x * width, y * height]) * 16).astype(np.int32)
        tone = tuple(0.9 * c for c in colour)
        cv2.polylines(layer, [line], False, tone, max(thick * height // 1080, 1), cv2.LINE_AA, 4)
    return layer


def floor_glow(width: int, height: int) -> FloatArray:
    """Light that pools where wall meets floor, and the floor's dim reflection (h, w, 3)."""
    x, y = grid(width, height)
    pool = np.exp(-(((y - 0.66 - 0.05 * x**2) / 0.10) ** 2)) * 0.05
    floor = np.clip((y - 0.68) / 0.32, 0, 1) * np.exp(-((x / 1.2) ** 2)) * 0.05
    return (pool + floor)[..., None] * np.asarray(SKY, np.float32)
