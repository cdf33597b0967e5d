"""Measures of `bench studio`: how soon the window is painted, how long its thread stalls, how fluent the avatar is.

Run as `python -m studio.bench`: one JSON row a line. Without a display it opens a virtual one (Xvfb).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.bench_avatar import shown_ms

if TYPE_CHECKING:
    from studio.app import Studio
    from studio.session import JobEntry

STARTS = 5
BEAT_MS = 5
STORY = (
    "Good evening. The harbour bridge reopened this morning after three weeks of repairs. "
    "Engineers replaced forty steel cables, and traffic is flowing again."
)
ROOT = Path(__file__).resolve().parents[1]


def rows() -> Iterator[dict[str, Any]]:
    """Time to the first paint, the longest stall during an export, pictures of the live avatar at 512x512."""
    with display(), tempfile.TemporaryDirectory() as folder:
        paints = [first_paint_s(Path(folder) / f"start{i}") for i in range(STARTS)]
        yield _row("first_paint_s", statistics.median(paints), "s", STARTS)
        stalls = longest_stalls_ms(Path(folder) / "stall")
        yield _row("longest_stall_ms", max(stalls), "ms", len(stalls))
        shown = shown_ms(Path(folder) / "avatar", STORY)
        yield _row("avatar_pictures_per_s", (len(shown) - 1) * 1000 / shown[-1], "1/s", len(shown))


def first_paint_s(home: Path) -> float:
    """Seconds from starting a fresh process until its window was painted, the start of Python included."""
    begun = time.monotonic()
    command = [sys.executable, "-m", "studio.bench", "--paint", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    return float(done.stdout.split()[-1]) - begun


def paint_once(home: Path) -> None:
    """In the fresh process: open the studio, print the clock's time of the first paint, close."""
    from studio.app import Places, Studio, application

    app = application()
    from engines.room import ProcessRoom

    studio = Studio(ProcessRoom(), Places.under(home))
    studio.window.first_paint.connect(lambda: print(time.monotonic(), flush=True))
    studio.window.first_paint.connect(studio.window.close)
    studio.window.closed.connect(app.quit)
    studio.window.show()
    app.exec()


def longest_stalls_ms(home: Path) -> list[float]:
    """How late each heartbeat of the GUI thread came while the story plays and a 1920x1080 clip is exported, in ms."""
    from studio.app import SWITCH_S, Places, Studio, application

    app = application()
    from engines.room import ProcessRoom

    sys.setswitchinterval(SWITCH_S)
    studio = Studio(ProcessRoom(), Places.under(home))
    heart = Heart(studio, home / "bench.mp4")
    studio.window.first_paint.connect(studio.window.begin)
    studio.window.closed.connect(app.quit)
    studio.window.show()
    app.exec()
    studio.close()
    if heart.trouble:
        raise RuntimeError(heart.trouble)
    return heart.late_ms


class Heart:
    """Speaks, then exports; while the export runs it notes how late each beat of a timer comes."""

    def __init__(self, studio: Studio, path: Path) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.late_ms: list[float] = []
        self.trouble = ""
        self._studio, self._path = studio, path
        self._last: float | None = None
        self._timer = QTimer(studio.window, interval=BEAT_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._speaking = self._exporting = False
        studio.desk.jobs.changed.connect(self._job_changed)
        studio.desk.programme.mixed.connect(self._export)
        studio.window.avatar.drawing.drawn.connect(self._speak)
        studio.window.avatar.drawing.failed.connect(self._speak)

    def _speak(self) -> None:
        """Once, when the window has settled: the avatar is drawn, or cannot be drawn here."""
        from studio.actions.speech import speak_story

        if self._speaking:
            return
        self._speaking = True
        self._studio.window.story.editor.insertPlainText(STORY)
        speak_story(self._studio.desk)

    def _export(self) -> None:
        """Once the whole story is mixed."""
        from studio.actions.exporting import ExportRequest, export_clip, has_sound
        from studio.session.transport import Span

        desk, story = self._studio.desk, self._studio.desk.story
        if self._exporting or story is None or story.take is None or not has_sound(desk):
            return
        self._exporting = True
        span = Span(0.0, story.take.seconds)
        clip = desk.document.project.clip
        request = ExportRequest(self._path, span, clip.fps, clip.width, clip.height, clip.presenter, "studio")
        export_clip(desk, request)
        desk.transport.set_loop(span)
        desk.transport.play()
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        if self._last is not None:
            self.late_ms.append((now - self._last) * 1000 - BEAT_MS)
        self._last = now

    def _job_changed(self, entry: JobEntry) -> None:
        if entry.running:
            return
        self.trouble = entry.message
        if self.trouble or entry.title.startswith("Export"):
            self._timer.stop()
            self._studio.window.close()


@contextlib.contextmanager
def display() -> Iterator[None]:
    """The display there is, else a virtual one for as long as it is needed."""
    if os.environ.get("DISPLAY") or sys.platform != "linux" or shutil.which("Xvfb") is None:
        yield
        return
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1920x1080x24", "+extension", "GLX"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with open(reading) as told:
            os.environ["DISPLAY"] = f":{told.readline().strip()}"
        try:
            yield
        finally:
            del os.environ["DISPLAY"]
            server.terminate()


def _row(metric: str, value: float, unit: str, n: int) -> dict[str, Any]:
    return {"bench": "studio", "case": "window", "metric": metric, "value": round(value, 3), "unit": unit, "n": n}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--paint"]:
        paint_once(Path(sys.argv[2]))
    else:
        for measured in rows():
            print(json.dumps(measured), flush=True)
