"""Builds the head file and textures into a folder: `python -m engines.scene.builder --out FOLDER`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from engines.api.events import EngineError
from engines.scene.builder.cages import Cage, cut_skin, hang_part, set_teeth, tailor_suit
from engines.scene.builder.identity import Body, shape_body
from engines.scene.builder.landmarks import find_landmarks
from engines.scene.builder.sources import BaseMesh, Doubles, Sources, fetch, read_base
from engines.scene.builder.writer import Anatomy, write_head

TITLE = "Default presenter"
EYE_RADIUS = 1.62


def cut_cages(base: BaseMesh, body: Body, shapes: Doubles, sources: Sources) -> list[Cage]:
    """Cut every surface of the presenter."""
    suit = sources.part("clothes/male_elegantsuit01")
    return [
        cut_skin(base, body, shapes, sources, suit.covers),
        tailor_suit(suit, body, shapes, sources),
        set_teeth(sources.part("teeth/Teeth_Base"), body, shapes, sources),
        hang_part("tongue", sources.part("tongue/tongue01"), body, shapes, sources, True),
    ]


def describe(body: Body, sources: Sources, skin: Cage) -> Anatomy:
    """Measure eyes, neck and landmarks."""
    eyes = np.stack([body.points[sources.groups[f"helper-{side}-eye"]].mean(0) for side in "lr"])
    pivot = 0.7 * body.joints["head"] + 0.3 * body.joints["neck"]
    return Anatomy(TITLE, find_landmarks(skin), np.zeros((68, 3)), eyes, EYE_RADIUS, pivot)


def build(out: Path, cache: Path) -> Path:
    """Build the default presenter. out: folder to fill; cache: folder that keeps the downloaded packages."""
    sources = fetch(cache)
    base = read_base(sources)
    body = shape_body(base, sources)
    shapes = sources.face_units()
    cages = cut_cages(base, body, shapes, sources)
    out.mkdir(parents=True, exist_ok=True)
    return write_head(out, cages, {}, {}, describe(body, sources, cages[0]), {})


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engines.scene.builder", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for head.safetensors and the textures")
    parser.add_argument("--cache", type=Path, default=Path(".scratch/avatar"), help="folder for downloaded packages")
    options = parser.parse_args(arguments)
    try:
        print(build(options.out, options.cache))
    except EngineError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
