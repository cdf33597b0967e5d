"""The bar above the lanes: play, loop, switch between original and decoded, zoom, save."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup

from studio.bridge.lanes_player import LanesPlayer
from studio.session.coding import State
from studio.views.codec.lanes import TITLES
from studio.views.parts import push_button, row
from studio.views.play_bar import PlayBar, named, tool


class Bar(PlayBar):
    """One line of controls."""

    heard = Signal(str)
    fit = Signal()
    loop_all = Signal()
    save = Signal()
    save_sound = Signal()

    def __init__(self, player: LanesPlayer) -> None:
        super().__init__(player, "a picture")
        numbered = enumerate(TITLES.items(), 1)
        self.lanes = {key: named(title, f"Hear this one ({i}); X changes over") for i, (key, title) in numbered}
        self.whole = tool("zoom-fit", "Show everything (F). Wheel: zoom; drag: pan; click: playhead")
        self.sound = push_button("Save sound…")
        self.sound.setToolTip("Write the decoded sound as WAV or FLAC")
        self.file = push_button("Save file…", "save")
        self._group = QButtonGroup(self)
        for button in self.lanes.values():
            self._group.addButton(button)
        parts = (self.play, self.loop, self.time, *self.lanes.values())
        self.setLayout(row(*parts, 1, self.whole, self.sound, self.file, margins=(8, 6, 12, 6), gap=4))
        self._listen()

    def show_state(self, now: State) -> None:
        """Enable what can be done."""
        self.sound.setEnabled(now.heard is not None)
        self.file.setEnabled(now.coded is not None and not now.coded.opened)
        if now.coded is not None:
            self.file.setText(f"Save {now.coded.packing.suffix}…")
            self.file.setToolTip(f"Write the {now.coded.packing.title} file (Ctrl+Shift+E)")

    def show_lanes(self, there: frozenset[str], heard: str) -> None:
        """Which sounds can be heard, and which one is."""
        for key, button in self.lanes.items():
            button.setEnabled(key in there)
            button.setChecked(key == heard)

    def _listen(self) -> None:
        self.loop.clicked.connect(self.loop_all)
        for key, button in self.lanes.items():
            button.clicked.connect(lambda _, chosen=key: self.heard.emit(chosen))
        self.whole.clicked.connect(self.fit)
        self.sound.clicked.connect(self.save_sound)
        self.file.clicked.connect(self.save)
