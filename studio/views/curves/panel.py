"""The curve editor as a panel: tools above the curves, or what to do while there are none."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from studio.actions.curves import (
    add_key,
    bake_curves,
    clear_curves,
    delete_keys,
    drawn_passage,
    scale_keys,
    stretch_keys,
)
from studio.actions.desk import Desk
from studio.document.keys import Chosen
from studio.views.curves.view import LARGER, CurvesView
from studio.views.parts import EmptyState, Switcher, label, row
from studio.views.theme import icon
from studio.views.timeline.axis import TimeAxis
from studio.views.tuning.names import TITLES, tone_of

STRETCH = 1.25


class CurvesPanel(QWidget):
    """Curves of the shapes chosen in the tuning panel, on the time axis all panels share."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self.view = CurvesView(desk, TimeAxis(self))
        self.legend = label("", "dim")
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.buttons: dict[str, QToolButton] = {}
        bar = QFrame()
        bar.setObjectName("PanelBar")
        tools = [self._button(*tool) for tool in self._tools()]
        self.ripple = self._button("ripple", "Ripple", "Later keys move along in time", self._set_ripple)
        self.ripple.setCheckable(True)
        bar.setLayout(row(self.legend, 1, *tools[:3], self.ripple, *tools[3:], margins=(12, 4, 8, 4), gap=2))
        hint = "Speak, record or import a story: the curves of its face appear here, over its sound."
        self.pages = Switcher(EmptyState("curves", "No curves yet", hint), self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.pages, 1)
        self._unlisten: list[Callable[[], None]] = [
            desk.document.changed.connect(lambda old, new: self._fill()),
            desk.selection.changed.connect(lambda old, new: self._fill()),
            desk.look.changed.connect(lambda old, new: self._redraw()),
        ]
        desk.faces.changed.connect(self._fill)
        self._fill()

    def close_panel(self) -> None:
        """Listen no more."""
        self._desk.faces.changed.disconnect(self._fill)
        for unlisten in self._unlisten:
            unlisten()

    def showEvent(self, event: QShowEvent) -> None:
        """In the window the panel follows the window's axis."""
        super().showEvent(event)
        shared = _axis_above(self)
        if shared is not None:
            self.view.follow(shared)

    def _tools(self) -> tuple[tuple[str, str, str, Callable[[], object]], ...]:
        hand = self.view.hand
        return (
            ("plus", "Add key", "Add a key at the playhead  (or double click)", self._add),
            ("trash", "Delete keys", "Delete the keys chosen  (Del)", lambda: delete_keys(self._desk, hand.chosen)),
            ("bake", "Bake", "Turn the marked stretch, or all, into keys  (B)", self._bake),
            ("scale-up", "Scale up", "Make what the keys do larger  (+)", lambda: self._scale(LARGER)),
            ("scale-down", "Scale down", "Make what the keys do smaller  (-)", lambda: self._scale(1 / LARGER)),
            ("spread", "Spread", "Spread the keys in time", lambda: self._stretch(STRETCH)),
            ("gather", "Gather", "Bring the keys together in time", lambda: self._stretch(1 / STRETCH)),
            ("close", "Remove all keys", "Take all keys off these curves", self._clear),
        )

    def _button(self, icon_name: str, title: str, tip: str, act: Callable[[], object]) -> QToolButton:
        button = self.buttons[title] = QToolButton()
        button.setIcon(icon(icon_name))
        button.setIconSize(QSize(16, 16))
        button.setToolTip(tip)
        button.setAccessibleName(title)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard stays with the curves
        button.clicked.connect(lambda: act())
        return button

    def _fill(self) -> None:
        self.pages.show_content(drawn_passage(self._desk) is not None)
        self.view.gather()
        self._tell()

    def _redraw(self) -> None:
        self._fill()
        self.view.redraw()

    def _tell(self) -> None:
        """The curves drawn, in their colours, and which buttons do something."""
        drawn = self._desk.look.now.drawn
        names = "&nbsp;&nbsp;&nbsp;".join(
            f'<span style="color:{tone_of(drawn, name).name()}">●</span> {TITLES[name]}' for name in drawn
        )
        self.legend.setText(names or "Click a shape in the tuning panel to draw its curve")
        ready = bool(self.view.curves)
        keyed = any(curve.curve.keys for curve in self.view.curves)
        for title, button in self.buttons.items():
            needs_keys = title not in ("Add key", "Bake", "Ripple")
            button.setEnabled(ready and (keyed or not needs_keys))

    def _set_ripple(self) -> None:
        self.view.hand.ripple = self.ripple.isChecked()

    def _add(self) -> None:
        chosen: dict[str, Chosen] = {}
        for name in self._desk.look.now.drawn:
            chosen |= add_key(self._desk, name, self._desk.transport.position_s, None)
        self.view.hand.choose(chosen)

    def _bake(self) -> None:
        bake_curves(self._desk, self._desk.look.now.drawn)

    def _scale(self, factor: float) -> None:
        hand = self.view.hand
        hand.choose(scale_keys(self._desk, hand.chosen, factor))

    def _stretch(self, factor: float) -> None:
        hand = self.view.hand
        hand.choose(stretch_keys(self._desk, hand.chosen, factor))

    def _clear(self) -> None:
        clear_curves(self._desk, self._desk.look.now.drawn)


def _axis_above(widget: QWidget) -> TimeAxis | None:
    """The time axis of the window this widget lives in, also while it floats."""
    above: QObject | None = widget.parent()
    while above is not None:
        axis = getattr(above, "axis", None)
        if isinstance(axis, TimeAxis):
            return axis
        above = above.parent()
    return None
