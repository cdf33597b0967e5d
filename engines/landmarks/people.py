"""Makes people for the camera: the shipped head with the released morphs mixed anew, seed by seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from engines.scene.builder.cages import cut_skin, read_shapes, settle
from engines.scene.builder.identity import BUILD, OLD, ORIGIN, shape_body
from engines.scene.builder.sources import Doubles, Ints, Sources, fetch, read_base
from engines.scene.head import Floats, Head, Mesh, Strands

PARTS = ("chin", "cheek", "eyebrows", "eyes", "forehead", "head", "mouth", "nose", "asym")
AMOUNT = {"asym": 0.16, "head": 0.30, "eyes": 0.40}
"""Spread of the shares of each part's morphs (0.5 where not named)."""
CHANCE = 0.22
NEAR = 8


@dataclass(frozen=True, eq=False)
class Family:
    """What people are mixed from.

    source: (v,) base vertex of each skin vertex; default: (VERTICES, 3) the shipped head's own macro morphs.
    """

    sources: Sources
    source: Ints
    default: Doubles
    names: tuple[str, ...]


def open_family(cache: Path) -> Family:
    """Read the sources of the shipped head, downloading what the cache lacks. Raises EngineError without a network."""
    sources = fetch(cache)
    base = read_base(sources)
    body = settle(shape_body(base, sources), read_shapes(sources))
    suit = sources.part("clothes/male_elegantsuit01")
    skin = cut_skin(base, body, np.zeros((52, len(body.points), 3)), sources, suit.covers)
    default = sum_macros(sources, ORIGIN, 1.0, OLD) + sum(
        a * sources.morph(f"macrodetails/{n}") for n, a in BUILD.items()
    )
    names = [path for part in PARTS for path in sorted((sources.base / "targets" / part).glob("*.target.gz"))]
    chosen = (f"{path.parent.name}/{path.name.removesuffix('.target.gz')}" for path in names)
    return Family(sources, skin.source, default, tuple(name for name in chosen if "/r-" not in name))


def sum_macros(sources: Sources, origins: dict[str, float], male: float, old: float) -> Doubles:
    """The offsets (VERTICES, 3) of where people's families come from, by sex and age."""
    total = np.zeros_like(sources.morph("head/head-oval"))
    for origin, share in origins.items():
        for sex, much in (("male", male), ("female", 1 - male)):
            for age, part in (("young", 1 - old), ("old", old)):
                if share * much * part > 0.01:
                    total += share * much * part * sources.morph(f"macrodetails/{origin}-{sex}-{age}")
    return total


def mix(family: Family, random: np.random.Generator) -> Doubles:
    """The offsets (VERTICES, 3) that turn the shipped head into another person, the place between the eyes kept."""
    sources = family.sources
    shares = random.dirichlet((0.6, 0.6, 0.6))
    origins = dict(zip(ORIGIN, (float(s) for s in shares), strict=True))
    male, old = float(random.beta(0.4, 0.4)), float(random.beta(0.8, 1.6))
    total = sum_macros(sources, origins, male, old) - family.default
    weight = random.choice(["minweight", "averageweight", "averageweight", "maxweight"])
    for sex, much in (("male", male), ("female", 1 - male)):
        for age, part in (("young", 1 - old), ("old", old)):
            total += much * part * sources.morph(f"macrodetails/universal-{sex}-{age}-averagemuscle-{weight}")
    for name in family.names:
        if random.random() < CHANCE:
            share = abs(random.normal(0, AMOUNT.get(name.split("/")[0], 0.5)))
            total += share * sources.morph(name)
            if "/l-" in name:
                total += share * random.uniform(0.9, 1.1) * sources.morph(name.replace("/l-", "/r-"))
    eyes = np.concatenate([sources.groups[f"helper-{side}-eye"] for side in "lr"])
    return total - total[eyes].mean(0)


def person(head: Head, family: Family, random: np.random.Generator, skin: Path | None, hair: bool) -> Head:
    """Another person: every surface and hair goes with the skin; skin: a picture that replaces the skin's own."""
    offsets = mix(family, random)
    moved = offsets[family.source].astype(np.float32)
    tree = cKDTree(head.meshes["skin"].rest)
    meshes = {name: carried(mesh, tree, moved) for name, mesh in head.meshes.items()}
    meshes["skin"] = replace(head.meshes["skin"], rest=head.meshes["skin"].rest + moved)
    strands = {n: swept(s, tree, moved) for n, s in head.strands.items() if hair or n != "hair"}
    centres = [offsets[family.sources.groups[f"helper-{side}-eye"]].mean(0) for side in "lr"]
    textures = head.textures | ({"skin_albedo": skin} if skin else {})
    return replace(
        head,
        meshes=meshes,
        strands=strands,
        eye_centres=(head.eye_centres + np.float32(centres)).astype(np.float32),
        textures=textures,
    )


def carried(mesh: Mesh, tree: cKDTree, moved: Floats) -> Mesh:
    """A mesh that goes with the skin next to it; what is rigid goes as a whole."""
    near = moved[tree.query(mesh.rest, NEAR)[1]].mean(1)
    if mesh.name in ("teeth", "tongue"):
        near = np.broadcast_to(near.mean(0), near.shape)
    return replace(mesh, rest=(mesh.rest + near).astype(np.float32))


def swept(strands: Strands, tree: cKDTree, moved: Floats) -> Strands:
    """Hairs that go with the skin at their roots."""
    near = moved[tree.query(strands.points[:, 0], NEAR)[1]].mean(1)
    return replace(strands, points=(strands.points + near[:, None]).astype(np.float32))
