"""A drawn face and a small presenter made of it, for tests of everything that paints presenters."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import torch

from engines.api.values import ByteArray, FloatArray
from engines.common.weights import save_weights, write_json
from engines.lipsync.config import tiny
from engines.lipsync.dataset import Scaling
from engines.lipsync.pca import MouthBasis
from engines.lipsync.predict import Lipsync
from engines.presenter import presenters
from engines.presenter.assemble import MADE
from engines.presenter.config import RendererConfig
from engines.presenter.face_frame import BOX, FaceFrame, carry
from engines.presenter.footage_files import write_arrays
from engines.presenter.jaw import fit_jaw
from engines.presenter.model import build_generator

HEIGHT, WIDTH = 560, 600
CORNER = (40, 30)
BEHIND = (84, 94, 108)
FPS = Fraction(25)


def face_points() -> FloatArray:
    """68 points of a plain face in the middle of the box."""

    def arc(cx: float, cy: float, rx: float, ry: float, angles: FloatArray) -> FloatArray:
        return np.column_stack([cx + rx * np.cos(angles), cy + ry * np.sin(angles)])

    circle = np.linspace(np.pi, -np.pi, 7)[:-1]
    parts = [
        arc(256, 230, 110, 150, np.linspace(np.pi, 0, 17)),
        np.column_stack([np.linspace(170, 235, 5), np.full(5, 180.0)]),
        np.column_stack([np.linspace(277, 342, 5), np.full(5, 180.0)]),
        np.column_stack([np.full(4, 256.0), np.linspace(205, 260, 4)]),
        np.column_stack([np.linspace(236, 276, 5), np.full(5, 272.0)]),
        arc(205, 210, 18, 7, circle),
        arc(307, 210, 18, 7, circle),
        arc(256, 315, 40, 14, np.linspace(np.pi, 3 * np.pi, 13)[:-1]),
        arc(256, 315, 30, 3, np.linspace(np.pi, 3 * np.pi, 9)[:-1]),
    ]
    return np.concatenate(parts).astype(np.float32)


def moved(points: FloatArray, angle: float, scale: float, x: float, y: float) -> FloatArray:
    """Points under a similarity."""
    a, b = scale * np.cos(angle), scale * np.sin(angle)
    return carry(np.float32([[a, -b, x], [b, a, y]]), points)


def noisy_picture(seed: int = 0, side: int = BOX) -> ByteArray:
    """A picture with edges everywhere (side, side, 3)."""
    coarse = np.random.default_rng(seed).integers(0, 256, (side // 8, side // 8, 3), dtype=np.uint8)
    return np.repeat(np.repeat(coarse, 8, 0), 8, 1)


def write_movie(path: Path, pictures: list[ByteArray], layout: str) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "4", "g": "3"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, layout
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24" if picture.ndim == 3 else "gray")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def seal_small(folder: Path) -> Path:
    """A small presenter folder: seven pictures of a noisy face, a tiny renderer."""
    folder.mkdir()
    pictures, mattes = [], []
    for i in range(7):
        picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
        picture[:] = BEHIND
        picture[30:542, 40:552] = noisy_picture(3)
        picture[:, :20] = 20 * i
        matte = np.zeros((HEIGHT, WIDTH), np.uint8)
        matte[30:542, 40:552] = 255
        pictures.append(picture)
        mattes.append(matte)
    write_movie(folder / "template.mp4", pictures, "yuv420p")
    write_movie(folder / "matte.mp4", mattes, "gray")
    frame = FaceFrame.from_neutral(face_points())
    rows = np.stack([moved(face_points(), 0.002 * i, 1.0, 0.3 * i, 0) for i in range(7)])
    rule = fit_jaw(rows, frame)
    write_arrays(folder / "template.npz", landmarks=rows, jaw=rule.weights, rest=frame.mouth(rows[0]), **frame.arrays())
    write_json(folder / "consent.json", MADE)
    torch.manual_seed(0)
    config = RendererConfig.tiny()
    header = {"engine": "presenter", "config": config.as_header()}
    save_weights(folder / "renderer.safetensors", build_generator(config).state_dict(), header)
    presenters.seal_presenter(folder, "Small", CORNER, FPS, BEHIND)
    return folder


def tiny_lipsync() -> Lipsync:
    """A lip-sync network that says the same wave whatever it hears."""
    rest = FaceFrame.from_neutral(face_points()).mouth(face_points())
    wave = np.random.default_rng(0).standard_normal((50, 10)).astype(np.float32)
    components = np.linalg.qr(np.random.default_rng(1).standard_normal((40, 10)))[0].T.astype(np.float32)

    def network(mfcc: FloatArray) -> FloatArray:
        return np.repeat(wave[None], len(mfcc), 0)

    return Lipsync(
        tiny(),
        network,
        MouthBasis(rest, components, 0.05),
        Scaling(np.zeros(13, np.float32), np.ones(13, np.float32)),
        {},
    )
