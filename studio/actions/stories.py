"""Stories: make, copy, remove, move, change; each is one step of undo."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engines.api.jobs import Pronunciation
from studio.actions.desk import Desk
from studio.document import edits
from studio.document.project import Story, new_id


def has_story(desk: Desk) -> bool:
    """A story is being edited."""
    return desk.story is not None


def new_story(desk: Desk) -> None:
    """Add an empty story behind the one being edited, in the voice the settings name, and edit it."""
    now = desk.settings.now
    story = Story(voice=now.voice, rate_wpm=now.rate_wpm, pitch=now.pitch)
    desk.document.edit("New story", edits.add_story(desk.document.project, story, _place(desk)))
    desk.selection.select_story(story.id)


def copy_story(desk: Desk) -> None:
    """Add a copy of the story behind it, without its take."""
    story = desk.story
    if story is not None:
        copy = replace(story, id=new_id(), title=f"{story.title} (copy)", take=None)
        desk.document.edit("Duplicate story", edits.add_story(desk.document.project, copy, _place(desk)))
        desk.selection.select_story(copy.id)


def remove_story(desk: Desk) -> None:
    """Take the story off the list and its sound off the timeline."""
    story = desk.story
    if story is not None:
        place = desk.document.project.stories.index(story)
        desk.document.edit("Delete story", edits.remove_story(desk.document.project, story.id))
        left = desk.document.project.stories
        desk.selection.select_story(left[min(place, len(left) - 1)].id if left else "")


def move_story(desk: Desk, story_id: str, to: int) -> None:
    """Put a story at another place of the list."""
    desk.document.edit("Move story", edits.move_story(desk.document.project, story_id, to))


def change_story(desk: Desk, label: str, *, gesture: object = None, **fields: Any) -> None:
    """Change fields of the story being edited; changes of one gesture undo together."""
    story = desk.story
    if story is not None:
        changed = edits.replace_story(desk.document.project, replace(story, **fields))
        desk.document.edit(label, changed, gesture=gesture)


def set_pronunciations(desk: Desk, terms: tuple[Pronunciation, ...]) -> None:
    """Give the project its pronunciation list."""
    desk.document.edit("Pronunciations", replace(desk.document.project, pronunciations=terms))


def change_clip(desk: Desk, label: str, gesture: object = None, **fields: Any) -> None:
    """Change how clips of the project look; changes of one gesture are undone together."""
    project = desk.document.project
    desk.document.edit(label, replace(project, clip=replace(project.clip, **fields)), gesture=gesture)


def _place(desk: Desk) -> int | None:
    stories = desk.document.project.stories
    story = desk.story
    return None if story is None else stories.index(story) + 1
