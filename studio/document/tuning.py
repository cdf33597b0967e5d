"""How an animator has tuned the face of a story: layers over the model's output, saved and undone with the project."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from engines.api.arkit import NAMES
from studio.document.errors import DocumentError

Model = Literal["rules", "static", "lstm", "gru", "recorded"]
"""What animates a take: the performance rules, a network, or what was seen while it was recorded live."""
SmoothingKind = Literal["none", "one-euro", "savitzky-golay"]
Emotion = Literal["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]
"""The eight emotions of RAVDESS as styles."""

HEAD: tuple[str, ...] = ("headPitch", "headYaw", "headRoll")
CHANNELS: tuple[str, ...] = (*NAMES, *HEAD)
"""What can be tuned: 52 shapes in [0, 1] and three turns of the head in radians, in the order of columns."""
COLUMN: dict[str, int] = {name: i for i, name in enumerate(CHANNELS)}
BLINKS: tuple[str, ...] = ("eyeBlinkLeft", "eyeBlinkRight")
GAZE: tuple[str, ...] = tuple(name for name in NAMES if name.startswith("eyeLook"))


def _named(*beginnings: str) -> tuple[str, ...]:
    return tuple(name for name in CHANNELS if name.startswith(beginnings))


REGIONS: dict[str, tuple[str, ...]] = {
    "brows": _named("brow"),
    "eyes": _named("eye"),
    "cheeks": _named("cheek", "nose"),
    "jaw": _named("jaw", "tongue"),
    "lips": _named("mouth"),
    "head": HEAD,
}
REGION_OF: dict[str, str] = {name: region for region, names in REGIONS.items() for name in names}

GAIN_LIMIT = 3.0
OFFSET_LIMIT = 1.0
TURN_LIMIT = 0.5
"""Largest offset of a turn of the head, radians."""


@dataclass(frozen=True)
class ShapeTuning:
    """One channel: value x gain + offset.

    locked: only its own gain, offset and keys touch it, and nothing may change those; solo: the view shows only such.
    """

    shape: str
    gain: float = 1.0
    offset: float = 0.0
    locked: bool = False
    solo: bool = False


@dataclass(frozen=True)
class RegionTuning:
    """A gain for all channels of a region."""

    region: str
    gain: float = 1.0


@dataclass(frozen=True)
class Smoothing:
    """cutoff_hz, beta: of the One-Euro filter; window_s, order: of the Savitzky-Golay polynomials."""

    kind: SmoothingKind = "none"
    cutoff_hz: float = 2.0
    beta: float = 1.0
    window_s: float = 0.2
    order: int = 2


@dataclass(frozen=True)
class Layer:
    """A layer of the performance that can be taken off or made stronger."""

    on: bool = True
    strength: float = 1.0

    @property
    def gain(self) -> float:
        """What its channels are multiplied by."""
        return self.strength if self.on else 0.0


@dataclass(frozen=True)
class Key:
    """A point of a curve, at a time of the take in seconds."""

    at_s: float
    value: float


@dataclass(frozen=True)
class Curve:
    """Keys of one channel, in time order, drawn over one take; over another take they are kept but do nothing.

    baked: from the first key to the last the keys are the curve; else a key's value is added to what lies below.
    """

    shape: str
    take: str
    keys: tuple[Key, ...] = ()
    baked: bool = False


@dataclass(frozen=True)
class Tuning:
    """All layers over the output of the model; the default changes nothing."""

    model: Model = "rules"
    shapes: tuple[ShapeTuning, ...] = ()
    regions: tuple[RegionTuning, ...] = ()
    smoothing: Smoothing = Smoothing()
    emotion: Emotion = "neutral"
    emotion_strength: float = 0.6
    blinks: Layer = Layer()
    gaze: Layer = Layer()
    curves: tuple[Curve, ...] = ()

    def __post_init__(self) -> None:
        """Refuse channels this program does not know. Raises DocumentError."""
        for name in (*(row.shape for row in self.shapes), *(curve.shape for curve in self.curves)):
            if name not in COLUMN:
                raise DocumentError(f"The face shape “{name}” is unknown here: update Anchor Studio to open this.")

    def shape(self, name: str) -> ShapeTuning:
        """How a channel is tuned."""
        return next((row for row in self.shapes if row.shape == name), ShapeTuning(name))

    def region_gain(self, name: str) -> float:
        """The gain of a region."""
        return next((row.gain for row in self.regions if row.region == name), 1.0)

    def curve(self, shape: str, take: str) -> Curve:
        """The keys of a channel over a take."""
        found = (curve for curve in self.curves if curve.shape == shape and curve.take == take)
        return next(found, Curve(shape, take))

    @property
    def soloed(self) -> frozenset[str]:
        """Channels that alone are shown; empty: all are."""
        return frozenset(row.shape for row in self.shapes if row.solo)


def with_shape(tuning: Tuning, name: str, **fields: Any) -> Tuning:
    """Change fields of a channel; a locked one only lets itself be unlocked or soloed."""
    old = tuning.shape(name)
    if old.locked:
        fields = {key: value for key, value in fields.items() if key in ("locked", "solo")}
    new = replace(old, **fields)
    rest = [row for row in tuning.shapes if row.shape != name]
    rows = rest if new == ShapeTuning(name) else [*rest, new]
    return replace(tuning, shapes=tuple(sorted(rows, key=lambda row: COLUMN[row.shape])))


def with_region(tuning: Tuning, name: str, gain: float) -> Tuning:
    """Give a region a gain."""
    rest = [row for row in tuning.regions if row.region != name]
    rows = rest if gain == 1.0 else [*rest, RegionTuning(name, gain)]
    return replace(tuning, regions=tuple(sorted(rows, key=lambda row: list(REGIONS).index(row.region))))


def with_curve(tuning: Tuning, curve: Curve) -> Tuning:
    """Put a curve in the place of the one of the same channel and take; one without keys is dropped."""
    if tuning.shape(curve.shape).locked:
        return tuning
    rest = [one for one in tuning.curves if (one.shape, one.take) != (curve.shape, curve.take)]
    rows = [*rest, curve] if curve.keys else rest
    return replace(tuning, curves=tuple(sorted(rows, key=lambda row: (row.take, COLUMN[row.shape]))))


def with_preset(tuning: Tuning, preset: Tuning) -> Tuning:
    """Take over all of a preset but model and keys; locked channels stay as they are."""
    locked = {row.shape for row in tuning.shapes if row.locked}
    rows = [row for row in tuning.shapes if row.locked] + [row for row in preset.shapes if row.shape not in locked]
    shapes = tuple(sorted(rows, key=lambda row: COLUMN[row.shape]))
    return replace(preset, model=tuning.model, curves=tuning.curves, shapes=shapes)


def as_preset(tuning: Tuning) -> Tuning:
    """What is worth keeping by name: no keys, which belong to one take, no solo, which is for looking."""
    shapes = tuple(row for row in (replace(row, solo=False) for row in tuning.shapes) if row != ShapeTuning(row.shape))
    return replace(tuning, model="rules", curves=(), shapes=shapes)
