"""Files beside a clip: captions of the timeline and facial tracks of a story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engines.api.events import Cancelled, Done, Failed
from engines.api.jobs import PerformJob
from engines.api.values import Performance, Speech, Word
from studio.actions.desk import Desk
from studio.actions.telling import run_told
from studio.bridge.passages import Passage
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
    """Perform the story's take at the clip's frame rate and write 52 curves and head rotation."""
    speech, clip = story_speech(desk), desk.document.project.clip
    if speech is None:
        return
    running = desk.rooms.submit(PerformJob(speech, clip.fps, clip.seed))
    entry = desk.jobs.add(f"Export {path.name}", running.cancel)
    running.progressed.connect(lambda event: desk.jobs.report(entry, event))
    running.failed.connect(lambda message, details: desk.jobs.report(entry, Failed(message, details)))
    running.failed.connect(desk.notices.error)
    running.cancelled.connect(lambda: desk.jobs.report(entry, Cancelled()))

    def write(performance: Performance) -> None:
        from studio.export.tracks import write_track

        write_track(performance, path)

    def keep(performance: Performance) -> None:
        desk.jobs.report(entry, Done(path))
        run_told(desk, lambda: write(performance), f"{path.name} is ready in {path.parent}.")

    running.finished.connect(keep)


def _shifted(word: Word, span: Span) -> Word:
    return replace(word, start_s=max(word.start_s - span.start_s, 0.0), end_s=word.end_s - span.start_s)
