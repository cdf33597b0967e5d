"""Which of a character's own shapes each ARKit shape moves: guessed from their names, whatever tool made them.

Known: ARKit spelt in any way, FaceWarehouse and faceshift, Character Creator, VRM and VRoid, Oculus visemes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from engines.api.arkit import INDEX, NAMES
from engines.api.expressions import PAIRS

Mapping52 = Mapping[str, tuple[str, ...]]
"""ARKit shape -> the shapes of the character it moves; a shape left out moves nothing."""
_FILLERS = frozenset(
    {"bs", "blendshape", "blend", "shape", "morph", "target", "arkit", "face", "facial", "exp", "expression", "geo"}
    | {"key", "mesh", "fcl", "vrc", "viseme", "mth", "cc"}
)
_ALIKE = {"left": "l", "right": "r", "brows": "brow", "eyes": "eye", "lips": "lip"}
_SIDES = ("l", "r", "left", "right")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_CODE = re.compile(r"^[A-Z]\d\d_")
"""Character Creator numbers its shapes: A01_Brow_Inner_Up."""

_SIDED: dict[str, tuple[str, ...]] = {
    "eyeBlink": ("blink{s}", "eyeClose{s}", "eyeClosed{s}", "wink{s}", "blink", "eyeClose", "eyesClosed", "eyeBlink"),
    "eyeSquint": ("squint{s}", "eyeSquint", "eyesSquint"),
    "eyeWide": ("eyeOpen{s}", "eyeSpread{s}", "eyesWide", "eyeSpread", "eyeSurprised", "eyeWide"),
    "eyeLookDown": ("eye{s}LookDown", "eyeDown{s}", "lookDown", "eyesLookDown"),
    "eyeLookUp": ("eye{s}LookUp", "eyeUp{s}", "lookUp", "eyesLookUp"),
    "eyeLookIn": ("eye{s}Look{o}", "eyeIn{s}", "look{o}"),
    "eyeLookOut": ("eye{s}Look{s}", "eyeOut{s}", "look{s}"),
    "mouthSmile": ("smile{s}", "mouthCornerPull{s}", "mouthSmile", "smile", "joy", "fun", "happy"),
    "mouthFrown": ("frown{s}", "mouthCornerDepress{s}", "mouthFrown", "frown", "sorrow", "sad", "down"),
    "mouthDimple": ("dimple{s}", "dimpler{s}", "mouthDimple"),
    "mouthStretch": ("lipsStretch{s}", "mouthStretch", "i", "ih"),
    "mouthPress": ("lipPress{s}", "mouthPress"),
    "mouthLowerDown": ("mouthDownLower{s}", "lowerLipDown{s}", "mouthDownLower", "lipsLowerDown", "mouthLowerDown"),
    "mouthUpperUp": ("mouthUpUpper{s}", "upperLipUp{s}", "mouthUpUpper", "lipsUpperUp", "mouthUpperUp"),
    "browDown": ("browDrop{s}", "browLower{s}", "browsDown{s}", "browDown", "browsDown", "brwAngry"),
    "browOuterUp": ("browRaiseOuter{s}", "browsUp{s}", "browUp{s}", "browOuterUp", "browUp", "brwSurprised"),
    "cheekSquint": ("cheekRaise{s}", "cheekSquint"),
    "noseSneer": ("sneer{s}", "noseWrinkle{s}", "noseSneer", "sneer"),
}
"""Other names of shapes with two sides; {s} is the side, {o} the other one. A name for both sides serves each."""

_SINGLE: dict[str, tuple[str, ...]] = {
    "jawForward": ("jawFwd", "jawThrust", "jawFront"),
    "jawOpen": ("mouthOpen", "jawDrop", "a", "aa"),
    "mouthClose": ("lipsTogether", "lipsClosed"),
    "mouthFunnel": (
        "mouthFunnelUpLeft+mouthFunnelUpRight+mouthFunnelDownLeft+mouthFunnelDownRight",
        "lipsFunnel",
        "o",
        "oh",
    ),
    "mouthPucker": (
        "mouthPuckerUpLeft+mouthPuckerUpRight+mouthPuckerDownLeft+mouthPuckerDownRight",
        "lipsPucker",
        "kiss",
        "u",
        "ou",
    ),
    "mouthRollLower": ("mouthRollInLowerLeft+mouthRollInLowerRight", "mouthRollInLower", "lipRollLower"),
    "mouthRollUpper": ("mouthRollInUpperLeft+mouthRollInUpperRight", "mouthRollInUpper", "lipRollUpper"),
    "mouthShrugLower": ("chinRaise", "chinRaiser"),
    "browInnerUp": (
        "browRaiseInnerLeft+browRaiseInnerRight",
        "browInnerUpLeft+browInnerUpRight",
        "browsUpCentre",
        "browRaiseInner",
    ),
    "cheekPuff": ("cheekPuffLeft+cheekPuffRight", "puff", "cheeksPuff"),
    "tongueOut": ("tongue",),
}


def guess(targets: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """A mapping for shapes of these names; ARKit shapes nobody stands for are left out."""
    known: dict[tuple[str, ...], str] = {}
    for target in targets:
        spelt = words(target)
        known.setdefault(spelt, target)
        known.setdefault(("any order", *sorted(spelt)), target)

    def named(other: str) -> str:
        spelt = words(other)
        return known.get(spelt) or known.get(("any order", *sorted(spelt))) or ""

    found: dict[str, tuple[str, ...]] = {}
    for name in NAMES:
        for other in (name, *_others(name)):
            parts = tuple(named(part) for part in other.split("+"))
            if all(parts):
                found[name] = parts
                break
    return found


def words(name: str) -> tuple[str, ...]:
    """The words of a name whatever their case and separators; sides become l and r."""
    *before, plain = re.split(r"[.:|]", name)
    if before and plain.lower() in _SIDES:  # Blender: eyeBlink.L
        plain = f"{before[-1]}_{plain}"
    plain = _CODE.sub("", plain)
    plain = plain[plain.rfind("Fcl_") :] if "Fcl_" in plain else plain
    found = [word.lower() for word in _WORDS.findall(plain)]
    found = [_ALIKE.get(word, word) for word in found]
    kept = [word for word in found if word not in _FILLERS and not word.isdigit()]
    return tuple(kept or found)


def missing(mapping: Mapping52) -> tuple[str, ...]:
    """ARKit shapes that move nothing, in their order."""
    return tuple(name for name in NAMES if not mapping.get(name))


def driven(mapping: Mapping52, targets: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which ARKit shapes move which target: (k, 52). A target's weight is the largest of the shapes that move it."""
    table = np.zeros((len(targets), len(NAMES)), bool)
    place = {target: k for k, target in enumerate(targets)}
    for name, moved in mapping.items():
        for target in moved:
            if target in place and name in INDEX:
                table[place[target], INDEX[name]] = True
    return table


def target_weights(table: NDArray[np.bool_], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights of a character's shapes (..., k) for ARKit weights (..., 52)."""
    return np.where(table, weights[..., None, :], 0.0).max(-1, initial=0.0).astype(np.float32)


def _others(name: str) -> tuple[str, ...]:
    """What other tools call an ARKit shape, the best name first."""
    warehouse = tuple(ours for ours, theirs in PAIRS.items() if name in theirs)
    if not name.endswith(("Left", "Right")) or name in ("jawLeft", "jawRight", "mouthLeft", "mouthRight"):
        return (*warehouse, *_SINGLE.get(name, ()))
    side = "Left" if name.endswith("Left") else "Right"
    other = "Right" if side == "Left" else "Left"
    sided = _SIDED.get(name.removesuffix(side), ())
    return (*warehouse, *(text.format(s=side, o=other) for text in sided))
