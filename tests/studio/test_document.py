"""The document: history laws, timeline laws, values to JSON and back."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.api.jobs import Pronunciation
from studio.document import edits, patch
from studio.document.codec import Unreadable, decode, encode
from studio.document.history import Document
from studio.document.project import ClipConfig, ClipItem, Project, Story, TakeRef

stories = st.builds(
    Story,
    title=st.text(max_size=10),
    text=st.text(max_size=60),
    rate_wpm=st.integers(80, 450),
    pronunciations=st.lists(st.builds(Pronunciation, st.text(max_size=5), st.text(max_size=5)), max_size=2).map(tuple),
    take=st.none() | st.builds(TakeRef, st.text("0123456789abcdef", min_size=4), st.floats(0.1, 30)),
)
projects = st.builds(
    Project,
    title=st.text(max_size=10),
    stories=st.lists(stories, max_size=3).map(tuple),
    clip=st.builds(ClipConfig, fps=st.sampled_from([Fraction(25), Fraction(30000, 1001)]), seed=st.integers(0, 9)),
)
jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(projects)
def test_json_holds_the_whole_project(project: Project) -> None:
    assert decode(Project, encode(project)) == project


@given(jsons, jsons)
def test_patch_leads_from_one_value_to_the_other(old: object, new: object) -> None:
    assert patch.apply(old, patch.diff(old, new)) == new


def test_a_keystroke_is_a_short_patch() -> None:
    old = encode(Project(stories=(Story(text="a" * 100_000),)))
    new = encode(Project(stories=(Story(id=old["stories"][0]["id"], text="a" * 50_000 + "x" + "a" * 50_000),)))
    assert len(str(patch.diff(old, new))) < 100


@pytest.mark.parametrize("damage", [{"stories": 3}, {"clip": {"fps": "25/0"}}, {"stories": [{"pitch": "high"}]}, []])
def test_json_that_does_not_fit_is_refused(damage: object) -> None:
    with pytest.raises(Unreadable):
        decode(Project, damage)


@given(st.lists(projects, min_size=1, max_size=6))
def test_undo_leads_back_and_redo_forth(versions: list[Project]) -> None:
    document = Document()
    seen = [document.project]
    for version in versions:
        document.edit("edit", version)
        if document.project != seen[-1]:
            seen.append(document.project)
    for earlier in reversed(seen[:-1]):
        document.undo()
        assert document.project == earlier
    assert not document.can_undo
    for later in seen[1:]:
        document.redo()
        assert document.project == later
    assert not document.can_redo


def test_one_gesture_is_one_step() -> None:
    document = Document()
    start = document.project
    for title in ("a", "ab", "abc"):
        document.edit("Rename", replace(document.project, title=title), gesture="typing")
    document.end_gesture()
    document.edit("Rename", replace(document.project, title="abcd"), gesture="typing")
    document.undo()
    assert document.project.title == "abc"
    assert document.undo_label == "Rename"
    document.undo()
    assert document.project == start
    assert document.redo_label == "Rename"


def test_an_edit_ends_the_future_and_no_edit_is_no_step() -> None:
    document = Document()
    document.edit("Rename", replace(document.project, title="a"))
    document.edit("Rename", document.project)
    document.undo()
    assert not document.can_undo
    document.edit("Rename", replace(document.project, title="b"))
    assert not document.can_redo


def test_listeners_hear_old_and_new() -> None:
    document = Document()
    heard: list[tuple[str, str]] = []
    stop = document.changed.connect(lambda old, new: heard.append((old.title, new.title)))
    document.edit("Rename", replace(document.project, title="a"))
    document.undo()
    stop()
    document.redo()
    assert heard == [("Untitled", "a"), ("a", "Untitled")]


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0.1, 20)), max_size=8), st.data())
def test_items_never_overlap(takes: list[tuple[int, float]], data: st.DataObject) -> None:
    project = Project(stories=tuple(Story(id=str(i)) for i in range(4)))
    for story, seconds in takes:
        project = edits.set_take(project, str(story), TakeRef(f"{story}", seconds))
    for item in project.tracks[0].items:
        moved = replace(item, start_s=data.draw(st.floats(-5, 60)), trim_s=data.draw(st.floats(-1, 30)))
        project = edits.change_item(project, moved)
    items = project.tracks[0].items
    assert all(one.end_s <= other.start_s for one, other in pairwise(items))
    assert all(item.trim_s >= 0 and item.trim_s + item.seconds <= item.take.seconds + 1e-9 for item in items)
    assert {item.story for item in items} == {str(story) for story, _ in takes}


def test_a_new_take_keeps_the_place_of_the_old_and_moves_what_follows() -> None:
    project = Project(stories=(Story(id="a"), Story(id="b")))
    project = edits.set_take(project, "a", TakeRef("1", 2.0))
    project = edits.set_take(project, "b", TakeRef("2", 2.0))
    project = edits.set_take(project, "a", TakeRef("3", 5.0))
    first, second = project.tracks[0].items
    assert (first.story, first.start_s, first.take.digest) == ("a", 0.0, "3")
    assert (second.story, second.start_s) == ("b", 5.0)
    assert project.takes() == {"3", "2"}


def test_removing_a_story_takes_its_items_along() -> None:
    project = edits.add_story(Project(), Story(id="a"))
    project = edits.set_take(project, "a", TakeRef("1", 2.0))
    project = edits.remove_story(project, "a")
    assert project.stories == () and project.tracks[0].items == () and project.seconds == 0


def test_a_spoken_take_goes_stale_with_its_text_but_a_recording_does_not() -> None:
    project = Project(stories=(Story(id="a", text="one"),))
    script = edits.script_digest(project, project.stories[0])
    project = edits.set_take(project, "a", TakeRef("1", 2.0, script=script))
    assert not edits.is_stale(project, project.stories[0])
    changed = replace(project, pronunciations=(Pronunciation("one", "won"),))
    assert edits.is_stale(changed, changed.stories[0])
    recorded = edits.set_take(changed, "a", TakeRef("2", 2.0, origin="recorded"))
    assert not edits.is_stale(recorded, recorded.stories[0])


def test_stories_can_be_moved() -> None:
    project = Project(stories=tuple(Story(id=name) for name in "abc"))
    assert [story.id for story in edits.move_story(project, "a", 2).stories] == ["b", "c", "a"]


def test_an_item_is_found_and_removed() -> None:
    item = ClipItem(id="i", story="a", take=TakeRef("1", 2.0), seconds=2.0)
    project = Project()
    project = replace(project, tracks=(replace(project.tracks[0], items=(item,)),))
    assert project.item("i") == item
    assert edits.remove_item(project, "i").item("i") is None
