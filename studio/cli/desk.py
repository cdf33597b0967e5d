"""What every command shares: a room to run jobs in, progress on stderr, results on stdout, errors in one sentence."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engines.api.events import Cancelled, Done, Event, Failed, Partial, Progress
from engines.api.jobs import Job
from engines.room import InlineRoom
from studio.session.pace import Pace


class CommandError(Exception):
    """One sentence for the user; the command exits with 2."""


class Desk:
    """Runs jobs in this process and speaks to the terminal."""

    def __init__(self, *, json_lines: bool = False) -> None:
        self._json = json_lines
        self._room = InlineRoom()
        self._line = False

    def run(self, job: Job, on_partial: Callable[[Any], None] = lambda value: None) -> Any:
        """Run a job to its end and return its result; each Partial goes to on_partial. Raises CommandError."""
        endings: list[Event] = []
        trouble: list[BaseException] = []
        pace = Pace()

        def listen(event: Event) -> None:
            if trouble:
                return
            try:
                if isinstance(event, Progress):
                    self.show(event, pace)
                elif isinstance(event, Partial):
                    on_partial(event.value)
                else:
                    endings.append(event)
            except BaseException as error:
                trouble.append(error)
                raise

        self._room.submit(job, listen)
        self._clear()
        if trouble:
            raise trouble[0]
        return result_of(endings[-1])

    def show(self, progress: Progress, pace: Pace) -> None:
        """Draw the progress line where a person looks at a terminal."""
        if self._json or not sys.stderr.isatty():
            return
        pace.add(progress, time.monotonic())
        share = "" if pace.fraction is None else f"{100 * pace.fraction:.0f} %"
        left = "" if pace.left_s is None else f", {pace.left_s:.0f} s left"
        print(f"\r\033[K{progress.stage} {share}{left}", end="", file=sys.stderr, flush=True)
        self._line = True

    def say(self, words: str, /, **fields: Any) -> None:
        """Report a result: words for a person, fields as one JSON object with --json."""
        self._clear()
        print(json.dumps(fields) if self._json else words, flush=True)

    def fail(self, sentence: str) -> None:
        """Print the one sentence of an error."""
        self._clear()
        print(f"anchor-studio: {sentence}", file=sys.stderr)

    def warn(self, sentence: str) -> None:
        """Print one sentence on what came out other than asked for."""
        self.fail(f"warning: {sentence}")

    def close(self) -> None:
        """Free the room."""
        self._room.close()

    def _clear(self) -> None:
        if self._line:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self._line = False


def result_of(ending: Event) -> Any:
    """The value of a job that ended well. Raises CommandError with its sentence otherwise."""
    if isinstance(ending, Done):
        return ending.value
    if isinstance(ending, Cancelled):
        raise CommandError("The job was cancelled.")
    assert isinstance(ending, Failed)
    if ending.details:
        raise CommandError(f"{ending.message} (This is a fault of the program; details are in {log(ending.details)}.)")
    raise CommandError(ending.message)


def log(details: str) -> Path:
    """Append a traceback to the log file and name it."""
    from platformdirs import user_log_path

    folder = user_log_path("anchor-studio", appauthor=False, ensure_exists=True)
    with (folder / "faults.log").open("a", encoding="utf-8") as file:
        file.write(details + "\n")
    return folder / "faults.log"
