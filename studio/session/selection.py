"""What is selected: a story, timeline items, a stretch of time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio.document.project import Project
from studio.listeners import Listeners
from studio.session.transport import Span


@dataclass(frozen=True)
class Selected:
    """story: id of the story being edited, empty if none; items: ids on the timeline; span: marked stretch of time."""

    story: str = ""
    items: frozenset[str] = frozenset()
    span: Span | None = None


class Selection:
    """Holds the one Selected of the window."""

    def __init__(self) -> None:
        self.now = Selected()
        self.changed: Listeners[[Selected, Selected]] = Listeners()
        """Called with (old, new)."""

    def select_story(self, story_id: str) -> None:
        """Edit that story."""
        self._swap(replace(self.now, story=story_id))

    def select_items(self, items: frozenset[str]) -> None:
        """Select exactly these timeline items."""
        self._swap(replace(self.now, items=items))

    def toggle_item(self, item_id: str) -> None:
        """Add an item to the selection or take it off."""
        self._swap(replace(self.now, items=self.now.items ^ {item_id}))

    def select_span(self, span: Span | None) -> None:
        """Mark a stretch of time; None clears it."""
        self._swap(replace(self.now, span=span))

    def keep_to(self, project: Project) -> None:
        """Let go of what the project no longer holds; a story always stays selected while there is one."""
        items = frozenset(item for item in self.now.items if project.item(item) is not None)
        story = self.now.story
        if project.story(story) is None:
            story = project.stories[0].id if project.stories else ""
        self._swap(replace(self.now, story=story, items=items))

    def _swap(self, new: Selected) -> None:
        if new != self.now:
            old, self.now = self.now, new
            self.changed.emit(old, new)
