"""Knows the mouth of every phone: ARKit targets and how strongly, and how far in time, each part of the mouth insists.

Targets are tuned on the product's own head, where jawOpen = 1 parts the inner lips by 3.4 cm.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from engines.api.arkit import INDEX

PARTS: dict[str, tuple[str, ...]] = {
    "jaw": ("jawOpen",),
    "up": ("mouthUpperUpLeft", "mouthUpperUpRight"),
    "low": ("mouthLowerDownLeft", "mouthLowerDownRight"),
    "funnel": ("mouthFunnel",),
    "pucker": ("mouthPucker",),
    "stretch": ("mouthStretchLeft", "mouthStretchRight"),
    "smile": ("mouthSmileLeft", "mouthSmileRight"),
    "press": ("mouthPressLeft", "mouthPressRight"),
    "roll_up": ("mouthRollUpper",),
    "roll_low": ("mouthRollLower",),
    "shrug_low": ("mouthShrugLower",),
    "close": ("mouthClose",),
    "tongue": ("tongueOut",),
}
"""Short names of the shapes speech uses."""

GROUPS: dict[str, tuple[str, ...]] = {
    "open": ("jaw", "up", "low"),
    "round": ("funnel", "pucker"),
    "wide": ("stretch", "smile"),
    "contact": ("press", "roll_up", "roll_low", "shrug_low", "close", "tongue"),
}
"""Parts that share one dominance function."""


@dataclass(frozen=True)
class Target:
    """One phone's mouth.

    shape: part -> weight; open, round, wide, contact: dominance of each group (alpha of Cohen and Massaro 1993, eq. 2);
    reach_s: how far beyond the phone rounding is felt; kind: "vowel", "consonant", "bilabial" or "labiodental".
    """

    shape: dict[str, float] = field(default_factory=dict)
    open: float = 0.6
    round: float = 0.3
    wide: float = 0.3
    contact: float = 0.5
    reach_s: float = 0.045
    kind: str = "consonant"


def _vowel(open_: float = 1.0, round_: float = 0.7, wide: float = 0.7, **shape: float) -> Target:
    reach_s = 0.075 if shape.get("pucker", 0.0) > 0.2 else 0.05
    return Target(shape, open_, round_, wide, 0.5, reach_s, "vowel")


_BILABIAL = Target({"jaw": 0.05}, 0.8, 0.1, 0.1, 0.6, kind="bilabial")
_LABIODENTAL = Target(
    {"jaw": 0.045, "up": 0.24, "roll_low": 0.42, "shrug_low": 0.1}, 1.3, 0.15, 0.3, 1.6, kind="labiodental"
)
_TIP = Target({"jaw": 0.08, "up": 0.08, "low": 0.16}, 0.75, 0.12, 0.25)
_HISS = Target({"jaw": 0.05, "up": 0.14, "low": 0.26, "stretch": 0.12}, 1.3, 0.2, 0.5)
_HUSH = Target({"jaw": 0.08, "up": 0.22, "low": 0.32, "funnel": 0.14, "pucker": 0.28}, 1.1, 1.1, 0.6, reach_s=0.07)
_DENTAL = Target({"jaw": 0.097, "up": 0.10, "low": 0.20, "tongue": 0.14}, 1.0, 0.2, 0.35, 1.0)
_BACK = Target({"jaw": 0.12, "low": 0.12, "up": 0.05}, 0.45, 0.1, 0.2)
_PALATAL = Target({"jaw": 0.08, "up": 0.08, "low": 0.16, "stretch": 0.14}, 0.7, 0.3, 0.6)
_LABIOVELAR = Target({"jaw": 0.065, "funnel": 0.05, "pucker": 0.64}, 1.1, 1.6, 0.6, reach_s=0.085)
_RHOTIC = Target({"jaw": 0.095, "low": 0.10, "funnel": 0.07, "pucker": 0.26}, 0.7, 0.7, 0.3, reach_s=0.06)
_BREATH = Target({"jaw": 0.14}, 0.08, 0.02, 0.02, 0.3)

VOWELS: dict[str, Target] = {
    "i": _vowel(1.0, 0.8, 1.0, jaw=0.105, up=0.14, low=0.24, stretch=0.26, smile=0.12),
    "ɪ": _vowel(0.9, jaw=0.145, up=0.10, low=0.20, stretch=0.16, smile=0.06),
    "e": _vowel(jaw=0.185, up=0.12, low=0.24, stretch=0.20, smile=0.08),
    "ɛ": _vowel(jaw=0.235, up=0.12, low=0.24, stretch=0.14, smile=0.04),
    "æ": _vowel(1.1, jaw=0.305, up=0.16, low=0.28, stretch=0.18, smile=0.06),
    "a": _vowel(1.1, jaw=0.325, up=0.14, low=0.26, stretch=0.10),
    "ɑ": _vowel(1.1, jaw=0.355, up=0.10, low=0.22),
    "ɒ": _vowel(1.0, 1.0, jaw=0.315, low=0.18, funnel=0.08, pucker=0.16),
    "ɔ": _vowel(1.0, 1.2, jaw=0.27, low=0.16, funnel=0.12, pucker=0.34),
    "ʌ": _vowel(jaw=0.255, up=0.08, low=0.20),
    "ə": _vowel(0.45, 0.25, 0.3, jaw=0.155, up=0.06, low=0.14),
    "ɜ": _vowel(0.9, 0.8, jaw=0.175, up=0.06, low=0.16, funnel=0.05, pucker=0.16),
    "o": _vowel(1.0, 1.3, 0.8, jaw=0.205, low=0.14, funnel=0.11, pucker=0.44),
    "ʊ": _vowel(0.9, 1.1, 0.8, jaw=0.145, low=0.12, funnel=0.09, pucker=0.38),
    "u": _vowel(1.0, 1.5, 0.9, jaw=0.1, low=0.06, funnel=0.08, pucker=0.62),
}
"""English vowel qualities; every other IPA vowel is read as its neighbour on the chart (ALIKE)."""

_CONSONANTS: dict[str, Target] = {
    "pbmɸβʙɓ": _BILABIAL,
    "fvɱʋⱱ": _LABIODENTAL,
    "θð": _DENTAL,
    "tdnlrɾɫɬɮɗɺ": _TIP,
    "sz": _HISS,
    "ʃʒɕʑʂʐ": _HUSH,
    "jcɟçʝɲʎ": _PALATAL,
    "kɡgŋxɣɰqɢχʁɴʀɠʈɖɳɭɽ": _BACK,
    "wʍɥ": _LABIOVELAR,
    "ɹɻ": _RHOTIC,
    "hɦʔħʕ": _BREATH,
}
TARGETS: dict[str, Target] = VOWELS | {c: target for keys, target in _CONSONANTS.items() for c in keys}
_CHART = "y>u ʏɨʉɯ>ʊ øɘɤɵ>o œɞɝ>ɜ ɶ>ɒ ɐᵿ>ʌ ᵻ>ɪ ɚᵊ>ə"
ALIKE: dict[str, str] = {symbol: pair[-1] for pair in _CHART.split() for symbol in pair[:-2]}
_LENGTH, _GLIDE_SHARE = "ː", 0.42


def segments(symbol: str) -> list[tuple[Target, float]]:
    """Split a phone symbol into simple mouths in order, each with its share of the phone's time.

    A diphthong's glide takes less time than its nucleus; an affricate is its two halves. Unknown symbols lose their
    diacritics, then fall back on the nearest chart neighbour, then on a schwa: any string gives at least one mouth.
    """
    bases = [b for b in (_base(c) for c in unicodedata.normalize("NFD", symbol)) if b] or ["ə"]
    targets = [TARGETS[b] for b in bases]
    shares = [1.0] + [_GLIDE_SHARE / (1 - _GLIDE_SHARE) if t.kind == "vowel" else 1.0 for t in targets[1:]]
    total = sum(shares)
    return [(target, share / total) for target, share in zip(targets, shares, strict=True)]


def _base(char: str) -> str:
    char = ALIKE.get(char, char)
    if char in TARGETS:
        return char
    if char == _LENGTH or not unicodedata.category(char).startswith("L") or unicodedata.category(char) == "Lm":
        return ""
    return char.lower() if char.lower() in TARGETS else "ə"


def columns(part: str) -> list[int]:
    """Columns of a part's shapes in an arkit.NAMES row."""
    return [INDEX[name] for name in PARTS[part]]
