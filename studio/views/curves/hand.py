"""What the mouse does to keys: choose them by click or by a box, drag them, add one; a drag is one step of undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt

from studio.actions.avatar import tuning_of
from studio.actions.curves import ChosenKeys, add_key, drag_keys, rate_of
from studio.actions.desk import Desk
from studio.document.keys import Chosen
from studio.document.tuning import Key, Tuning
from studio.views.curves.plot import Plot

STILL_PX = 3.0
"""A press that moves less than this is a click."""
NONE: Chosen = frozenset()


@dataclass(frozen=True, eq=False)
class Found:
    """What is under the mouse: a key of a channel, or the curve itself (key None)."""

    shape: str
    key: Key | None


class KeyHand:
    """One drag at a time. chosen: the keys chosen now, by channel."""

    def __init__(self, desk: Desk, changed: Callable[[], object]) -> None:
        self._desk, self._changed = desk, changed
        self.chosen: dict[str, Chosen] = {}
        self.ripple = False
        self.box: QRectF | None = None
        self.holds = ""
        """What is held: keys, box, playhead, or nothing."""
        self._from = QPointF()
        self._base = Tuning()
        self._held: ChosenKeys = {}
        self._gesture: object = None
        self._moved = False

    def choose(self, chosen: ChosenKeys) -> None:
        """Choose exactly these."""
        self.chosen = {shape: keys for shape, keys in chosen.items() if keys}
        self._changed()

    def press(self, point: QPointF, found: Found | None, modifiers: Qt.KeyboardModifier) -> None:
        """Take hold of a key; elsewhere begin a box, which chooses."""
        self._from, self._moved = point, False
        more = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if found is not None and found.key is not None:
            keys = self.chosen.get(found.shape, NONE)
            if more:
                self.choose({**self.chosen, found.shape: keys ^ {found.key}})
            elif found.key not in keys:
                self.choose({found.shape: frozenset({found.key})})
            self.holds, self._gesture = "keys", object()
            self._base, self._held = tuning_of(self._desk), dict(self.chosen)
        else:
            if not more:
                self.choose({})
            self.holds, self.box = "box", QRectF(point, point)

    def move(self, point: QPointF, plot: Plot, inside: Callable[[QRectF], ChosenKeys]) -> None:
        """Drag what is held."""
        self._moved = self._moved or (point - self._from).manhattanLength() >= STILL_PX
        if not self._moved:
            return
        if self.holds == "box":
            self.box = QRectF(self._from, point).normalized()
            self.choose(inside(self.box))
        elif self.holds == "keys":
            self._drag(point, plot)

    def release(self, point: QPointF, plot: Plot) -> bool:
        """Let go; returns whether it was a click on an empty place."""
        clicked = self.holds == "box" and not self._moved
        self.holds, self.box = "", None
        self._desk.document.end_gesture()
        self._changed()
        return clicked

    def add(self, point: QPointF, plot: Plot, found: Found | None, drawn: tuple[str, ...]) -> None:
        """Add a key where the mouse is: on the curve under it, else on the first one drawn, bent to the mouse."""
        if found is not None and found.key is not None:
            return
        shape = found.shape if found is not None else drawn[0]
        value = None if found is not None else plot.value(point.y(), shape)
        self.choose(add_key(self._desk, shape, plot.at_s(point.x()), value))

    def keep_to(self, known: dict[str, frozenset[Key]]) -> None:
        """Let go of keys that are gone."""
        self.chosen = {s: k & known.get(s, NONE) for s, k in self.chosen.items() if k & known.get(s, NONE)}

    def _drag(self, point: QPointF, plot: Plot) -> None:
        """Time snaps to frames; each channel moves by its own scale."""
        rate = rate_of(self._desk)
        by_s = round((plot.at_s(point.x()) - plot.at_s(self._from.x())) * rate) / rate
        by = {shape: (self._from.y() - point.y()) * plot.per_pixel(shape) for shape in self._held}
        kept = drag_keys(self._desk, self._held, self._base, by_s, by, ripple=self.ripple, gesture=self._gesture)
        self.choose(kept)
