"""Knows how the parts of the presenter are cut from the sources: cages with face shapes, ready to be written."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engines.api.arkit import INDEX
from engines.scene.builder.atlas import SKIN, SUIT, pack
from engines.scene.builder.identity import Body
from engines.scene.builder.sources import BaseMesh, Doubles, Ints, Part, Sources

DEPTH = {"skin": 62.0, "suit": 66.0}
"""Centimetres below the crown where the body is cut: a news mid-shot ends above."""

TEETH_SHIFT = {"upper": (0.0, -0.43, 0.08), "lower": (0.0, -0.30, 0.0)}
"""The base mesh's upper row sits above the lip line (cm)."""

STRONGER = {"noseSneerLeft": 1.8, "noseSneerRight": 1.8}
"""Face units that are too weak as they come."""

TONGUE_LIFT = 0.30
"""Rise per way forward of the tongue put out: it must pass over the lower lip, not through it."""

NECK = {"head": 1.0, "neck03": 0.45, "neck02": 0.25, "neck01": 0.10}
"""How far each bone of the neck follows the head."""


@dataclass(frozen=True, eq=False)
class Cage:
    """A part before subdivision: rest (v, 3), shapes (52, v, 3), follow (v,), quads with texture corners."""

    name: str
    rest: Doubles
    shapes: Doubles
    follow: Doubles
    quads: Ints
    uv: Doubles
    uv_quads: Ints
    smooth: bool
    source: Ints  # (v,) base vertex of each, -1 where there is none


def read_shapes(sources: Sources) -> Doubles:
    """Read the face units, weak ones made stronger: (52, VERTICES, 3) cm."""
    shapes = sources.face_units()
    for name, factor in STRONGER.items():
        shapes[INDEX[name]] *= factor
    out = shapes[INDEX["tongueOut"]]
    out[:, 1] += TONGUE_LIFT * out[:, 2]
    return shapes


REST = {
    "mouthClose": 0.022,
    "mouthPressLeft": 0.03,
    "mouthPressRight": 0.03,
    "mouthSmileLeft": 0.07,
    "mouthSmileRight": 0.06,
    "eyeWideLeft": 0.20,
    "eyeWideRight": 0.20,
}
"""Face units mixed into the face at rest: the lips meet without a slit, the look is open and friendly."""


def settle(body: Body, shapes: Doubles) -> Body:
    """Mix the resting face into the body."""
    return replace(body, points=body.points + sum(share * shapes[INDEX[name]] for name, share in REST.items()))


def cut_skin(base: BaseMesh, body: Body, shapes: Doubles, sources: Sources, hidden: NDArray[np.bool_]) -> Cage:
    """Cut head and neck from the body; hidden: (VERTICES,) vertices under the suit."""
    crown = body.points[sources.groups["body"], 1].max()
    high = body.points[base.quads][:, :, 1].min(1) > crown - DEPTH["skin"]
    keep = (base.group == "body") & high & ~hidden[base.quads].all(1)
    used, quads = np.unique(base.quads[keep], return_inverse=True)
    corners, uv_quads = np.unique(base.uv_quads[keep], return_inverse=True)
    whole = Cage(
        "skin",
        body.points[used],
        shapes[:, used],
        np.clip(sources.bone_weights(NECK | jaw_bones(sources)), 0, 1)[used],
        quads.reshape(-1, 4).astype(np.int32),
        base.uv[corners],
        uv_quads.reshape(-1, 4).astype(np.int32),
        True,
        used.astype(np.int32),
    )
    uv, owner = pack(whole.uv, whole.uv_quads, SKIN)
    return keep_faces(whole, owner >= 0, uv)


def jaw_bones(sources: Sources) -> dict[str, float]:
    """Every bone of the face turns with the head: bone to share 1."""
    import json

    rig = json.loads((sources.base / "rigs" / "standard" / "rig.default.json").read_text())
    below = {"head"}
    while more := {bone for bone, about in rig.items() if about["parent"] in below} - below:
        below |= more
    return dict.fromkeys(below, 1.0)


def hang_part(name: str, part: Part, body: Body, shapes: Doubles, sources: Sources, smooth: bool) -> Cage:
    """Bind a proxy to the body; it takes over the face shapes of the vertices that hold it."""
    follow = np.clip(sources.bone_weights(NECK | jaw_bones(sources)), 0, 1)
    blend = part.weights
    return Cage(
        name,
        np.einsum("vk,vkj->vj", blend, body.points[part.reference]) + part.offsets,
        np.einsum("vk,lvkj->lvj", blend, shapes[:, part.reference]),
        np.einsum("vk,vk->v", blend, follow[part.reference]),
        part.quads,
        part.uv,
        part.uv_quads,
        smooth,
        np.full(len(blend), -1, np.int32),
    )


def keep_faces(cage: Cage, keep: NDArray[np.bool_], uv: Doubles | None = None) -> Cage:
    """Drop the other faces and what only they use."""
    used, quads = np.unique(cage.quads[keep], return_inverse=True)
    corners, uv_quads = np.unique(cage.uv_quads[keep], return_inverse=True)
    return Cage(
        cage.name,
        cage.rest[used],
        cage.shapes[:, used],
        cage.follow[used],
        quads.reshape(-1, 4).astype(np.int32),
        (cage.uv if uv is None else uv)[corners],
        uv_quads.reshape(-1, 4).astype(np.int32),
        cage.smooth,
        cage.source[used],
    )


def tailor_suit(part: Part, body: Body, shapes: Doubles, sources: Sources) -> Cage:
    """Hang the suit on the body and drop what a mid-shot never shows."""
    cage = hang_part("suit", part, body, shapes, sources, True)
    crown = body.points[sources.groups["body"], 1].max()
    cage = keep_faces(cage, cage.rest[cage.quads][:, :, 1].min(1) > crown - DEPTH["suit"])
    uv, owner = pack(cage.uv, cage.uv_quads, SUIT)
    return keep_faces(cage, owner >= 0, uv)


def set_teeth(part: Part, body: Body, shapes: Doubles, sources: Sources) -> Cage:
    """Hang both rows of teeth and bring them to the lip line."""
    cage = hang_part("teeth", part, body, shapes, sources, False)
    lower = np.abs(cage.shapes[INDEX["jawOpen"]]).max(1) > 1e-3
    cage.rest[lower] += TEETH_SHIFT["lower"]
    cage.rest[~lower] += TEETH_SHIFT["upper"]
    cage.follow[:] = 1.0
    return cage
