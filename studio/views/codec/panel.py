"""The codec panel: one page sends speech at a few kilobits per second, one has people rate what is left of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from studio.actions.desk import Desk
from studio.bridge.coder import Coder
from studio.bridge.stimuli import StimuliMaker
from studio.session.coding import Coding, Doing
from studio.session.listening import ListeningTest, Stage
from studio.views.codec.rating import RatingView
from studio.views.codec.send import SendView
from studio.views.comparison.keys import Keys
from studio.views.comparison.sources import dropped_file


class CodecPanel(QWidget):
    """Two pages; files dropped go to the one in front."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.coding = Coding()
        self.coder = Coder(self.coding, desk.rooms, desk.tasks, desk.jobs, desk.notices)
        self.send = SendView(desk, self.coding, self.coder)
        self.listening = ListeningTest()
        self.maker = StimuliMaker(self.listening, desk.rooms, desk.tasks, desk.jobs, desk.notices)
        self.rating = RatingView(desk, self.listening, self.maker)
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.addTab(self.send, "Send")
        self.pages.addTab(self.rating, "Listening test")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        self._keys = (Keys(self, self.send.keys()), Keys(self, self.rating.keys()))

    def close_panel(self) -> None:
        """Stop what runs and let go of the loudspeaker."""
        self.send.close_view()
        self.rating.close_view()

    def event(self, event: QEvent) -> bool:
        """Take the page's keys before shortcuts of the window do."""
        if event.type() == QEvent.Type.ShortcutOverride:
            keys = self._page_keys()
            if keys is not None and keys.claims(event, self.focusWidget()):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Run the page's keys."""
        keys = self._page_keys()
        run = None if keys is None else keys.run_of(event)
        if run is None:
            super().keyPressEvent(event)
        else:
            run()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file, where the page in front has use for it."""
        if dropped_file(event.mimeData()) is not None and self._takes_files():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Send the file dropped, or have it rated."""
        path = dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            (self.coder if self.pages.currentWidget() is self.send else self.maker).open(path)

    def _takes_files(self) -> bool:
        if self.pages.currentWidget() is self.send:
            return self.coding.now.doing is Doing.NOTHING
        return self.listening.now.stage is Stage.SETUP

    def _page_keys(self) -> Keys | None:
        """Keys of the page in front; the setup and the results of a test have none."""
        if self.pages.currentIndex() == 1 and not self.rating.rating:
            return None
        return self._keys[self.pages.currentIndex()]
