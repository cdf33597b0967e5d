"""Where the picture is taken from: a pin-hole camera, its pixel windows, and the window the face stays in."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engines.api.arkit import INDEX, NAMES

if TYPE_CHECKING:
    from engines.scene.head import Head

FACE_BOX = 512
"""Side in pixels of the square the photoreal renderer paints."""

DEPTH_CM = 90.0
"""Half the depth of the visible slab around the target."""


@dataclass(frozen=True)
class Camera:
    """A view of width x height pixels; window is the part of it that is drawn.

    eye, target: world centimetres; fov_deg: vertical field of view of the whole picture; window: x, y, w, h in pixels
    from the top left (None: the whole picture).
    """

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    fov_deg: float
    width: int
    height: int
    window: tuple[int, int, int, int] | None = None

    @classmethod
    def presenter(cls, width: int = 1920, height: int = 1080, head: Head | None = None) -> Camera:
        """The newsroom mid-shot: head and shoulders, eyes in the upper third, chest to the bottom edge."""
        return _facing(head, width, height, span_cm=62.0, drop_cm=13.0)

    @classmethod
    def portrait(cls, size: int = 512, head: Head | None = None) -> Camera:
        """A square close view of the head, for the avatar panel."""
        return _facing(head, size, size, span_cm=39.0, drop_cm=3.6)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the drawn window in pixels."""
        return (self.width, self.height) if self.window is None else self.window[2:]

    def crop(self, x: int, y: int, w: int, h: int) -> Camera:
        """The same view, only that pixel window of what is drawn now."""
        left, top = (0, 0) if self.window is None else self.window[:2]
        return replace(self, window=(left + x, top + y, w, h))

    def orbit(self, yaw: float, pitch: float, zoom: float = 1.0) -> Camera:
        """The view carried around its target: yaw to the presenter's left, pitch up, radians; zoom > 1 is nearer."""
        offset = np.subtract(self.eye, self.target)
        reach = float(np.linalg.norm(offset)) / zoom
        azimuth = math.atan2(offset[0], offset[2]) + yaw
        height = float(np.clip(math.asin(offset[1] / np.linalg.norm(offset)) + pitch, -1.3, 1.3))
        x, y, z = math.sin(azimuth) * math.cos(height), math.sin(height), math.cos(azimuth) * math.cos(height)
        eye = (self.target[0] + reach * x, self.target[1] + reach * y, self.target[2] + reach * z)
        return replace(self, eye=eye)

    @property
    def planes(self) -> tuple[float, float]:
        """Near and far clipping distance in centimetres."""
        reach = math.dist(self.eye, self.target)
        return max(reach - DEPTH_CM, 2.0), reach + DEPTH_CM

    @property
    def view(self) -> NDArray[np.float64]:
        """World to camera, (4, 4), rows first."""
        return look_at(self.eye, self.target)

    @property
    def matrix(self) -> NDArray[np.float64]:
        """World to clip space of the drawn window, (4, 4), rows first."""
        near, far = self.planes
        t = 1.0 / math.tan(math.radians(self.fov_deg) / 2)
        lens = np.zeros((4, 4))
        lens[0, 0], lens[1, 1] = t * self.height / self.width, t
        lens[2, 2], lens[2, 3], lens[3, 2] = (far + near) / (near - far), 2 * far * near / (near - far), -1.0
        return self._window_matrix() @ lens @ self.view

    def _window_matrix(self) -> NDArray[np.float64]:
        x, y, w, h = self.window or (0, 0, self.width, self.height)
        out = np.eye(4)
        out[0, 0], out[1, 1] = self.width / w, self.height / h
        out[0, 3] = (self.width - 2 * x) / w - 1.0
        out[1, 3] = 1.0 - (self.height - 2 * y) / h
        return out

    @property
    def pixels_per_cm(self) -> float:
        """Scale of the picture at the target's distance."""
        reach = math.dist(self.eye, self.target)
        return self.height / (2 * reach * math.tan(math.radians(self.fov_deg) / 2))

    def project(self, points: NDArray[np.float32]) -> NDArray[np.float64]:
        """World points (n, 3) to pixels (n, 2) of the drawn window, from its top left corner."""
        clip = np.c_[points, np.ones(len(points))] @ self.matrix.T  # (n, 4)
        w, h = self.size
        ndc = clip[:, :2] / clip[:, 3:]
        return np.stack([(ndc[:, 0] * 0.5 + 0.5) * w, (0.5 - ndc[:, 1] * 0.5) * h], 1)


def look_at(eye: tuple[float, float, float], target: tuple[float, float, float]) -> NDArray[np.float64]:
    """The matrix (4, 4) that brings world points into a camera at eye looking at target, y up."""
    forward = np.subtract(target, eye, dtype=float)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, (0.0, 1.0, 0.0))
    right /= np.linalg.norm(right)
    out = np.eye(4)
    out[0, :3], out[1, :3], out[2, :3] = right, np.cross(right, forward), -forward
    out[:3, 3] = -out[:3, :3] @ np.asarray(eye, float)
    return out


def face_box(camera: Camera, head: Head) -> tuple[int, int, int, int]:
    """The fixed window (x, y, 512, 512) of the picture that holds the face, the jaw fully open included.

    Centred on the landmarks of the face at rest and with the jaw open, the forehead counted in; whole pixels.
    """
    wide = np.zeros(len(NAMES), np.float32)
    wide[INDEX["jawOpen"]] = 1.0
    still = np.zeros(3, np.float32)
    rest = head.landmarks(np.zeros_like(wide), still)
    crown = rest[27:28] + (rest[27:28] - rest[33:34]) * np.array([0.0, 1.35, 0.0])  # about the hairline
    points = camera.project(np.concatenate([rest, head.landmarks(wide, still), crown]))
    middle = (points.min(0) + points.max(0)) / 2
    w, h = camera.size
    x = int(np.clip(round(middle[0]) - FACE_BOX // 2, 0, max(w - FACE_BOX, 0)))
    y = int(np.clip(round(middle[1]) - FACE_BOX // 2, 0, max(h - FACE_BOX, 0)))
    return x, y, FACE_BOX, FACE_BOX


def _facing(head: Head | None, width: int, height: int, span_cm: float, drop_cm: float) -> Camera:
    """A long lens before the eyes: span_cm is the picture's height at the face, drop_cm its middle below the eyes."""
    if head is None:
        from engines.scene.head import load_head

        head = load_head()
    x, y, z = (float(v) for v in np.mean(head.eye_centres, 0))
    reach = 300.0
    fov = 2 * math.degrees(math.atan(span_cm / 2 / reach))
    return Camera((x, y - drop_cm + 4.0, z + reach), (x, y - drop_cm, z), fov, width, height)
