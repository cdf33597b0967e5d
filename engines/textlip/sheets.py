"""Writes contact sheets: the film above what each network painted of the same unseen sentence, to be looked at."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from engines.api.events import EngineError
from engines.api.values import ByteArray
from engines.textlip.config import KINDS
from engines.textlip.dataset import Runs
from engines.textlip.material import CACHE
from engines.textlip.measure import paint, still
from engines.textlip.model import LipNetwork
from engines.textlip.runs import Run
from engines.textlip.saved import open_network, weights_path

LABEL_WIDTH, GAP = 150, 4
INK, PAPER = (230, 230, 230), 24


def sheet(run: Run, networks: dict[str, LipNetwork], face: ByteArray, columns: int = 8) -> ByteArray:
    """One sentence: a row of `columns` pictures of the film, and a row of the same moments of every network."""
    made = {"film": run.pictures, **{name: paint(network, run, face) for name, network in networks.items()}}
    moments = np.linspace(0, len(run.pictures) - 1, columns + 2).astype(int)[1:-1]
    return np.concatenate([_row(name, pictures[moments]) for name, pictures in made.items()])


def _row(name: str, pictures: ByteArray) -> ByteArray:
    """Pictures side by side, their name before them."""
    import cv2

    height, width = pictures.shape[1:3]
    out = np.full((height + GAP, LABEL_WIDTH + len(pictures) * (width + GAP), 3), PAPER, np.uint8)
    cv2.putText(out, name, (10, height // 2), cv2.FONT_HERSHEY_SIMPLEX, 0.6, INK, 1, cv2.LINE_AA)
    for i, picture in enumerate(pictures):
        left = LABEL_WIDTH + i * (width + GAP)
        out[:height, left : left + width] = picture
    return out


def write_sheets(folder: Path, runs: list[Run], networks: dict[str, LipNetwork]) -> Iterator[Path]:
    """A PNG file for each run; yields its path."""
    import cv2

    folder.mkdir(parents=True, exist_ok=True)
    face = still(runs)
    for run in runs:
        done, png = cv2.imencode(".png", sheet(run, networks, face)[..., ::-1])
        assert done
        path, part = folder / f"{run.name}.png", folder / f"{run.name}.png.part"
        part.write_bytes(png.tobytes())
        os.replace(part, path)
        yield path


def main() -> None:
    """Write sheets of sentences no network was trained on: python -m engines.textlip.sheets -o FOLDER."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--sentences", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(1)  # small work: threads would wait for each other
    runs = Runs(CACHE / "runs", ("unseen",)).runs[: args.sentences]
    if not runs:
        raise EngineError("No lips were filmed yet: run the command bench textlip first.")
    networks = {kind: open_network(weights_path(kind)) for kind in KINDS}
    for path in write_sheets(args.out, runs, networks):
        print(path)


if __name__ == "__main__":
    main()
