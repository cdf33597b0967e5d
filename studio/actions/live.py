"""Live mode as actions: start and stop, record a take, send to other tools, open the booth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engines.api.values import Audio, Performance, Speech
from studio.actions.desk import Desk
from studio.actions.table import Action, Menu
from studio.actions.telling import tell
from studio.actions.viewing import dialog
from studio.audio.files import SoundFile, read_audio
from studio.audio.sources import FileSource
from studio.document import edits
from studio.document.project import Story, TakeRef
from studio.document.tuning import Tuning
from studio.export.vmc import VmcSender


def toggle_live(desk: Desk) -> None:
    """Start live mode, or stop it and keep what was being recorded."""
    if not desk.live.running:
        desk.live.start()
        return
    keep_recording(desk)
    desk.live.stop()


def is_live(desk: Desk) -> bool:
    """Whether live mode is on."""
    return desk.live.running


def play_as_microphone(desk: Desk, path: Path) -> None:
    """Let a sound file stand in for the microphone."""

    def start(sound: SoundFile) -> None:
        desk.live.start(FileSource(sound.audio.samples, sound.audio.rate_hz, path.name))

    task = desk.tasks.run(lambda: read_audio(path), start)
    task.failed.connect(lambda error, details: desk.notices.error(*tell(error, details)))


def ask_microphone_file(desk: Desk) -> None:
    """Ask for a sound file to stand in for the microphone."""
    desk.stage.ask_sound(
        "Sound file instead of the microphone", Path.home(), lambda path: play_as_microphone(desk, path)
    )


def is_recording(desk: Desk) -> bool:
    """Whether a live take is being recorded."""
    return desk.live.path.take is not None


def toggle_recording(desk: Desk) -> None:
    """Record sound and face, or end the recording and keep it as a story of its own."""
    if is_recording(desk):
        keep_recording(desk)
    else:
        desk.live.record()


def keep_recording(desk: Desk) -> None:
    """End a recording under way and lay it on the timeline; one in which nothing was heard is told and dropped."""
    if not is_recording(desk):
        return
    recorded = desk.live.finish_recording()
    if recorded is None:
        desk.notices.warn("Nothing was recorded: the microphone gave no sound.")
        return
    audio, performance = recorded
    tuning = Tuning() if desk.story is None else desk.story.tuning
    story = Story(title="Live recording", tuning=replace(tuning, model="recorded", curves=()))
    task = desk.tasks.run(lambda: _keep(desk, audio, performance), lambda ref: _lay(desk, story, ref, audio))
    task.failed.connect(lambda error, details: desk.notices.error(*tell(error, details)))


def _keep(desk: Desk, audio: Audio, performance: Performance) -> TakeRef:
    """Worker thread: the motion first, so that nobody finds the take without it."""
    takes = desk.file.store.takes
    ref = takes.save(Speech(audio), "recorded", "Live recording")
    takes.keep_motion(ref.digest, performance)
    return ref


def _lay(desk: Desk, story: Story, ref: TakeRef, audio: Audio) -> None:
    desk.programme.keep(ref.digest, Speech(audio))
    project = edits.add_story(desk.document.project, story)
    desk.document.edit("Record live", edits.set_take(project, story.id, ref))
    desk.selection.select_story(story.id)
    desk.notices.info(f"Recorded {ref.seconds:.1f} s of sound and face: a story of its own on the timeline.")


def toggle_sending(desk: Desk) -> None:
    """Send the live face as VMC over OSC to the receiver of the settings, or stop sending."""
    if is_sending(desk):
        desk.live.send_to(None)
        return
    host, port = desk.settings.now.vmc_host, desk.settings.now.vmc_port
    task = desk.tasks.run(lambda: VmcSender(host, port), desk.live.send_to)
    task.failed.connect(lambda error, details: desk.notices.error(*tell(error, details)))


def is_sending(desk: Desk) -> bool:
    """Whether the live face is sent anywhere."""
    return desk.live.path.receiver is not None


MENU = Menu(
    "&Live",
    (
        Action(
            "live.start",
            "Start live mode",
            toggle_live,
            ("Ctrl+Shift+L",),
            icon="mic",
            tip="Move the avatar's face with the microphone, or stop",
            checked=is_live,
        ),
        Action("live.file", "Sound file as microphone…", ask_microphone_file, icon="import"),
        Action(
            "live.record",
            "Record live",
            toggle_recording,
            ("Ctrl+Shift+R",),
            when=is_live,
            icon="record",
            tip="Record sound and face as a story of its own, or end the recording",
            checked=is_recording,
            apart=True,
        ),
        Action(
            "live.send",
            "Send as VMC over OSC",
            toggle_sending,
            icon="send",
            tip="Send the live face to animation tools",
            checked=is_sending,
        ),
        Action(
            "live.booth",
            "Open the booth",
            dialog("booth"),
            ("Ctrl+Shift+B",),
            icon="booth",
            tip="The avatar on the full screen, for visitors to talk to",
            apart=True,
        ),
    ),
)
