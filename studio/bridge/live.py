"""Live mode: one microphone that moves the avatar's face, started and stopped, recorded and sent, on the GUI thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from engines.api.events import Progress
from engines.api.face import LiveJob
from engines.api.face import Pose as LivePose
from engines.api.values import Audio, Performance
from studio.audio.gate import GateConfig
from studio.audio.live import LiveInput, LiveState
from studio.audio.live_path import LivePath, Receiver
from studio.audio.live_take import LiveTake
from studio.audio.sources import DeviceSource, Source
from studio.bridge.faces import REST, Faces, Pose
from studio.bridge.rooms import RoomBridge, RoomJob
from studio.bridge.tasks import Tasks
from studio.document.tuning import Tuning
from studio.session import Transport
from studio.settings import Settings

LANE = "live"
REFRESH_MS = 16
RETRY_MS = 3000
TAIL_S = 0.3
"""The microphone stays mute so long after the studio fell silent: a room goes on sounding."""


class Live(QObject):
    """The one live microphone of the studio. Faces follows it while it runs."""

    changed = Signal()
    """It was started or stopped, or recording or sending was."""
    posed = Signal()
    """Another pose has come."""
    plugged = Signal()
    """A microphone came or went; heard only after watch."""
    finished = Signal()
    """The sound file that stood in for the microphone has come to its end."""

    def __init__(
        self,
        rooms: RoomBridge,
        tasks: Tasks,
        settings: Settings,
        transport: Transport,
        faces: Faces,
        tuning: Callable[[], Tuning] = Tuning,
    ) -> None:
        """tuning: the layers of the story being edited, asked once for every pose."""
        super().__init__()
        self._rooms, self._tasks, self._settings = rooms, tasks, settings
        self._transport, self._faces = transport, faces
        self.path = LivePath(tuning)
        self.trouble = ""
        """Why the network gives no poses; empty while it does. The microphone's own is in state.trouble."""
        self.listening = False
        self._input: LiveInput | None = None
        self._job: RoomJob | None = None
        self._seeing = threading.Lock()
        self._mute_until_s = 0.0
        self._watch: QObject | None = None
        self._tick = QTimer(self, interval=REFRESH_MS)
        self._tick.timeout.connect(faces.refresh_live)
        self._again = QTimer(self, interval=RETRY_MS, singleShot=True)
        self._again.timeout.connect(self._submit)
        settings.changed.connect(self._setting_changed)

    # running

    @property
    def running(self) -> bool:
        """Whether live mode is on, with or without a microphone just now."""
        return self._input is not None

    @property
    def state(self) -> LiveState:
        """How the microphone stands."""
        return LiveState() if self._input is None else self._input.state

    def start(self, source: Source | None = None) -> None:
        """Begin with a source; None: the microphone of the settings. What went wrong is told by state and trouble."""
        self.stop()
        self.path.latency.clear()
        self._input = LiveInput(
            source or DeviceSource(self._settings.now.input_device),
            self.path.hear,
            self._gate(),
            muted=self._muted,
            ended=self.finished.emit,
        )
        self._tasks.run(self._input.start, lane=LANE)
        self._submit()
        self._faces.follow(self)
        self._tick.start()
        self.watch()
        self.changed.emit()

    def stop(self) -> None:
        """End it; what was being recorded is dropped, all sound and poses are forgotten."""
        if self._input is None:
            return
        ending, self._input = self._input, None
        self._tasks.run(ending.stop, lane=LANE)
        self._again.stop()
        self._tick.stop()
        self._faces.follow(None)
        self._forget()
        self.changed.emit()

    def wipe(self) -> None:
        """Forget all sound and poses, in the engine too, and go on as with a new visitor."""
        if self._input is not None:
            self._input.wipe()
        self._forget()
        if self._input is not None:
            self._submit()

    def close(self) -> None:
        """Stop and wait for the microphone to be let go."""
        self.stop()
        self.send_to(None)
        self._tasks.wait(lambda: None, lane=LANE)

    # what is seen

    def pose_at(self, at_s: float) -> Pose:
        """The face now: the sound's clock, not the timeline's, is asked."""
        blended = self.path.track.at(time.monotonic())
        return REST if blended is None else Pose(*blended)

    def shown(self, seconds: float) -> None:
        """A picture of the face came on screen, so long after it was asked for."""
        self.path.latency.note("draw", seconds)

    # recording and sending

    def record(self) -> None:
        """Begin a take; what an earlier one held is dropped."""
        if self.running:
            self.path.take = LiveTake()
            self.changed.emit()

    def finish_recording(self) -> tuple[Audio, Performance] | None:
        """End the take and give its sound and its face; None if nothing was heard."""
        take, self.path.take = self.path.take, None
        self.changed.emit()
        return None if take is None or take.seconds == 0 else take.finish()

    def send_to(self, receiver: Receiver | None) -> None:
        """Send each pose to this receiver from now on; None: to nobody."""
        old, self.path.receiver = self.path.receiver, receiver
        if old is not None:
            old.close()
        self.changed.emit()

    def _muted(self) -> bool:
        """Pump thread: whether the studio is heard, so that it would only hear itself."""
        now_s = time.monotonic()
        if self._settings.now.half_duplex and self._transport.playing:
            self._mute_until_s = now_s + TAIL_S
        return now_s < self._mute_until_s

    # the job

    def _submit(self) -> None:
        """A fresh job: its network remembers nothing."""
        self._drop_job()
        job = LiveJob(self._settings.now.live_model)
        self._job = running = self._rooms.submit(job, self._sieve(job))
        self.path.push = running.push
        running.progressed.connect(self._listens)
        running.arrived.connect(lambda _: self.posed.emit())
        running.failed.connect(self._fail)

    def _sieve(self, job: LiveJob) -> Callable[[LivePose], LivePose]:
        """What is done with each pose on the room's thread, before the GUI thread hears of it."""

        def sieve(pose: LivePose) -> LivePose:
            with self._seeing:
                if self._job is not None and self._job.job is job:  # else it belongs to sound that was wiped
                    self.path.see(pose)
            return pose

        return sieve

    def _forget(self) -> None:
        """Let go of the job first: none of its poses comes after what is forgotten."""
        self._drop_job()
        self.path.forget()

    def _drop_job(self) -> None:
        with self._seeing:  # a pose on its way is waited for
            old, self._job = self._job, None
        self.path.push = lambda block: None
        self.listening = False
        if old is not None:
            old.abandon()

    def _listens(self, progress: Progress) -> None:
        self.listening, self.trouble = True, ""
        self.changed.emit()

    def _fail(self, message: str, details: str) -> None:
        self.listening, self.trouble = False, message
        self._again.start()
        self.changed.emit()

    # the rest

    def _gate(self) -> GateConfig:
        return GateConfig(float(self._settings.now.gate_db), self._settings.now.gate_hold_ms / 1000)

    def _setting_changed(self, key: str, old: object, new: object) -> None:
        if self._input is None:
            return
        if key in ("gate_db", "gate_hold_ms"):
            self._input.gate.config = self._gate()
        elif key == "live_model":
            self._submit()
        elif key == "input_device":
            self.start()

    def watch(self) -> None:
        """Hear of microphones that come and go."""
        if self._watch is None:
            from PySide6.QtMultimedia import QMediaDevices  # PortAudio cannot see devices come and go

            self._watch = watch = QMediaDevices(self)
            watch.audioInputsChanged.connect(self._plugged)

    def _plugged(self) -> None:
        if self._input is not None:
            self._input.devices_changed()
        self.plugged.emit()
