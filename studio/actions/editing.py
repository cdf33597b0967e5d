"""Undo, the clipboard and the stories of the list as actions."""

from __future__ import annotations

from studio.actions import stories
from studio.actions.desk import Desk
from studio.actions.table import Action, Menu, Rule, Run
from studio.document import edits


def undo(desk: Desk) -> None:
    """Take back the last step."""
    desk.document.undo()


def redo(desk: Desk) -> None:
    """Bring back the step undone last."""
    desk.document.redo()


def text(verb: str) -> Run:
    """An action on the text that has the focus."""
    return lambda desk: desk.stage.edit_text(verb)


def text_can(verb: str) -> Rule:
    """Its enabling rule."""
    return lambda desk: desk.stage.text_can(verb)


def remove_items(desk: Desk) -> None:
    """Take the selected items off the timeline; their stories keep the takes. One step of undo."""
    project = desk.document.project
    for item in desk.selection.now.items:
        project = edits.remove_item(project, item)
    desk.document.edit("Remove from timeline", project)


def has_items(desk: Desk) -> bool:
    """Items of the timeline are selected."""
    return bool(desk.selection.now.items)


def lay_story(desk: Desk) -> None:
    """Put the story's take back on the timeline."""
    story = desk.story
    if story is not None and story.take is not None:
        desk.document.edit("Lay on timeline", edits.set_take(desk.document.project, story.id, story.take))


def is_off_timeline(desk: Desk) -> bool:
    """The story has a take that does not lie on the timeline."""
    story = desk.story
    return story is not None and story.take is not None and desk.programme.passage_of(story.id) is None


MENU = Menu(
    "&Edit",
    (
        Action(
            "edit.undo",
            "Undo",
            undo,
            ("Ctrl+Z",),
            lambda d: d.document.can_undo,
            "undo",
            about=lambda d: d.document.undo_label,
        ),
        Action(
            "edit.redo",
            "Redo",
            redo,
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            lambda d: d.document.can_redo,
            "redo",
            about=lambda d: d.document.redo_label,
        ),
        Action("edit.cut", "Cut", text("cut"), ("Ctrl+X",), text_can("cut"), "cut", apart=True),
        Action("edit.copy", "Copy", text("copy"), ("Ctrl+C",), text_can("copy"), "copy"),
        Action("edit.paste", "Paste", text("paste"), ("Ctrl+V",), text_can("paste"), "paste"),
        Action("edit.select_all", "Select all", text("selectAll"), ("Ctrl+A",), text_can("selectAll"), "select-all"),
        Action("story.new", "New story", stories.new_story, ("Ctrl+N",), icon="plus", apart=True),
        Action("story.copy", "Duplicate story", stories.copy_story, ("Ctrl+D",), stories.has_story, "duplicate"),
        Action("story.remove", "Delete story", stories.remove_story, ("Ctrl+Backspace",), stories.has_story, "trash"),
        Action("timeline.remove", "Remove from timeline", remove_items, ("Del",), has_items, "close", apart=True),
        Action("timeline.lay", "Lay story on timeline", lay_story, (), is_off_timeline, "timeline"),
    ),
)
