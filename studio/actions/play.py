"""The transport as actions: play, jump, step by frames, loop."""

from __future__ import annotations

from studio.actions.desk import Desk
from studio.actions.stories import change_clip
from studio.actions.table import Action, Menu
from studio.session.transport import Span

JUMP_S = 2.0


def can_play(desk: Desk) -> bool:
    """There is something to hear."""
    return desk.transport.length_s > 0


def toggle_play(desk: Desk) -> None:
    """Play or pause."""
    desk.player.toggle()


def play(desk: Desk) -> None:
    """Play; while playing, jump ahead."""
    if desk.transport.playing:
        step(desk, JUMP_S)
    else:
        desk.player.toggle()


def plays(desk: Desk) -> bool:
    """The playhead runs."""
    return desk.transport.playing


def pause(desk: Desk) -> None:
    """Stand still."""
    desk.transport.pause()


def step(desk: Desk, by_s: float) -> None:
    """Move the playhead."""
    desk.transport.seek(desk.transport.position_s + by_s)


def step_frames(desk: Desk, count: int) -> None:
    """Move the playhead to the beginning of the frame that many frames away."""
    fps = desk.document.project.clip.fps
    frame = round(desk.transport.position_s * fps) + count
    desk.transport.seek(float(frame / fps))


def to_start(desk: Desk) -> None:
    """Playhead to the beginning."""
    desk.transport.seek(0.0)


def to_end(desk: Desk) -> None:
    """Playhead to the end."""
    desk.transport.seek(desk.transport.length_s)


def next_story(desk: Desk) -> None:
    """Playhead to where the next item begins."""
    starts = [p.item.start_s for p in desk.programme.passages if p.item.start_s > desk.transport.position_s + 1e-3]
    desk.transport.seek(min(starts, default=desk.transport.length_s))


def previous_story(desk: Desk) -> None:
    """Playhead to where this item, or the one before it, begins."""
    starts = [p.item.start_s for p in desk.programme.passages if p.item.start_s < desk.transport.position_s - 0.3]
    desk.transport.seek(max(starts, default=0.0))


def toggle_loop(desk: Desk) -> None:
    """Play the marked stretch, or everything, again and again; or no longer."""
    transport = desk.transport
    if transport.loop is None:
        transport.set_loop(desk.selection.now.span or Span(0.0, transport.length_s))
    else:
        transport.set_loop(None)


def loops(desk: Desk) -> bool:
    """A stretch is played again and again."""
    return desk.transport.loop is not None


def draw_again(desk: Desk) -> None:
    """Forget the preview's pictures and render them again."""
    desk.preview.restart()


DRIVER_TITLES: dict[str, str] = {"audio": "From the sound", "text": "From the text"}
"""What may move the lips of a clip, and what it is called."""


def drive_lips(desk: Desk, driver: str) -> None:
    """Have the lips of clips moved by their sound or painted from their text."""
    change_clip(desk, "Lips", driver=driver)


def toggle_driver(desk: Desk) -> None:
    """From the sound to the text and back."""
    drive_lips(desk, "audio" if desk.document.project.clip.driver == "text" else "text")


MENU = Menu(
    "&Play",
    (
        Action(
            "play.toggle",
            "Play or pause",
            toggle_play,
            ("Space", "Ctrl+Space"),
            can_play,
            "play",
            lit=plays,
            lit_icon="pause",
        ),
        Action("play.play", "Play, then jump ahead", play, ("L",), can_play, "step-forward"),
        Action("play.pause", "Pause", pause, ("K",), can_play, "pause"),
        Action("play.back", "Jump back", lambda desk: step(desk, -JUMP_S), ("J",), can_play, "step-back"),
        Action(
            "play.frame_back", "Previous frame", lambda desk: step_frames(desk, -1), ("Left",), can_play, apart=True
        ),
        Action("play.frame_on", "Next frame", lambda desk: step_frames(desk, 1), ("Right",), can_play),
        Action("play.second_back", "Back one second", lambda desk: step(desk, -1.0), ("Shift+Left",), can_play),
        Action("play.second_on", "On one second", lambda desk: step(desk, 1.0), ("Shift+Right",), can_play),
        Action("play.start", "To the beginning", to_start, ("Home",), can_play, "to-start", apart=True),
        Action("play.end", "To the end", to_end, ("End",), can_play, "to-end"),
        Action("play.previous", "Previous story", previous_story, ("Up",), can_play),
        Action("play.next", "Next story", next_story, ("Down",), can_play),
        Action("play.loop", "Loop", toggle_loop, ("Ctrl+L",), can_play, "loop", checked=loops, apart=True),
        Action(
            "play.lower_third",
            "Lower third…",
            lambda desk: desk.stage.show_dialog("lower_third"),
            ("Ctrl+T",),
            icon="lower-third",
            tip="Name and title under the presenter",
            apart=True,
        ),
        Action(
            "play.driver",
            "Lips from text",
            toggle_driver,
            icon="lips",
            tip="Paint the presenter's lips from the text instead of moving them by the sound",
            checked=lambda desk: desk.document.project.clip.driver == "text",
        ),
        Action("play.draw_again", "Render preview again", draw_again, ("F5",), can_play, "render"),
    ),
)
