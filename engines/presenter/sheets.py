"""Writes contact sheets: truth, result and map side by side, to be looked at."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from engines.api.values import ByteArray, FloatArray
from engines.presenter.face_frame import BOX, FaceFrame, invert
from engines.presenter.facial_map import true_map

if TYPE_CHECKING:
    from torch import nn


def paint_true(generator: nn.Module, picture: ByteArray, landmarks: FloatArray, frame: FaceFrame) -> ByteArray:
    """What a generator paints (512, 512, 3) for the true map of a box picture, in the picture's own pose."""
    import torch

    from engines.presenter.export import picture_graph

    drawn, pose = true_map(picture, landmarks, frame)
    device = next(generator.parameters()).device
    with torch.inference_mode():
        face = picture_graph(generator)(torch.from_numpy(drawn[None]).to(device))[0].cpu().numpy()
    return cv2.warpAffine(face, invert(pose), (BOX, BOX), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def write_picture_file(path: Path, picture: ByteArray) -> None:
    """Write RGB (h, w, 3) as PNG in one move."""
    path.parent.mkdir(parents=True, exist_ok=True)
    done, data = cv2.imencode(".png", np.ascontiguousarray(picture[..., ::-1]))
    assert done
    part = path.with_name(path.name + ".part")
    part.write_bytes(data.tobytes())
    os.replace(part, path)


def write_sheet(
    path: Path, generator: nn.Module, pictures: list[ByteArray], landmarks: FloatArray, frame: FaceFrame
) -> None:
    """One row per picture: truth, result, both mouths enlarged twice, map."""
    rows = []
    for picture, points in zip(pictures, landmarks, strict=True):
        made = paint_true(generator, picture, points, frame)
        drawn = np.repeat(true_map(picture, points, frame)[0].max(0)[..., None], 3, 2)
        rows.append(np.hstack([compare((picture, made), points), drawn]))
    write_picture_file(path, np.vstack(rows))


def compare(pictures: Sequence[ByteArray], landmarks: FloatArray) -> ByteArray:
    """Pictures side by side, and their mouths enlarged below one another: (512, 512 * (n + 1), 3)."""
    return np.hstack([*pictures, enlarged_mouths(pictures, landmarks)])


def enlarged_mouths(pictures: Sequence[ByteArray], landmarks: FloatArray) -> ByteArray:
    """Strips about the mouth, one per picture from top to bottom, enlarged to (512, 512, 3) together."""
    x, y = landmarks[48:68].mean(0).astype(int)
    tall = BOX // len(pictures)
    w, h = (BOX // 3, tall // 3) if len(pictures) > 2 else (BOX // 2, tall // 2)
    left, top = int(np.clip(x - w // 2, 0, BOX - w)), int(np.clip(y - h // 2, 0, BOX - h))
    parts = [
        cv2.resize(p[top : top + h, left : left + w], (BOX, tall), interpolation=cv2.INTER_CUBIC) for p in pictures
    ]
    strips = np.vstack(parts)
    return np.pad(strips, ((0, BOX - len(strips)), (0, 0), (0, 0)))
