"""The list of stories: title, length, whether the sound is up to date; drag to reorder."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.actions.desk import Desk
from studio.actions.speech import title_of
from studio.actions.stories import move_story
from studio.document import edits
from studio.document.project import Project, Story
from studio.views.theme import colour, font
from studio.views.timeline.timecode import short_time

Index = QModelIndex | QPersistentModelIndex
MIME = "application/x-anchor-story"


class State(IntEnum):
    """What a story's sound is worth."""

    SILENT = 0
    CURRENT = 1
    STALE = 2
    LIVE = 3


TONES = {State.SILENT: "faint", State.CURRENT: "success", State.STALE: "warning", State.LIVE: "accent"}
STATES = {
    State.SILENT: "Not spoken yet",
    State.CURRENT: "Up to date",
    State.STALE: "Changed since spoken",
    State.LIVE: "Speaking…",
}
TIPS = {
    State.SILENT: "Not spoken yet",
    State.CURRENT: "The sound says what the story says",
    State.STALE: "Changed since it was spoken: press Ctrl+Return",
    State.LIVE: "Being spoken",
}


class StoryModel(QAbstractListModel):
    """The stories of the document as Qt asks for them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._stories: tuple[Story, ...] = desk.document.project.stories
        desk.document.changed.connect(self._document_changed)
        desk.programme.laid.connect(self._touch)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many stories there are."""
        return 0 if parent.isValid() else len(self._stories)

    def story(self, index: Index) -> Story:
        """The story of a row."""
        return self._stories[index.row()]

    def row_of(self, story_id: str) -> int:
        """The row of a story, -1 if it is not there."""
        return next((i for i, story in enumerate(self._stories) if story.id == story_id), -1)

    def state(self, story: Story) -> State:
        """What its sound is worth."""
        if self._desk.programme.is_live(story.id):
            return State.LIVE
        if story.take is None:
            return State.SILENT
        return State.STALE if edits.is_stale(self._desk.document.project, story) else State.CURRENT

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Title and tip; the rest is drawn by the delegate."""
        if role == Qt.ItemDataRole.DisplayRole:
            return title_of(self.story(index))
        if role == Qt.ItemDataRole.ToolTipRole:
            return TIPS[self.state(self.story(index))]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be dragged between rows."""
        base = super().flags(index)
        return base | (Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled)

    def supportedDropActions(self) -> Qt.DropAction:
        """Moving only."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """What a dragged row is."""
        return [MIME]

    def mimeData(self, indexes: list[QModelIndex]) -> QMimeData:  # type: ignore[override]
        """The id of the dragged story."""
        data = QMimeData()
        data.setData(MIME, self.story(indexes[0]).id.encode())
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Move the story; the document tells the list, so Qt is told that nothing happened."""
        story_id = bytes(data.data(MIME).data()).decode()
        to = row if row >= 0 else len(self._stories)
        move_story(self._desk, story_id, to - (self.row_of(story_id) < to))
        return False

    def _document_changed(self, old: Project, new: Project) -> None:
        if [s.id for s in old.stories] != [s.id for s in new.stories]:
            self.beginResetModel()
            self._stories = new.stories
            self.endResetModel()
        else:
            self._stories = new.stories
            self._touch()

    def _touch(self) -> None:
        if self._stories:
            self.dataChanged.emit(self.index(0), self.index(len(self._stories) - 1))


class StoryDelegate(QStyledItemDelegate):
    """Draws a dot for the state, the title and the length."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One comfortable line."""
        return QSize(120, 32)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        model = index.model()
        assert isinstance(model, StoryModel)
        story = model.story(index)
        area: QRect = option.rect.adjusted(6, 1, -6, -1)
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected or state & QStyle.StateFlag.State_MouseOver:
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            painter.setBrush(colour("accent_wash" if chosen else "raised"))
            painter.drawRoundedRect(area, 6, 6)
        painter.setBrush(colour(TONES[model.state(story)]))
        painter.drawEllipse(area.x() + 10, area.center().y() - 3, 8, 8)
        self._write(painter, area, story)
        painter.restore()

    def _write(self, painter: QPainter, area: QRect, story: Story) -> None:
        length = short_time(story.take.seconds) if story.take is not None else ""
        painter.setFont(font(9, mono=True))
        painter.setPen(colour("dim"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area.adjusted(0, 0, -10, 0), middle | Qt.AlignmentFlag.AlignRight, length)
        painter.setFont(font())
        painter.setPen(colour("text"))
        room = area.adjusted(28, 0, -56, 0)
        title = painter.fontMetrics().elidedText(title_of(story), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, middle, title)


class StoryList(QListView):
    """The list; the selected row is the story being edited."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._model = desk, StoryModel(desk)
        self.setModel(self._model)
        self.setItemDelegate(StoryDelegate(self))
        self.setMouseTracking(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDropIndicatorShown(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.selectionModel().currentChanged.connect(self._chosen)
        self._model.modelReset.connect(self._follow)
        desk.selection.changed.connect(lambda old, new: self._follow())
        self._follow()

    def _chosen(self, current: QModelIndex) -> None:
        if current.isValid():
            self._desk.selection.select_story(self._model.story(current).id)

    def _follow(self) -> None:
        row = self._model.row_of(self._desk.selection.now.story)
        if row >= 0 and self.currentIndex().row() != row:
            self.setCurrentIndex(self._model.index(row))
