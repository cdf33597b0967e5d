"""Makes a rendered person look filmed: backgrounds, long hair, glasses, light, blur, noise and compression."""

from __future__ import annotations

import cv2
import numpy as np

from engines.api.values import ByteArray, FloatArray

EYES = (slice(36, 42), slice(42, 48))


def disguise(picture: ByteArray, points: FloatArray, random: np.random.Generator) -> ByteArray:
    """A grey picture (s, s) of a rendered one (s, s, 4) with 68 points in pixels."""
    size = picture.shape[0]
    alpha = cv2.GaussianBlur(picture[..., 3], (3, 3), 0).astype(np.float32) / 255
    face = grey_of(picture, random)
    behind = background(size, random)
    if random.random() < 0.45:
        behind = long_hair(behind, points, random)
    out = face * alpha + behind * (1 - alpha)
    if random.random() < 0.35:
        out = locks(out, points, random)
    if random.random() < 0.2:
        out = glasses(out, points, random)
    if random.random() < 0.12:
        out = hidden(out, random)
    return filmed(lit(out, random), random)


def grey_of(picture: ByteArray, random: np.random.Generator) -> FloatArray:
    """Grey (s, s) in 0..255 by any mix of the colours."""
    shares = random.dirichlet((3.0, 5.0, 2.0)).astype(np.float32)
    return (picture[..., :3].astype(np.float32) @ shares).astype(np.float32)


def clouds(size: int, random: np.random.Generator) -> FloatArray:
    """Smooth noise (s, s) in 0..1 of any coarseness."""
    count = int(random.choice([2, 3, 5, 9, 24, 60]))
    noise = random.random((count, count)).astype(np.float32)
    return np.asarray(cv2.resize(noise, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)


def background(size: int, random: np.random.Generator) -> FloatArray:
    """What is behind: plain, clouds, or boxes as of a room; (s, s) in 0..255."""
    out = np.full((size, size), random.uniform(0, 255), np.float32)
    if random.random() < 0.6:
        out = out + (clouds(size, random) - 0.5) * random.uniform(0, 200)
    for _ in range(int(random.choice([0, 0, 2, 6]))):
        a, b = random.integers(0, size, 2), random.integers(0, size, 2)
        cv2.rectangle(out, a.tolist(), b.tolist(), float(random.uniform(0, 255)), -1)
    return out


def strands(size: int, random: np.random.Generator) -> FloatArray:
    """Hair (s, s) in 0..255: long thin streaks of one shade."""
    noise = random.random((6, size)).astype(np.float32)
    streaks = cv2.resize(noise, (size, size), interpolation=cv2.INTER_CUBIC)
    return np.asarray(random.choice([25, 50, 90, 150, 190]) * (0.7 + 0.6 * streaks), np.float32)


def long_hair(behind: FloatArray, points: FloatArray, random: np.random.Generator) -> FloatArray:
    """A background with hair that falls behind the face."""
    size = len(behind)
    middle, width = points[27], float(np.ptp(points[:17, 0]))
    mask = np.zeros((size, size), np.float32)
    centre = (int(middle[0]), int(middle[1] + random.uniform(0, 0.7) * width))
    axes = (int(width * random.uniform(0.6, 0.95)), int(width * random.uniform(0.9, 1.6)))
    cv2.ellipse(mask, centre, axes, 0, 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 2)
    return np.asarray(strands(size, random) * mask + behind * (1 - mask), np.float32)


def locks(out: FloatArray, points: FloatArray, random: np.random.Generator) -> FloatArray:
    """Hair over the temples and cheeks, or a fringe, or a beard of one shade."""
    size, width = len(out), float(np.ptp(points[:17, 0]))
    mask = np.zeros_like(out)
    if random.random() < 0.35:
        polygon = np.concatenate([points[2:15], points[[14, 35, 54, 57, 48, 31, 2]]])
        cv2.fillPoly(mask, [np.rint(polygon).astype(np.int32)], float(random.uniform(0.2, 0.7)))
        cv2.fillPoly(mask, [np.rint(points[48:60]).astype(np.int32)], 0.0)
    else:
        for ear in (points[1], points[15]):
            if random.random() < 0.7:
                centre = ear + random.uniform(-0.12, 0.12, 2) * width
                axes = (int(width * random.uniform(0.06, 0.2)), int(width * random.uniform(0.4, 1.0)))
                cv2.ellipse(mask, np.rint(centre).astype(int).tolist(), axes, 0, 0, 360, 1.0, -1)
        if random.random() < 0.4:
            brow = points[17:27].mean(0) - [0, width * random.uniform(0.3, 0.6)]
            axes = (int(width * 0.6), int(width * random.uniform(0.2, 0.4)))
            cv2.ellipse(mask, np.rint(brow).astype(int).tolist(), axes, 0, 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), random.uniform(1, 4))
    return np.asarray(strands(size, random) * mask + out * (1 - mask), np.float32)


def glasses(out: FloatArray, points: FloatArray, random: np.random.Generator) -> FloatArray:
    """Frames round both eyes and the bridge between them, sometimes with a gleam."""
    shade, thick = float(random.choice([10, 40, 120, 220])), int(random.integers(1, 4))
    reach = float(np.linalg.norm(points[39] - points[36]))
    for eye in EYES:
        centre = np.rint(points[eye].mean(0)).astype(int).tolist()
        axes = (int(reach * random.uniform(0.8, 1.1)), int(reach * random.uniform(0.5, 0.9)))
        cv2.ellipse(out, centre, axes, 0, 0, 360, shade, thick)
    a, b = np.rint(points[39]).astype(int).tolist(), np.rint(points[42]).astype(int).tolist()
    cv2.line(out, a, b, shade, thick)
    return out


def hidden(out: FloatArray, random: np.random.Generator) -> FloatArray:
    """Something in front: a hand, a microphone, a mask of one shade."""
    size = len(out)
    centre, axes = random.integers(0, size, 2).tolist(), random.integers(4, size // 6, 2).tolist()
    cv2.ellipse(out, centre, axes, float(random.uniform(0, 180)), 0, 360, float(random.uniform(0, 255)), -1)
    return out


def lit(out: FloatArray, random: np.random.Generator) -> FloatArray:
    """Other exposure, contrast and light from a side."""
    size = len(out)
    out = 255 * np.clip(out / 255, 0, 1) ** np.float32(random.uniform(0.4, 1.5))
    if random.random() < 0.5:
        slope = np.linspace(-1, 1, size, dtype=np.float32) * random.uniform(-0.5, 0.5)
        out = out * (1 + (slope[None] if random.random() < 0.6 else slope[:, None]))
    if random.random() < 0.3:
        out = out * (1 + (clouds(size, random) - 0.5) * random.uniform(0, 0.8))
    out = (out - 128) * random.uniform(0.5, 1.3) + 128 + random.uniform(-40, 40)
    return np.asarray(out, np.float32)


def filmed(out: FloatArray, random: np.random.Generator) -> ByteArray:
    """What a lens, a sensor and a codec leave of it: (s, s) uint8."""
    size = len(out)
    if random.random() < 0.5:
        out = cv2.GaussianBlur(out, (0, 0), random.uniform(0.4, 2.6))
    if random.random() < 0.3:
        small = int(size * random.uniform(0.25, 0.7))
        out = cv2.resize(cv2.resize(out, (small, small), interpolation=cv2.INTER_AREA), (size, size))
    out = out + random.normal(0, random.uniform(0, 9), out.shape)
    grey = np.clip(out, 0, 255).astype(np.uint8)
    if random.random() < 0.5:
        _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(15, 80))])
        grey = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    return grey
