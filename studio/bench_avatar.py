"""Measures of `bench studio`: how many pictures of the avatar a second the window shows while sound moves its face."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.app import Studio

SIDE = 512
SETTLED_S, SECONDS = 3.0, 10.0
LONGEST_MS = 180_000


def shown_ms(home: Path, story: str) -> list[float]:
    """When pictures of SIDE x SIDE came on screen in SECONDS of live mode, in ms since the first of them.

    The story's sound is the microphone. Raises RuntimeError where nothing is drawn or the network does not answer.
    """
    from studio.app import SWITCH_S, Places, Studio, application, spare_what_stands

    app = application()
    from PySide6.QtCore import QTimer

    from engines.room import ProcessRoom

    sys.setswitchinterval(SWITCH_S)
    studio = Studio(ProcessRoom(), Places.under(home))
    watch = Watch(studio, story)
    studio.window.first_paint.connect(studio.window.begin)
    studio.window.first_paint.connect(spare_what_stands)
    studio.window.first_paint.connect(watch.begin)
    studio.window.closed.connect(app.quit)
    QTimer.singleShot(LONGEST_MS, studio.window, studio.window.close)
    studio.window.show()
    app.exec()
    studio.close()
    if not watch.over:
        raise RuntimeError(watch.trouble or "The avatar was not drawn for three minutes.")
    return watch.at_ms


class Watch:
    """Speaks the story, plays it into live mode at the avatar desk, then notes when pictures are shown."""

    def __init__(self, studio: Studio, story: str) -> None:
        self.at_ms: list[float] = []
        self.over, self.trouble = False, ""
        self._studio, self._story = studio, story
        self._begun_s = 0.0
        self._live = False
        studio.desk.programme.mixed.connect(self._hear)
        studio.window.avatar.drawing.failed.connect(self._fail)

    def begin(self) -> None:
        """The window stands."""
        from studio.actions.speech import speak_story

        window = self._studio.window
        window.enter("avatar")
        window.avatar.view.setFixedSize(SIDE, SIDE)
        window.story.editor.insertPlainText(self._story)
        speak_story(self._studio.desk)

    def _hear(self) -> None:
        """The whole story is mixed: its sound is the microphone."""
        from studio.actions.exporting import has_sound
        from studio.audio.sources import FileSource

        desk = self._studio.desk
        audio = desk.programme.audio
        if self._live or audio is None or not has_sound(desk):
            return
        self._live = True
        desk.transport.pause()
        self._studio.window.avatar.view.canvas.painted.connect(self._shown)
        desk.live.start(FileSource(audio.samples, audio.rate_hz, loop=True))

    def _shown(self, seconds: float) -> None:
        """A picture is on screen; those before the network answers and has settled do not count."""
        if self._studio.desk.live.path.poses < SETTLED_S * 25:
            return
        now_s = time.perf_counter()
        self._begun_s = self._begun_s or now_s
        self.at_ms.append((now_s - self._begun_s) * 1000)
        if now_s - self._begun_s >= SECONDS and not self.over:
            self.over = True
            self._studio.window.close()

    def _fail(self, message: str, details: str) -> None:
        self.trouble = message
        self._studio.window.close()
