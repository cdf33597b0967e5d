"""The mapping of a character: which of its own shapes each of the 52 moves, finished by hand and seen at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engines.api.arkit import NAMES
from studio.actions.characters import Mapped, characters_of, read_mapping, save_mapping
from studio.actions.desk import Desk
from studio.actions.telling import tell
from studio.document.tuning import REGIONS
from studio.views.parts import label, push_button, row
from studio.views.theme import colour, icon
from studio.views.tuning.names import REGION_TITLES, TITLES

EDGE = 24


class MappingDialog(QDialog):
    """Left the 52 shapes with what they move, right the character's own shapes to tick; the avatar shows the chosen."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self.setWindowTitle("Map shapes")
        self._desk, self._over = desk, parent
        self._mapped: Mapped | None = None
        self.mapping: dict[str, tuple[str, ...]] = {}
        self.title, self.told = label("Map shapes", "title"), label("Reading the character…", "dim", wrap=True)
        self.shapes, self.targets = QTreeWidget(), QListWidget()
        self.shapes.setHeaderLabels(["Shape", "Moves"])
        self.shapes.setRootIsDecorated(False)
        self.shapes.setColumnWidth(0, 170)
        self.search, self.gaps = QLineEdit(), QCheckBox("Only missing")
        self.search.setPlaceholderText("Search the character's shapes")
        self.search.addAction(icon("search", "faint"), QLineEdit.ActionPosition.LeadingPosition)
        self.guess_again = push_button("Guess again", "retake")
        self.keep = push_button("Keep mapping", "check", primary=True)
        self._lay_out()
        self._listen()
        self._read()
        self.resize(680, 620)

    def _lay_out(self) -> None:
        left, right, sides = QWidget(), QWidget(), QSplitter()
        for side, parts in ((left, (self.gaps, self.shapes)), (right, (self.search, self.targets))):
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(8)
            for part in parts:
                column.addWidget(part)
            sides.addWidget(side)
        sides.setSizes([440, 300])
        self.gaps.setMinimumHeight(self.search.sizeHint().height())  # both lists begin at one height
        close = push_button("Cancel")
        close.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self.told)
        column.addWidget(sides, 1)
        column.addLayout(row(self.guess_again, 1, close, self.keep))
        for button in (self.guess_again, self.keep):
            button.setEnabled(False)

    def showEvent(self, event: QShowEvent) -> None:
        """At the right of the window: the face that shows what is mapped stands at the left."""
        super().showEvent(event)
        window = self._over.window().geometry()
        self.move(window.right() - self.width() - EDGE, window.top() + (window.height() - self.height()) // 2)

    def _listen(self) -> None:
        self.shapes.currentItemChanged.connect(lambda now, before: self._show_targets())
        self.targets.itemChanged.connect(self._tick)
        self.search.textChanged.connect(lambda _: self._filter())
        self.gaps.toggled.connect(lambda _: self._filter())
        self.guess_again.clicked.connect(self._guess)
        self.keep.clicked.connect(self._keep)

    def _read(self) -> None:
        key, characters = self._desk.document.project.clip.character, characters_of(self._desk)
        task = self._desk.tasks.run(lambda: read_mapping(key, characters), self._open, channel="mapping")
        task.failed.connect(lambda error, details: self.told.setText(tell(error, details)[0]))

    def _open(self, mapped: Mapped) -> None:
        self._mapped, self.mapping = mapped, dict(mapped.mapping)
        self.title.setText(f"Map shapes of “{mapped.ref.title}”")
        for region, names in REGIONS.items():
            for name in (n for n in names if n in NAMES):
                item = QTreeWidgetItem([TITLES[name], ""])
                item.setData(0, Qt.ItemDataRole.UserRole, name)
                item.setToolTip(0, f"{REGION_TITLES[region]}: {name}")
                self.shapes.addTopLevelItem(item)
        for target in mapped.targets:
            item_ = QListWidgetItem(target)
            item_.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item_.setCheckState(Qt.CheckState.Unchecked)
            self.targets.addItem(item_)
        for button in (self.guess_again, self.keep):
            button.setEnabled(True)
        self._fill()
        first = self._first()
        if first is not None:
            self.shapes.setCurrentItem(first)

    def _first(self) -> QTreeWidgetItem | None:
        """The first shape that moves nothing yet, or the first of all."""
        items = [self.shapes.topLevelItem(i) for i in range(self.shapes.topLevelItemCount())]
        free = (item for item in items if item is not None and not self.mapping.get(_name(item)))
        return next(free, items[0] if items else None)

    def _fill(self) -> None:
        """What every shape moves, and how many move nothing."""
        without = [name for name in NAMES if not self.mapping.get(name)]
        for i in range(self.shapes.topLevelItemCount()):
            item = self.shapes.topLevelItem(i)
            if item is not None:
                moved = self.mapping.get(_name(item), ())
                item.setText(1, ", ".join(moved) or "nothing")
                item.setForeground(1, QColor(colour("dim" if moved else "warning")))
        done = len(NAMES) - len(without)
        rest = "" if not without else f" {len(without)} move nothing: choose one, then tick what it should move."
        self.told.setText(f"{done} of {len(NAMES)} shapes are mapped.{rest}")
        self._filter()
        self._desk.look.set(trial=dict(self.mapping))

    def _show_targets(self) -> None:
        """Tick what the chosen shape moves; the avatar shows it at full strength."""
        name = self._chosen()
        moved = self.mapping.get(name, ())
        self.targets.blockSignals(True)
        for i in range(self.targets.count()):
            item = self.targets.item(i)
            item.setCheckState(Qt.CheckState.Checked if item.text() in moved else Qt.CheckState.Unchecked)
        self.targets.blockSignals(False)
        self._desk.look.set(tried=name)

    def _tick(self, item: QListWidgetItem) -> None:
        name = self._chosen()
        if name:
            others = tuple(target for target in self.mapping.get(name, ()) if target != item.text())
            self.mapping[name] = (*others, item.text()) if item.checkState() == Qt.CheckState.Checked else others
            self._fill()

    def _guess(self) -> None:
        """Fill what moves nothing from the names; what was mapped by hand stays."""
        from engines.scene.mapping import guess

        assert self._mapped is not None
        self.mapping = guess(self._mapped.targets) | {k: v for k, v in self.mapping.items() if v}
        self._fill()
        self._show_targets()

    def _keep(self) -> None:
        assert self._mapped is not None
        save_mapping(self._desk, self._mapped, {name: moved for name, moved in self.mapping.items() if moved})
        self.accept()

    def _filter(self) -> None:
        wanted = self.search.text().lower().split()
        for i in range(self.targets.count()):
            item = self.targets.item(i)
            item.setHidden(not all(word in item.text().lower() for word in wanted))
        for i in range(self.shapes.topLevelItemCount()):
            shape = self.shapes.topLevelItem(i)
            if shape is not None:
                shape.setHidden(self.gaps.isChecked() and bool(self.mapping.get(_name(shape))))

    def _chosen(self) -> str:
        item = self.shapes.currentItem()
        return _name(item) if item is not None else ""

    def done(self, result: int) -> None:
        """Closed in any way: the avatar shows the story again, by the mapping that is kept."""
        kept = result == QDialog.DialogCode.Accepted
        mapped = self._desk.look.now.mapped
        self._desk.look.set(tried="", trial=None, mapped=mapped if kept else mapped + 1)
        super().done(result)


def _name(item: QTreeWidgetItem) -> str:
    return str(item.data(0, Qt.ItemDataRole.UserRole))
