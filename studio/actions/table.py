"""What a row of an action table holds, and how rows become menus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.actions.desk import Desk

Run = Callable[[Desk], object]
Rule = Callable[[Desk], bool]


def always(desk: Desk) -> bool:
    """The enabling rule of what can be done at any time."""
    return True


@dataclass(frozen=True)
class Action:
    """One thing the user can do.

    keys: shortcuts, the first is the one shown; when: enabling rule; checked: set for actions that switch something;
    apart: a separator before it; lit: while this holds, lit_icon is shown instead of icon; about: what it would act on
    now, shown after the title, empty where there is nothing.
    """

    key: str
    title: str
    run: Run
    keys: tuple[str, ...] = ()
    when: Rule = always
    icon: str = ""
    tip: str = ""
    checked: Rule | None = None
    apart: bool = False
    lit: Rule | None = None
    lit_icon: str = ""
    about: Callable[[Desk], str] | None = None


@dataclass(frozen=True)
class Menu:
    """A menu and its actions in order."""

    title: str
    actions: tuple[Action, ...]
