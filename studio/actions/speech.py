"""Speaking: a story becomes a take, heard from its first sentence on while the rest is being spoken."""

from __future__ import annotations

from engines.api.events import Cancelled, Done, Failed
from engines.api.jobs import LabelJob, SpeakJob
from engines.api.textlip import PacedSpeakJob
from engines.api.values import Audio, Speech
from studio.actions.desk import Desk
from studio.actions.telling import tell
from studio.bridge.passages import joined
from studio.document import edits
from studio.document.project import Origin, Project, Story, TakeRef


def can_speak(desk: Desk) -> bool:
    """The story has text and is not being spoken already."""
    story = desk.story
    return story is not None and bool(story.text.strip()) and not desk.programme.is_live(story.id)


def speak_story(desk: Desk) -> None:
    """Speak the story being edited."""
    story = desk.story
    if story is not None and can_speak(desk):
        Speaking(desk, story)


def speak_all(desk: Desk) -> None:
    """Speak every story that has text but no take that says it."""
    for story in waiting(desk):
        if not desk.programme.is_live(story.id):
            Speaking(desk, story, play=False)


def waiting(desk: Desk) -> tuple[Story, ...]:
    """Stories whose sound is missing or out of date."""
    project = desk.document.project
    spoken = [s for s in project.stories if s.text.strip()]
    return tuple(s for s in spoken if s.take is None or edits.is_stale(project, s))


def can_speak_all(desk: Desk) -> bool:
    """At least one story waits for its sound."""
    return bool(waiting(desk))


def stop_jobs(desk: Desk) -> None:
    """Stop speaking, or else stop playing."""
    if desk.programme.speaking or desk.jobs.running:
        desk.jobs.cancel_all()
    else:
        desk.transport.pause()


def can_stop(desk: Desk) -> bool:
    """Something runs."""
    return bool(desk.jobs.running) or desk.transport.playing


class Speaking:
    """One story on its way to a take."""

    def __init__(self, desk: Desk, story: Story, *, play: bool = True) -> None:
        self.desk, self.story, self._play = desk, story, play
        self._project: Project = desk.document.project
        self._so_far: Speech | None = None
        running = desk.rooms.submit(self._job(), channel=f"speak {story.id}")
        self.entry = desk.jobs.add(f"Speak “{title_of(story)}”", running.cancel)
        running.progressed.connect(lambda event: desk.jobs.report(self.entry, event))
        running.arrived.connect(self._hear)
        running.finished.connect(self._keep)
        running.failed.connect(self._fail)
        running.cancelled.connect(lambda: self._end(Cancelled()))

    def _job(self) -> SpeakJob:
        story = self.story
        terms = (*self._project.pronunciations, *story.pronunciations)
        folder = str(self.desk.settings.now.voices_folder)
        speak = PacedSpeakJob if self._project.clip.driver == "text" else SpeakJob
        return speak(story.text, story.voice, story.rate_wpm, story.pitch, terms, folder)

    def _hear(self, sentence: Speech) -> None:
        first = self._so_far is None
        self._so_far = joined(self._so_far, sentence)
        self.desk.programme.show_live(self.story.id, self._so_far)
        passage = self.desk.programme.passage_of(self.story.id)
        if first and self._play and passage is not None:
            self.desk.player.play_from(passage.item.start_s)

    def _keep(self, speech: Speech) -> None:
        takes, script = self.desk.file.store.takes, edits.script_digest(self._project, self.story)
        task = self.desk.tasks.run(
            lambda: takes.save(speech, "spoken", self.story.title, script), lambda ref: self._lay(ref, speech)
        )
        task.failed.connect(lambda error, details: self._fail(*tell(error, details)))

    def _lay(self, ref: TakeRef, speech: Speech) -> None:
        desk = self.desk
        desk.programme.keep(ref.digest, speech)
        desk.document.edit("Speak story", edits.set_take(desk.document.project, self.story.id, ref))
        self._end(Done(ref))

    def _fail(self, message: str, details: str) -> None:
        self._end(Failed(message, details))
        self.desk.notices.error(message, details)

    def _end(self, event: Done | Failed | Cancelled) -> None:
        self.desk.programme.show_live(self.story.id, None)
        self.desk.jobs.report(self.entry, event)


def adopt_sound(desk: Desk, audio: Audio, origin: Origin, title: str) -> None:
    """Make sound the take of the story, with its phones and words found by the speech engine."""
    story = desk.story
    if story is None:
        return
    running = desk.rooms.submit(LabelJob(audio, story.text.strip()))
    entry = desk.jobs.add(f"Find the words of “{title}”", running.cancel)
    story_id = story.id

    def fail(message: str, details: str) -> None:
        desk.jobs.report(entry, Failed(message, details))
        desk.notices.warn(f"The sound is kept without its words: {message}", details)
        lay_take(desk, story_id, Speech(audio), origin, title)

    def keep(speech: Speech) -> None:
        desk.jobs.report(entry, Done(None))
        lay_take(desk, story_id, speech, origin, title)

    running.progressed.connect(lambda event: desk.jobs.report(entry, event))
    running.finished.connect(keep)
    running.failed.connect(fail)
    running.cancelled.connect(lambda: desk.jobs.report(entry, Cancelled()))


def lay_take(desk: Desk, story_id: str, speech: Speech, origin: Origin, title: str) -> None:
    """Keep sound that was recorded or imported as the take of a story."""
    takes = desk.file.store.takes

    def lay(ref: TakeRef) -> None:
        desk.programme.keep(ref.digest, speech)
        label = "Record story" if origin == "recorded" else "Import sound"
        desk.document.edit(label, edits.set_take(desk.document.project, story_id, ref))

    task = desk.tasks.run(lambda: takes.save(speech, origin, title), lay)
    task.failed.connect(lambda error, details: desk.notices.error(*tell(error, details)))


def title_of(story: Story) -> str:
    """The story's title, or its first words where nobody gave it one."""
    if story.title and story.title != "Untitled story":
        return story.title
    words = story.text.split()
    return " ".join(words[:6]) + ("…" if len(words) > 6 else "") if words else "Untitled story"
