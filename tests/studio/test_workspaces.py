"""Workspaces: left and found again, each with its own panels, on a laptop too; toasts cover no control."""

from __future__ import annotations

from itertools import combinations

from pytestqt.qtbot import QtBot

from studio.app import Studio
from studio.views.clearing import controls_of
from tests.studio.conftest import trigger

LAPTOP = 690


def test_workspaces_are_left_and_found_again(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    docks = window.docks.by_name
    docks["story"].hide()
    trigger(studio, "space.avatar")
    assert window.stage.workspace == "avatar" and not window.presenter.isVisible()
    assert docks["avatar"].isVisible()
    trigger(studio, "space.newsroom")
    assert window.presenter.isVisible() and docks["timeline"].isVisible()
    assert docks["story"].isHidden(), "a panel hidden before comes back by itself"
    trigger(studio, "view.reset")
    assert docks["story"].isVisible()


def test_no_workspace_keeps_panels_of_another_and_all_fit_a_laptop(studio: Studio) -> None:
    docks = studio.window.docks
    trigger(studio, "view.reset")
    opened: dict[str, set[str]] = {}
    for space in ("newsroom", "sound", "newsroom", "avatar", "sound", "newsroom", "avatar"):
        trigger(studio, f"space.{space}")
        shown = {name for name in docks.by_name if docks.shown(name)}
        assert opened.setdefault(space, shown) == shown
        least = studio.window.minimumSizeHint()
        assert least.width() <= 1280 and least.height() <= LAPTOP, space


def test_a_toast_covers_no_control(spoken: Studio) -> None:
    window = spoken.window
    notices = window.desk.notices
    for sentence in ("The clip is ready.", "The sound device went away: choose another.", "Saved."):
        notices.info(sentence)
    placed = [toast.geometry() for toast in window.toasts.toasts]
    assert len(placed) >= 3 and all(window.rect().contains(one) for one in placed)
    assert not any(a.intersects(b) for a, b in combinations(placed, 2))
    controls = controls_of(window, window.toasts.toasts)
    assert len(controls) > 20 and not any(one.intersects(other) for one in placed for other in controls)
