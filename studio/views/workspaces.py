"""The workspaces: which panels stand where for each kind of work, and how a window is laid out like that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

Groups = tuple[tuple[str, ...], ...]
"""Panels of one side of the window; those of one group share a place as tabs, the first in front."""
ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


@dataclass(frozen=True)
class Side:
    """What stands at a side: groups, the share of each along the side, and the side's share of the window."""

    groups: Groups = ()
    shares: tuple[float, ...] = ()
    size: float = 0.0


@dataclass(frozen=True)
class Workspace:
    """One arrangement. stage: whether the presenter stands in the middle."""

    stage: bool
    left: Side
    right: Side
    bottom: Side


NEWSROOM = Workspace(
    stage=True,
    left=Side((("story",),), (1.0,), 0.235),
    right=Side((("avatar", "lips"), ("jobs", "notices")), (0.64, 0.36), 0.2),
    bottom=Side((("timeline",), ("waveform", "spectrogram")), (0.64, 0.36), 0.29),
)
AVATAR_DESK = Workspace(
    stage=False,
    left=Side((("avatar",),), (1.0,), 0.62),
    right=Side((("tuning", "live", "jobs", "notices"),), (1.0,), 0.38),
    bottom=Side((("curves", "waveform", "timeline"),), (1.0,), 0.32),
)
SOUND_LAB = Workspace(
    stage=False,
    left=Side((("comparison", "codec"),), (1.0,), 0.8),
    right=Side((("jobs", "notices"),), (1.0,), 0.2),
    bottom=Side(),
)
WORKSPACES: dict[str, Workspace] = {"newsroom": NEWSROOM, "avatar": AVATAR_DESK, "sound": SOUND_LAB}
"""By key; titles and shortcuts are rows of studio.actions.viewing.SPACES."""
_AREAS = {
    "left": (Qt.DockWidgetArea.LeftDockWidgetArea, DOWN),
    "right": (Qt.DockWidgetArea.RightDockWidgetArea, DOWN),
    "bottom": (Qt.DockWidgetArea.BottomDockWidgetArea, ACROSS),
}


LOW = 800
"""Pixels upright below which the left side keeps the whole height, so that a story has more than two lines."""


def arrange(window: QMainWindow, docks: Mapping[str, QDockWidget], space: Workspace) -> None:
    """Lay the docks out; panels the workspace does not name are hidden, unknown names are passed over."""
    for dock in docks.values():
        dock.setFloating(False)
        window.removeDockWidget(dock)
    show_stage(window, space)
    low = window.height() < LOW
    window.setCorner(Qt.Corner.BottomLeftCorner, _AREAS["left" if low else "bottom"][0])
    for name, (area, along) in _AREAS.items():
        _fill(window, docks, getattr(space, name), area, along)
    width, height = max(window.width(), 1200), max(window.height(), 760)
    _resize(window, docks, space.left, ACROSS, round(width * space.left.size))
    _resize(window, docks, space.right, ACROSS, round(width * space.right.size))
    _resize(window, docks, space.bottom, DOWN, round(height * space.bottom.size))
    _share(window, docks, space.right, DOWN, height)
    _share(window, docks, space.bottom, ACROSS, width)


def show_stage(window: QMainWindow, space: Workspace) -> None:
    """Show the presenter in the middle, or leave the room to the docks."""
    middle = window.centralWidget()
    if middle is not None:
        middle.setVisible(space.stage)


def _heads(docks: Mapping[str, QDockWidget], side: Side) -> list[QDockWidget]:
    """The first panel there is of each group."""
    known = ([docks[name] for name in group if name in docks] for group in side.groups)
    return [group[0] for group in known if group]


def _fill(
    window: QMainWindow,
    docks: Mapping[str, QDockWidget],
    side: Side,
    area: Qt.DockWidgetArea,
    along: Qt.Orientation,
) -> None:
    known = [[docks[name] for name in group if name in docks] for group in side.groups]
    groups = [group for group in known if group]
    for i, (first, *_) in enumerate(groups):  # all places first: a place that has tabs cannot be split any more
        window.addDockWidget(area, first)
        if i:
            window.splitDockWidget(groups[i - 1][0], first, along)
    for first, *others in groups:
        for dock in others:
            window.tabifyDockWidget(first, dock)
        for dock in (first, *others):
            dock.show()
        first.raise_()


def _resize(
    window: QMainWindow, docks: Mapping[str, QDockWidget], side: Side, along: Qt.Orientation, size: int
) -> None:
    heads = _heads(docks, side)
    if heads:
        window.resizeDocks(heads[:1], [size], along)


def _share(window: QMainWindow, docks: Mapping[str, QDockWidget], side: Side, along: Qt.Orientation, size: int) -> None:
    heads = _heads(docks, side)
    if len(heads) > 1:
        window.resizeDocks(heads, [round(size * share) for share in side.shares[: len(heads)]], along)
