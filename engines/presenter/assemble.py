"""Makes a presenter folder from footage and a trained renderer: everything a clip needs, sealed with hashes."""

from __future__ import annotations

import argparse
import os
import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np

from engines.api.events import EngineError
from engines.api.values import FloatArray
from engines.common.weights import write_json
from engines.presenter.footage_files import read_footage, write_arrays
from engines.presenter.identity import face_frame_of, jaw_rule_of
from engines.presenter.presenters import CONSENT, HOME, seal_presenter

MADE = {
    "who": "Nobody: the default presenter is computer-made and shows no real person.",
    "scope": "Any use of this product.",
    "date": "2026-11-20",
    "statement": "The face was sculpted from CC0 data and rendered by this program; no likeness was taken from anyone.",
}
"""The consent record of the computer-made presenter."""


def assemble(footage: Path, renderer: Path, folder: Path, title: str, consent: dict[str, str]) -> Path:
    """Write a presenter folder; returns it. Raises EngineError for missing parts and an incomplete consent record."""
    lacking = [key for key in CONSENT if not consent.get(key, "").strip()]
    if lacking:
        raise EngineError(f"The consent record lacks {', '.join(lacking)}: fill it in before making the presenter.")
    template = footage / "template"
    for name in ("template.mp4", "matte.mp4", "template.npz"):
        if not (template / name).is_file():
            raise EngineError(f"{template / name} is missing: run footage to its end first.")
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "consent.json", consent)
    for source in (template / "template.mp4", template / "matte.mp4"):
        copy(source, folder / source.name)
    copy(renderer, folder / "renderer.safetensors")
    about, frame = read_footage(footage), face_frame_of(footage)
    with np.load(template / "template.npz", allow_pickle=False) as data:
        landmarks = data["landmarks"].astype(np.float32)
    jaw = jaw_rule_of(footage, frame).weights
    write_arrays(folder / "template.npz", landmarks=landmarks, jaw=jaw, rest=rest_mouth(), **frame.arrays())
    seal_presenter(folder, title, (about.box[0], about.box[1]), Fraction(25), about.background)
    return folder


def rest_mouth() -> FloatArray:
    """The closed mouth (20, 2) of silence, in mouth units."""
    from engines.lipsync.truth import resting_mouth

    return resting_mouth()


def copy(source: Path, target: Path) -> None:
    """Copy a file in one move."""
    part = target.with_name(target.name + ".part")
    shutil.copyfile(source, part)
    os.replace(part, target)


def main() -> None:
    """Make the default presenter from the command line."""
    parser = argparse.ArgumentParser(description="Make a presenter folder from footage and a trained renderer.")
    parser.add_argument("--footage", type=Path, required=True)
    parser.add_argument("--renderer", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=HOME / "default")
    parser.add_argument("--title", default="Alex, computer-made")
    given = parser.parse_args()
    print(assemble(given.footage, given.renderer, given.out, given.title, MADE))


if __name__ == "__main__":
    main()
