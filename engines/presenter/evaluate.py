"""Measures the renderer and the whole chain from sound to picture on footage no training has seen.

Letters: f pictures of a run. Landmarks and distances are in pixels of the 512 x 512 face box.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from engines.api.values import ByteArray, FloatArray
from engines.presenter.export import Painter
from engines.presenter.face_frame import BOX, FaceFrame, carry, invert
from engines.presenter.facial_map import compose_map, still_edges, to_face_frame
from engines.presenter.footage_files import Clip, read_clips, read_footage, read_picture
from engines.presenter.identity import speechless_landmarks
from engines.presenter.jaw import JawRule, aperture
from engines.presenter.listening import listen
from engines.presenter.quality import closures, correlation, motion, mouth_region, psnr_db, sharpness, ssim
from engines.presenter.recompose import recompose


@dataclass(frozen=True, eq=False)
class Run:
    """Consecutive unseen pictures: clip, numbers, truth (f, 512, 512, 3), landmarks (f, 68, 2)."""

    clip: Clip
    numbers: tuple[int, ...]
    truth: ByteArray
    landmarks: FloatArray


@dataclass(frozen=True, eq=False)
class Sample:
    """One unseen picture and what came out: truth, made from the true map, made from sound, the points of each."""

    truth: ByteArray
    made: ByteArray
    spoken: ByteArray
    landmarks: FloatArray
    spoken_landmarks: FloatArray


def unseen_runs(root: Path, most: int = 10_000) -> Iterator[Run]:
    """Runs of unseen pictures that are rendered, at most `most` pictures of each."""
    for clip in read_clips(root):
        numbers = clip.rendered(root)[:most]
        if clip.split != "train" and len(numbers) > 1:
            truth = np.stack([read_picture(clip.picture_path(root, n))[..., :3] for n in numbers])
            yield Run(clip, numbers, truth, clip.landmarks[list(numbers)])


class Judge:
    """Paints unseen runs with one presenter's renderer and keeps the measures."""

    def __init__(self, root: Path, frame: FaceFrame, jaw: JawRule, rest: FloatArray, painter: Painter) -> None:
        self.footage = read_footage(root)
        self.root, self.frame, self.jaw, self.rest, self.painter = root, frame, jaw, rest, painter
        self.measures: dict[str, list[float]] = {}
        self.openings: list[tuple[FloatArray, FloatArray]] = []

    def note(self, name: str, *values: float) -> None:
        """Keep values of a measure."""
        self.measures.setdefault(name, []).extend(values)

    def run(self, run: Run) -> Iterator[Sample]:
        """Measure one run; yields every picture so that sheets can be made."""
        spoken_points = self.speak(run)
        made = [self.paint(p, row, row) for p, row in zip(run.truth, run.landmarks, strict=True)]
        spoken = [
            self.paint(p, row, points) for p, row, points in zip(run.truth, run.landmarks, spoken_points, strict=True)
        ]
        self.judge_mouths(run.landmarks, spoken_points)
        for i, truth in enumerate(run.truth):
            region = mouth_region(run.landmarks[i])
            self.judge_picture("true map", truth[region], made[i][region])
            self.judge_picture("whole chain", truth[region], spoken[i][region])
            if i:
                self.note("truth motion", motion(run.truth[i - 1][region], truth[region]))
                self.note("made motion", motion(made[i - 1][region], made[i][region]))
            yield Sample(truth, made[i], spoken[i], run.landmarks[i], spoken_points[i])

    def speak(self, run: Run) -> FloatArray:
        """Landmarks (f, 68, 2) from the run's sound: the predicted mouth in each picture's speechless face."""
        audio, fps = run.clip.sound(self.root), run.clip.performance.fps
        mouths = drained(listen(audio, Fraction(fps), 0, run.numbers[-1] + 1))
        still = speechless_landmarks(self.footage, run.clip.performance, run.numbers)
        return np.stack(
            [
                recompose(row, mouths[number], self.frame, self.jaw, self.rest)
                for row, number in zip(still, run.numbers, strict=True)
            ]
        )

    def paint(self, picture: ByteArray, landmarks: FloatArray, drawn: FloatArray) -> ByteArray:
        """A box picture's still edges with the points `drawn`, painted and carried back to the picture's pose."""
        pose = self.frame.align(landmarks)
        edges = still_edges(to_face_frame(picture, pose), carry(pose, landmarks))
        face = self.painter.start(compose_map(edges, drawn, pose)[None])()[0]
        return cv2.warpAffine(face, invert(pose), (BOX, BOX), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)

    def judge_mouths(self, truth: FloatArray, found: FloatArray) -> None:
        """Measure points (f, 68, 2) of a whole run."""
        self.note("landmark px", *np.linalg.norm(truth[:, 48:] - found[:, 48:], axis=-1).mean(-1))
        pairs = [aperture(points[:, 48:] / self.frame.width) for points in (truth, found)]
        self.openings.append((pairs[0], pairs[1]))

    def judge_picture(self, case: str, truth: ByteArray, made: ByteArray) -> None:
        """Measure the mouth region of one picture."""
        self.note(f"{case} psnr", psnr_db(truth, made))
        self.note(f"{case} ssim", ssim(truth, made))
        self.note(f"{case} sharpness", sharpness(made) / max(sharpness(truth), 1e-6))

    def mean(self, name: str) -> float:
        """Mean of a measure."""
        return float(np.mean(self.measures[name]))

    def verdict(self) -> dict[str, float]:
        """All measures as numbers."""
        truth, found = (np.concatenate(side) for side in zip(*self.openings, strict=True))
        met, counted = np.sum([closures(a, b) for a, b in self.openings], axis=0)
        return {
            "mouth_psnr_db": self.mean("true map psnr"),
            "mouth_ssim": self.mean("true map ssim"),
            "sharpness_ratio": self.mean("true map sharpness"),
            "flicker_ratio": self.mean("made motion") / max(self.mean("truth motion"), 1e-6),
            "chain_psnr_db": self.mean("whole chain psnr"),
            "chain_ssim": self.mean("whole chain ssim"),
            "mouth_distance_px": self.mean("landmark px"),
            "aperture_correlation": correlation(truth, found),
            "closures_met": float(met / counted) if counted else 1.0,
        }


def drained(work: object) -> FloatArray:
    """The result of a generator whose events nobody listens to."""
    while True:
        try:
            next(work)  # type: ignore[call-overload]
        except StopIteration as end:
            return np.asarray(end.value, np.float32)
