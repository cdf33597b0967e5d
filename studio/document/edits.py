"""Edits as functions: each takes a project and returns the changed one, timeline laws kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from studio.document.project import ClipItem, Project, Story, TakeRef, Track


def add_story(project: Project, story: Story, at: int | None = None) -> Project:
    """Insert a story before position `at` (None: at the end)."""
    place = len(project.stories) if at is None else at
    return replace(project, stories=(*project.stories[:place], story, *project.stories[place:]))


def replace_story(project: Project, story: Story) -> Project:
    """Put a changed story in the place of the one with the same id."""
    return replace(project, stories=tuple(story if old.id == story.id else old for old in project.stories))


def move_story(project: Project, story_id: str, to: int) -> Project:
    """Move a story to another position of the list."""
    moved = project.story(story_id)
    if moved is None:
        return project
    rest = [story for story in project.stories if story.id != story_id]
    rest.insert(to, moved)
    return replace(project, stories=tuple(rest))


def remove_story(project: Project, story_id: str) -> Project:
    """Take a story off the list and its items off the timeline."""
    tracks = tuple(_with_items(track, [i for i in track.items if i.story != story_id]) for track in project.tracks)
    return replace(project, stories=tuple(s for s in project.stories if s.id != story_id), tracks=tracks)


def set_take(project: Project, story_id: str, take: TakeRef) -> Project:
    """Give a story its take and lay it on the first track: in its old place, else at the end; later items give way."""
    story = project.story(story_id)
    if story is None:
        return project
    project = replace_story(project, replace(story, take=take))
    tracks = project.tracks or (Track(),)
    old = next((item for item in tracks[0].items if item.story == story_id), None)
    start_s = tracks[0].seconds if old is None else old.start_s
    new = ClipItem(story=story_id, take=take, start_s=start_s, seconds=take.seconds)
    if old is not None:
        new = replace(new, id=old.id)
    items = [item for item in tracks[0].items if item.story != story_id]
    return replace(project, tracks=(_with_items(tracks[0], [*items, new], keep=new.id), *tracks[1:]))


def change_item(project: Project, item: ClipItem) -> Project:
    """Move or trim an item: start, trim and length are kept within its take, and neighbours give way to the right."""
    trim_s = min(max(item.trim_s, 0.0), item.take.seconds)
    seconds = min(max(item.seconds, 0.0), item.take.seconds - trim_s)
    item = replace(item, start_s=max(item.start_s, 0.0), trim_s=trim_s, seconds=seconds)
    tracks = tuple(_with_changed(track, item) for track in project.tracks)
    return replace(project, tracks=tracks)


def remove_item(project: Project, item_id: str) -> Project:
    """Take an item off the timeline; its story keeps the take."""
    tracks = tuple(_with_items(track, [i for i in track.items if i.id != item_id]) for track in project.tracks)
    return replace(project, tracks=tracks)


def script_digest(project: Project, story: Story) -> str:
    """Digest of all that decides how a story sounds when spoken: compare with TakeRef.script."""
    terms = [(p.term, p.respelling) for p in (*project.pronunciations, *story.pronunciations)]
    parts = [story.text, story.voice, story.rate_wpm, story.pitch, terms]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()[:32]


def is_stale(project: Project, story: Story) -> bool:
    """Whether a spoken take no longer says what the story says; recorded and imported sound never goes stale."""
    take = story.take
    return take is not None and take.origin == "spoken" and take.script != script_digest(project, story)


def _with_changed(track: Track, item: ClipItem) -> Track:
    if all(old.id != item.id for old in track.items):
        return track
    return _with_items(track, [item if old.id == item.id else old for old in track.items], keep=item.id)


def _with_items(track: Track, items: list[ClipItem], keep: str = "") -> Track:
    """Order items by start (the one named `keep` first among equals) and push each past the end of the one before."""
    laid: list[ClipItem] = []
    for item in sorted(items, key=lambda i: (i.start_s, i.id != keep)):
        free_s = laid[-1].end_s if laid else 0.0
        laid.append(item if item.start_s >= free_s else replace(item, start_s=free_s))
    return replace(track, items=tuple(laid))
