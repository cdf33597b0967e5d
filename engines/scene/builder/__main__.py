"""Builds the head file and textures into a folder: `python -m engines.scene.builder --out FOLDER`."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from engines.api.events import EngineError
from engines.scene.builder.atlas import SKIN, unpack
from engines.scene.builder.brows import find_lids, grow_brows, grow_lashes
from engines.scene.builder.cages import Cage, cut_skin, hang_part, read_shapes, set_teeth, settle, tailor_suit
from engines.scene.builder.identity import Body, shape_body
from engines.scene.builder.landmarks import find_landmarks, place_landmarks
from engines.scene.builder.occlusion import bake_occlusion
from engines.scene.builder.paint import Palette, outer_lips, paint_all
from engines.scene.builder.scalp import Scalp, bind, grow_hair, map_scalp
from engines.scene.builder.sources import BaseMesh, Doubles, Ints, Sources, fetch, read_base, read_mask, sample_mask
from engines.scene.builder.surfaces import Surface
from engines.scene.builder.writer import Anatomy, Growth, write_head
from engines.scene.head import load_head

TITLE = "Default presenter"
SEED = 5
HAIRS = 42_000
BROW_HAIRS = 950


def cut_cages(base: BaseMesh, body: Body, shapes: Doubles, sources: Sources) -> list[Cage]:
    """Cut every surface of the presenter."""
    suit = sources.part("clothes/male_elegantsuit01")
    return [
        cut_skin(base, body, shapes, sources, suit.covers),
        tailor_suit(suit, body, shapes, sources),
        set_teeth(sources.part("teeth/Teeth_Base"), body, shapes, sources),
        hang_part("tongue", sources.part("tongue/tongue01"), body, shapes, sources, True),
    ]


def describe(body: Body, sources: Sources, skin: Cage, marks: tuple[Ints, Doubles]) -> Anatomy:
    """Measure eyes and neck."""
    pivot = 0.7 * body.joints["head"] + 0.3 * body.joints["neck"]
    return Anatomy(TITLE, *marks, find_eyes(body, sources), measure_eye(body, sources), pivot)


def find_eyes(body: Body, sources: Sources) -> Doubles:
    """Return the eye centres (2, 3), the presenter's left first."""
    return np.stack([body.points[sources.groups[f"helper-{side}-eye"]].mean(0) for side in "lr"])


def measure_eye(body: Body, sources: Sources) -> float:
    """Return the radius (cm) that fills the lids: the base mesh's eyeball and a hair more."""
    ball = body.points[sources.groups["helper-l-eye"]]
    return float(1.004 * np.linalg.norm(ball - ball.mean(0), axis=1).max())


def grow(body: Body, sources: Sources, skin: Surface, cage: Surface) -> tuple[dict[str, Growth], Scalp]:
    """Grow hair on the smooth skin; brows and lashes hold on to the cage, whose vertices both levels share."""
    random = np.random.default_rng(SEED)
    eyes = find_eyes(body, sources)
    ears = sample_mask(read_mask(sources, "ears"), unpack(skin.uv, SKIN))
    scalp = map_scalp(skin, ears, eyes)
    strips = {
        (side, upper): body.points[sources.groups[f"helper-{letter}-eyelashes-{row}"]]
        for side, letter in ((1, "l"), (-1, "r"))
        for upper, row in ((True, 2), (False, 1))
    }
    brows = grow_brows(skin, eyes, BROW_HAIRS, random)
    lashes = grow_lashes(skin, strips, random)
    hair = grow_hair(scalp, HAIRS, random)
    return {"hair": hair, "brows": hold_brows(brows, cage), "lashes": hold_lashes(lashes, cage)}, scalp


def hold_brows(brows: Growth, cage: Surface) -> Growth:
    """Hold brows by cage vertices that a blink leaves alone."""
    triple, weights = bind(brows.points[:, 0], cage, -find_lids(cage)[cage.faces].max(1))
    return replace(brows, triple=triple, weights=weights)


def hold_lashes(lashes: Growth, cage: Surface) -> Growth:
    """Hold upper lashes by what closes in a blink and lower ones by what stays, however close the lids are."""
    closing = find_lids(cage)[cage.faces].mean(1)
    upper = lashes.points[:, -1, 1] > lashes.points[:, 0, 1]
    triple, weights = bind(lashes.points[:, 0], cage, np.where(upper[:, None], 0.4, -0.4) * closing)
    return replace(lashes, triple=triple, weights=weights)


def build(out: Path, cache: Path, size: int = 2048) -> Path:
    """Build the default presenter. out: folder to fill; cache: folder that keeps the downloaded packages;
    size: side of the skin texture in pixels.
    """
    sources = fetch(cache)
    base = read_base(sources)
    body = shape_body(base, sources)
    shapes = read_shapes(sources)
    body = settle(body, shapes)
    cages = cut_cages(base, body, shapes, sources)
    with TemporaryDirectory() as draft:
        bare = describe(body, sources, cages[0], (find_landmarks(cages[0]), np.zeros((68, 3))))
        write_head(Path(draft), cages, {}, {}, bare, {})
        head, coarse = load_head(Path(draft), 1), load_head(Path(draft), 0)
    smooth = Surface(head.meshes["skin"])
    growth, scalp = grow(body, sources, smooth, Surface(coarse.meshes["skin"]))
    marks = place_landmarks(cages[0], smooth, find_eyes(body, sources))
    out.mkdir(parents=True, exist_ok=True)
    head = replace(head, landmark_vertices=marks[0], landmark_shift=marks[1])
    textures = paint_all(Palette(out, size), head, sources, scalp.density, growth["brows"].points[:, 0])
    anatomy = describe(body, sources, cages[0], marks)
    sky = bake_occlusion(coarse, outer_lips(Surface(coarse.meshes["skin"]), sources))
    return write_head(out, cages, sky, growth, anatomy, textures)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engines.scene.builder", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for head.safetensors and the textures")
    parser.add_argument("--cache", type=Path, default=Path(".scratch/avatar"), help="folder for downloaded packages")
    parser.add_argument("--size", type=int, default=2048, help="side of the skin texture in pixels (default 2048)")
    options = parser.parse_args(arguments)
    try:
        print(build(options.out, options.cache, options.size))
    except EngineError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
