"""What the mouse does to the timeline: drag the playhead, mark a stretch, move an item, trim its ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt

from studio.actions.desk import Desk
from studio.bridge.passages import Passage
from studio.document import edits
from studio.document.project import ClipItem
from studio.session.transport import Span

SNAP_PX = 8.0
STILL_PX = 3.0
"""A press that moves less than this is a click."""
SHORTEST_S = 0.1
LABELS = {"whole": "Move on timeline", "start": "Trim start", "end": "Trim end"}


@dataclass(frozen=True, eq=False)
class Grip:
    """An item taken by the whole, by its start or by its end."""

    passage: Passage
    part: str


class Hand:
    """One drag at a time; a drag of an item is one step of undo."""

    def __init__(self, desk: Desk, px_per_s: Callable[[], float]) -> None:
        self._desk, self._px_per_s = desk, px_per_s
        self.holds = ""
        """What is held: playhead, mark, whole, start, end; empty for nothing."""
        self._from_s = 0.0
        self._moved = False
        self._item = ""
        self._gesture: object = None

    def press(self, at_s: float, grip: Grip | None, keys: Qt.KeyboardModifier) -> None:
        """Take hold."""
        self._from_s, self._moved, self._gesture = at_s, False, object()
        if keys & Qt.KeyboardModifier.ShiftModifier:
            self.holds = "mark"
            self._desk.selection.select_span(None)
        elif grip is not None:
            self.holds, self._item = grip.part, grip.passage.item.id
            self._select(grip.passage.item, toggle=bool(keys & Qt.KeyboardModifier.ControlModifier))
        else:
            self.holds = "playhead"
            self._desk.selection.select_items(frozenset())
            self._desk.transport.seek(at_s)

    def move(self, at_s: float) -> None:
        """Drag what is held."""
        self._moved = self._moved or abs(at_s - self._from_s) * self._px_per_s() >= STILL_PX
        if self.holds == "playhead":
            self._desk.transport.seek(at_s)
        elif self.holds == "mark" and self._moved:
            self._desk.selection.select_span(Span(*sorted((self._from_s, at_s))))
        elif self.holds and self._moved:
            self._drag_item(at_s)

    def release(self, at_s: float) -> None:
        """Let go; a click on an item puts the playhead there."""
        if self.holds in LABELS and not self._moved:
            self._desk.transport.seek(at_s)
        self.holds = ""
        self._desk.document.end_gesture()

    def _select(self, item: ClipItem, *, toggle: bool) -> None:
        if toggle:
            self._desk.selection.toggle_item(item.id)
        elif item.id not in self._desk.selection.now.items:
            self._desk.selection.select_items(frozenset({item.id}))
        self._desk.selection.select_story(item.story)

    def _drag_item(self, at_s: float) -> None:
        """Change the item by as much as the mouse moved; what the document could not follow stays to be made up for."""
        project = self._desk.document.project
        item = project.item(self._item)
        if item is None:
            return
        changed = edits.change_item(project, self._changed(item, at_s - self._from_s))
        after = changed.item(item.id) or item
        self._desk.document.edit(LABELS[self.holds], changed, gesture=self._gesture)
        self._from_s += (after.end_s - item.end_s) if self.holds == "end" else (after.start_s - item.start_s)

    def _changed(self, item: ClipItem, by_s: float) -> ClipItem:
        if self.holds == "start":
            by_s = min(max(by_s, -item.trim_s, -item.start_s), item.seconds - SHORTEST_S)
            return replace(item, start_s=item.start_s + by_s, trim_s=item.trim_s + by_s, seconds=item.seconds - by_s)
        if self.holds == "end":
            return replace(item, seconds=max(item.seconds + by_s, SHORTEST_S))
        return replace(item, start_s=self._snapped(item, item.start_s + by_s))

    def _snapped(self, item: ClipItem, start_s: float) -> float:
        """Near a neighbour's edge, the beginning or the playhead an item snaps to it."""
        near = [0.0, self._desk.transport.position_s]
        for passage in self._desk.programme.passages:
            if passage.item.id != item.id:
                near += [passage.item.end_s, passage.item.start_s - item.seconds]
        best = min(near, key=lambda s: abs(s - start_s))
        return best if abs(best - start_s) * self._px_per_s() < SNAP_PX else max(start_s, 0.0)
