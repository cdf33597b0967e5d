"""Makes the template clip: the presenter silent, blinking and barely moving, to be played there and back without end.

Time slows to a stop at both ends, so that turning round shows no jerk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from engines.api.arkit import INDEX
from engines.api.events import EngineError, Progress
from engines.api.rooms import Work
from engines.api.values import SILENCE, Audio, ByteArray, FloatArray, Performance, Phone, Speech
from engines.presenter.draw_pool import SIZE, Shot, draw_all, over_neutral
from engines.presenter.footage_files import BACKGROUND, read_picture, write_arrays
from engines.presenter.footage_plan import perform
from engines.scene.camera import Camera, face_box
from engines.scene.head import Head, load_head

SECONDS = 8
FPS = Fraction(25)
SEED = 13
LIMIT_BYTES = 5_000_000
"""Both movies and the points together, so that a presenter stays small enough to ship."""
_FINE = 8
_TURN_S = 0.8
_CRF = (14, 16, 18, 20, 23)
_MARGIN = 16
_SAME = 1
"""Levels two pictures may differ by where nothing moves."""


def make_template(folder: Path, tier: str, workers: int, seconds: float = SECONDS) -> Work:
    """Render template.mp4, matte.mp4 and template.npz into a folder, where they are not there already.

    template.npz: landmarks (f, 68, 2) in box pixels, picture_landmarks (the same in the whole picture), neutral (68, 2)
    at rest in box pixels, box x, y, w, h, weights (f, 52), rotation (f, 3). Drawn pictures stay until the end: resumes.
    Whole pictures are drawn of the motion's extremes only; every frame is drawn where those differ.
    """
    if all((folder / name).is_file() for name in ("template.mp4", "matte.mp4", "template.npz")):
        return
    drawn = folder / "drawn"
    drawn.mkdir(parents=True, exist_ok=True)
    head, motion = load_head(), resting_motion(seconds)
    write_points(folder, head, motion)
    window = presenter_window(head, motion)
    whole = _shots(drawn, "whole", motion, extremes(motion), window)
    yield from _draw_missing(whole, tier, workers)
    part = moving_part([read_picture(shot.path) for shot in whole], window)
    shots = _shots(drawn, "part", motion, range(len(motion.weights)), part)
    yield from _draw_missing(shots, tier, workers)
    still = read_picture(whole[0].path)
    corner = part[0] - window[0], part[1] - window[1]
    _encode(folder, [shot.path for shot in shots], lambda path: _paste(still, read_picture(path), corner), window)
    for shot in (*whole, *shots):
        shot.path.unlink()
    drawn.rmdir()


def extremes(motion: Performance) -> list[int]:
    """The first frame and those where each angle is least and greatest."""
    found = {int(i) for axis in motion.rotation.T for i in (axis.argmin(), axis.argmax())}
    return [0, *sorted(found - {0})]


def moving_part(pictures: list[ByteArray], window: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """The part of the newsroom picture in which pictures of one window differ, with a margin, in even pixels."""
    spread = np.max(pictures, axis=0).astype(int) - np.min(pictures, axis=0)
    rows, columns = np.nonzero(spread.max(axis=2) > _SAME)
    if not len(rows):
        return window
    low = np.maximum([columns.min() - _MARGIN, rows.min() - _MARGIN], 0) // 2 * 2
    high = np.minimum([columns.max() + _MARGIN, rows.max() + _MARGIN], window[2:]) // 2 * 2
    return int(window[0] + low[0]), int(window[1] + low[1]), int(high[0] - low[0]), int(high[1] - low[1])


def resting_motion(seconds: float = SECONDS) -> Performance:
    """Silence performed at FPS, its time eased at both ends."""
    quiet = Speech(Audio(np.zeros(int(16000 * (seconds + 1)), np.float32), 16000), (Phone(SILENCE, 0.0, seconds + 1),))
    fine = perform(quiet, SEED, FPS * _FINE)
    count = round(seconds * FPS)
    times = eased_times(count, float(1 / FPS), _TURN_S) * float(FPS * _FINE)
    weights, rotation = _sample(fine.weights, times), _sample(fine.rotation, times)
    return Performance(weights, rotation, FPS)


def eased_times(count: int, step_s: float, turn_s: float) -> np.ndarray:
    """Times of count frames: real speed in the middle, gathering it from a stand over turn_s and losing it again."""
    clock = np.arange(count) * step_s
    ends = np.minimum(clock, clock[-1] - clock) / turn_s
    speed = np.clip(ends, 0.0, 1.0)
    speed = speed * speed * (3 - 2 * speed)
    return np.concatenate([[0.0], np.cumsum((speed[1:] + speed[:-1]) / 2 * step_s)])


def presenter_window(head: Head, motion: Performance) -> tuple[int, int, int, int]:
    """The part of the picture the presenter can touch during a motion, in even pixels."""
    camera = Camera.presenter(*SIZE, head=head)
    turns = [motion.rotation[i] for i in extremes(motion)]
    bodies = [
        camera.project(head.pose(mesh, motion.weights[0], turn)) for mesh in head.meshes.values() for turn in turns
    ]
    hair = [
        camera.project(head.pose_strands(strands, motion.weights[0], turn).reshape(-1, 3))
        for strands in head.strands.values()
        for turn in turns
    ]
    points = np.concatenate(bodies + hair)
    low = np.maximum(points.min(axis=0) - _MARGIN, 0).astype(int) // 2 * 2
    high = np.minimum(points.max(axis=0) + _MARGIN, SIZE).astype(int) // 2 * 2
    return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])


def write_points(folder: Path, head: Head, motion: Performance) -> None:
    """Write template.npz."""
    camera = Camera.presenter(*SIZE, head=head)
    box = face_box(camera, head)
    calm = motion.weights[0].copy()
    calm[[i for name, i in INDEX.items() if name.startswith(("eye", "brow"))]] = 0.0
    rows = [*zip(motion.weights, motion.rotation, strict=True), (calm, np.zeros(3, np.float32))]
    points = np.stack([camera.project(head.landmarks(weights, turn)) for weights, turn in rows]).astype(np.float32)
    corner = np.float32(box[:2])
    write_arrays(
        folder / "template.npz",
        landmarks=points[:-1] - corner,
        picture_landmarks=points[:-1],
        neutral=points[-1] - corner,
        box=np.array(box),
        weights=motion.weights,
        rotation=motion.rotation,
    )


def _shots(
    folder: Path, name: str, motion: Performance, frames: Iterable[int], window: tuple[int, int, int, int]
) -> list[Shot]:
    rows = ((folder / f"{name}-{i:05d}.png", motion.weights[i], motion.rotation[i]) for i in frames)
    return [Shot(path, weights, turn, window, alpha=True) for path, weights, turn in rows]


def _draw_missing(shots: list[Shot], tier: str, workers: int) -> Work:
    missing = [shot for shot in shots if not shot.path.is_file()]
    done = len(shots) - len(missing)
    for _ in draw_all(missing, tier, workers):
        done += 1
        yield Progress(done, len(shots), "Rendering the silent clip")


def _paste(still: ByteArray, piece: ByteArray, corner: tuple[int, int]) -> ByteArray:
    """A copy of a picture with a piece set in at corner x, y."""
    picture = still.copy()
    picture[corner[1] : corner[1] + piece.shape[0], corner[0] : corner[0] + piece.shape[1]] = piece
    return picture


def _encode(
    folder: Path, paths: list[Path], read: Callable[[Path], ByteArray], window: tuple[int, int, int, int]
) -> None:
    """Write both movies at the best quality that fits LIMIT_BYTES."""
    for crf in _CRF:
        parts = [folder / "template.mp4.part", folder / "matte.mp4.part"]
        _write_movie(parts[0], (_whole(over_neutral(read(p)), window) for p in paths), "yuv420p", crf)
        _write_movie(parts[1], (_whole(read(p)[..., 3], window) for p in paths), "gray", max(4, crf - 10))
        points = (folder / "template.npz").stat().st_size
        if sum(part.stat().st_size for part in parts) + points <= LIMIT_BYTES or crf == _CRF[-1]:
            break
    for part in parts:
        os.replace(part, part.with_suffix(""))


def _whole(piece: ByteArray, window: tuple[int, int, int, int]) -> ByteArray:
    """A window's picture (or coverage) set into the whole newsroom picture."""
    x, y, w, h = window
    picture = np.zeros((SIZE[1], SIZE[0], *piece.shape[2:]), np.uint8)
    picture[:] = BACKGROUND if piece.ndim == 3 else 0
    picture[y : y + h, x : x + w] = piece
    return picture


def _write_movie(path: Path, pictures: Iterable[ByteArray], layout: str, crf: int) -> None:
    """H.264 at constant quality, a key picture every second so that any moment is found quickly."""
    try:
        with av.open(str(path), "w", format="mp4") as container:
            stream = container.add_stream("libx264", rate=FPS, options={"crf": str(crf), "preset": "slow", "g": "25"})
            stream.width, stream.height = SIZE
            stream.pix_fmt = layout
            for picture in pictures:
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24" if picture.ndim == 3 else "gray")
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
    except (av.error.FFmpegError, OSError) as error:
        raise EngineError(f"{path} could not be written: free some space or choose another folder.") from error


def _sample(rows: FloatArray, places: np.ndarray) -> FloatArray:
    """Rows at fractional places, blended linearly."""
    low = np.minimum(places.astype(int), len(rows) - 2)
    share = (places - low)[:, None].astype(np.float32)
    return np.asarray(rows[low] + share * (rows[low + 1] - rows[low]), np.float32)
