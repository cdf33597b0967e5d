"""The booth on the full screen: avatar, caption and, behind Escape or a long press, the PIN pad that leads out."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from studio.actions.desk import Desk
from studio.actions.live import keep_recording
from studio.bridge.attract import Attract
from studio.session.booth import Booth, BoothState, PinLock
from studio.views.avatar.panel import AvatarPanel
from studio.views.booth.caption import Caption
from studio.views.booth.pad import PinPad

TICK_MS = 33
PATIENCE_MS = 20_000
"""A pad nobody touches for so long goes away: it was a visitor's."""
LONG_PRESS_MS = 2000
FOOT = 56


class BoothWindow(QDialog):
    """Opens on the whole screen and hides the studio; it closes only to the PIN, or to Escape while there is none."""

    def __init__(self, main: QWidget, desk: Desk) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle("Anchor Studio booth")
        self._main, self._desk = main, desk
        self._leaving = False
        self.booth = Booth(float(desk.settings.now.booth_idle_s))
        self.attract = Attract(desk.rooms)
        self.avatar = AvatarPanel(desk)
        self.avatar.bar.hide()
        self.avatar.view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.avatar)
        self.caption = Caption(self)
        self.pad: PinPad | None = None
        self._tick = QTimer(self, interval=TICK_MS)
        self._patience = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self._press = QTimer(self, interval=LONG_PRESS_MS, singleShot=True)
        self._tick.timeout.connect(self.look)
        self._patience.timeout.connect(self._close_pad)
        self._press.timeout.connect(self.ask_to_leave)
        self._lock = PinLock(desk.settings.now.booth_pin)
        self.booth.wipe.connect(desk.live.wipe)
        self.booth.changed.connect(self._follow)
        desk.live.changed.connect(self._follow_again)
        self.setCursor(Qt.CursorShape.BlankCursor)

    def begin(self) -> None:
        """Fill the screen, hide the studio, listen."""
        keep_recording(self._desk)
        self._desk.transport.pause()
        self.setGeometry(self.screen().geometry())  # also where no window manager hears of full screens
        self.showFullScreen()
        self._main.hide()
        self.avatar.begin()
        self.attract.begin()
        self._desk.live.start()
        self._follow(self.booth.state)
        self._tick.start()
        if not self._lock.kept:
            self._open_pad(PinPad(None))

    def look(self) -> None:
        """See how the microphone stands; called all the time."""
        state = self._desk.live.state
        self.booth.hear(state.gate_open, hearing=state.hearing)
        self.caption.show_state(self.booth.state, state.level)
        if self.booth.state is not BoothState.LISTENING:
            self._desk.faces.refresh_live()

    def ask_to_leave(self) -> None:
        """Show the pad; without a PIN the way out is open."""
        if not self._lock.kept:
            self.leave()
        elif self.pad is None:
            self._open_pad(PinPad(self._lock))

    def leave(self) -> None:
        """Back to the studio; of the visitors nothing stays."""
        self._main.show()
        self.end()

    def end(self) -> None:
        """Close without asking: the studio itself is closing."""
        self._leaving = True
        self.close()

    # the pad

    def _open_pad(self, pad: PinPad) -> None:
        self._close_pad()
        self.pad = pad
        pad.setParent(self)
        pad.passed.connect(self.leave)
        pad.chosen.connect(self._choose)
        pad.cancelled.connect(self._close_pad if self._lock.kept else self.leave)
        pad.adjustSize()
        self._place()
        pad.show()
        pad.setFocus()
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._patience.start()

    def _close_pad(self) -> None:
        pad, self.pad = self.pad, None
        self._patience.stop()
        if pad is not None:
            pad.hide()
            pad.deleteLater()
            self.setCursor(Qt.CursorShape.BlankCursor)
            self.setFocus()

    def _choose(self, kept: str) -> None:
        self._desk.settings.set("booth_pin", kept)
        self._lock = PinLock(kept)
        self._close_pad()

    # what is shown

    def _follow(self, state: BoothState) -> None:
        """Somebody speaks: their face; nobody: the attract loop."""
        listening = state is BoothState.LISTENING
        if not listening:
            self.attract.begin()
        self._desk.faces.follow(self._desk.live if listening else self.attract)

    def _follow_again(self) -> None:
        """Live mode was begun anew and has taken the face for itself."""
        if not self._leaving:
            self._follow(self.booth.state)

    def _place(self) -> None:
        self.caption.move((self.width() - self.caption.width()) // 2, self.height() - self.caption.height() - FOOT)
        if self.pad is not None:
            size = self.pad.sizeHint()
            self.pad.setGeometry(
                (self.width() - size.width()) // 2, (self.height() - size.height()) // 2, size.width(), size.height()
            )
            self.pad.raise_()

    # events

    def showEvent(self, event: QShowEvent) -> None:
        """The first showing begins the booth."""
        super().showEvent(event)
        if not self._tick.isActive() and not self._leaving:
            QTimer.singleShot(0, self, self.begin)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Caption and pad keep their places."""
        super().resizeEvent(event)
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape asks for the PIN; nothing else does anything."""
        self._patience.start() if self.pad is not None else None
        if event.key() == Qt.Key.Key_Escape and self.pad is None:
            self.ask_to_leave()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A long press asks for the PIN where there is no keyboard."""
        self._press.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A short one does nothing."""
        self._press.stop()

    def reject(self) -> None:
        """Escape does not close the booth, as it would a dialog."""
        self.ask_to_leave()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window system cannot close it either."""
        if not self._leaving:
            event.ignore()
            self.ask_to_leave()
            return
        self._tick.stop()
        self._close_pad()
        self._desk.live.changed.disconnect(self._follow_again)
        self._desk.live.stop()
        self._desk.faces.follow(None)
        self.avatar.close_drawing()
        event.accept()
        self.finished.emit(0)
