"""Files beside a clip: captions of the timeline and facial tracks of a story."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from engines.api.events import Cancelled, Done, Event, Failed
from engines.api.values import Performance, Speech, Word
from studio.actions.avatar import tuning_of
from studio.actions.characters import character_folder
from studio.actions.desk import Desk
from studio.actions.telling import run_told
from studio.bridge.outputs import RECORDED, face_job
from studio.bridge.passages import Passage
from studio.document.layers import tuned
from studio.session.transport import Span


def beside(desk: Desk, suffix: str) -> Path:
    """A name for a file of this story in the projects folder."""
    story = desk.story
    title = story.title if story is not None else desk.file.name
    safe = "".join(c if c.isalnum() or c in " -_" else " " for c in title).strip() or "clip"
    return desk.settings.now.projects_folder / f"{safe}{suffix}"


def has_words(desk: Desk) -> bool:
    """Something on the timeline has known words."""
    return any(p.speech is not None and p.speech.words for p in desk.programme.passages)


def ask_captions(desk: Desk) -> None:
    """Ask where, then write captions of the whole timeline."""
    ask = "Captions (*.srt *.vtt)"
    desk.stage.ask_target("Export captions", beside(desk, ".srt"), ask, lambda path: write_captions(desk, path, None))


def write_captions(desk: Desk, path: Path, span: Span | None) -> None:
    """Write captions of a stretch of the timeline (None: all of it)."""
    passages = desk.programme.passages

    def write() -> None:
        from studio.export.captions import captions_of
        from studio.export.captions import write_captions as write_file

        write_file(captions_of(caption_words(passages, span)), path)

    run_told(desk, write, f"{path.name} is ready in {path.parent}.")


def caption_words(passages: Sequence[Passage], span: Span | None) -> tuple[Word, ...]:
    """Words with their punctuation, at their times in the exported stretch."""
    from studio.export.captions import as_written

    words: list[Word] = []
    for passage in passages:
        if passage.speech is not None:
            written = as_written(passage.speech.words, passage.speech.text)
            words += replace(passage, speech=replace(passage.speech, words=written)).words()
    if span is None:
        return tuple(words)
    return tuple(_shifted(w, span) for w in words if w.start_s < span.end_s and w.end_s > span.start_s)


def ask_tracks(desk: Desk) -> None:
    """Ask where, then write the facial motion of the story's take."""
    ask = "Live Link Face CSV (*.csv);;glTF with animation (*.glb);;JSON curves (*.json)"
    desk.stage.ask_target("Export facial tracks", beside(desk, ".csv"), ask, lambda path: write_tracks(desk, path))


def story_speech(desk: Desk) -> Speech | None:
    """The whole take of the story being edited, if it is loaded and on the timeline."""
    passage = desk.programme.passage_of(desk.selection.now.story)
    return None if passage is None else passage.speech


def has_story_speech(desk: Desk) -> bool:
    """The story being edited has sound."""
    return story_speech(desk) is not None and not desk.programme.speaking


def write_tracks(desk: Desk, path: Path) -> None:
    """Animate the story's take at the clip's frame rate and write 52 curves and head rotation, as they are tuned."""
    passage, clip = desk.programme.passage_of(desk.selection.now.story), desk.document.project.clip
    if passage is None or passage.speech is None:
        return
    model, recorded = tuning_of(desk).model, desk.faces.raw_of(passage)
    if model == RECORDED and recorded is not None:
        _finish_tracks(desk, path, passage, recorded, lambda event: None)
        return
    running = desk.rooms.submit(face_job(passage.speech, model, clip.fps, clip.seed))
    entry = desk.jobs.add(f"Export {path.name}", running.cancel)
    report = partial(desk.jobs.report, entry)
    running.progressed.connect(report)
    running.failed.connect(lambda message, details: report(Failed(message, details)))
    running.failed.connect(desk.notices.error)
    running.cancelled.connect(lambda: report(Cancelled()))
    running.finished.connect(lambda raw: _finish_tracks(desk, path, passage, raw, report))


def _finish_tracks(
    desk: Desk, path: Path, passage: Passage, raw: Performance, report: Callable[[Event], object]
) -> None:
    """Lay the layers over it and write, on a worker thread."""
    tuning, folder = tuning_of(desk), character_folder(desk)

    def write() -> None:
        from studio.export.tracks import write_track

        write_track(tuned(raw, tuning, passage.item.take.digest), path, folder)

    report(Done(path))
    run_told(desk, write, f"{path.name} is ready in {path.parent}.")


def _shifted(word: Word, span: Span) -> Word:
    return replace(word, start_s=max(word.start_s - span.start_s, 0.0), end_s=word.end_s - span.start_s)
