"""Drives one job to its end, whatever room it runs in: every event told, exactly one ending last."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

from engines.api.events import Cancelled, Done, EngineError, Event, Failed
from engines.api.jobs import Job
from engines.api.rooms import Engine, Listener, LiveEngine
from engines.live import Intake, listen

EngineFor = Callable[[Job], Engine | LiveEngine]


def run_job(engine_for: EngineFor, job: Job, emit: Listener, stopped: Callable[[], bool]) -> None:
    """Drive one job to its end: emit every event, exactly one ending last; stop at the next yield when asked."""

    def work_through() -> Event:
        work = engine_for(job).run(job)  # type: ignore[union-attr]
        try:
            while not stopped():
                emit(next(work))
            work.close()
            return Cancelled()
        except StopIteration as end:
            return Done(end.value)

    emit(ending_of(work_through))


def run_live(
    engine_for: EngineFor, job: Job, intake: Intake, emit: Callable[[Any], None], stopped: Callable[[], bool]
) -> None:
    """Drive one live job until it is asked to stop."""

    def hear() -> Event:
        listen(engine_for(job), job, intake, emit, stopped)  # type: ignore[arg-type]
        return Cancelled()

    emit(ending_of(hear))


def ending_of(act: Callable[[], Event]) -> Event:
    """What an act returns, or the Failed that its exception means."""
    try:
        return act()
    except EngineError as error:
        return Failed(str(error))
    except MemoryError:
        return Failed("Memory ran out: close other programs or choose a smaller size.", traceback.format_exc())
    except (BrokenPipeError, ConnectionError):
        raise
    except Exception as error:
        return Failed(f"The engine broke off: {type(error).__name__}: {error}", traceback.format_exc())
