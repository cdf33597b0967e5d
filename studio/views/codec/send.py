"""The page that sends speech: choose and encode at the left, see and hear what came of it at the right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from engines.api.values import Audio
from studio.actions.desk import Desk
from studio.actions.sending import save_files, save_sound
from studio.audio.switching import Lanes, prepare
from studio.bridge.coder import Coder
from studio.bridge.lanes_player import LanesPlayer
from studio.session.coding import LONGEST_SHOWN_S, Coding, Doing, State
from studio.session.transport import Span
from studio.views.codec.bar import Bar
from studio.views.codec.controls import Controls
from studio.views.codec.lanes import DECODED, ORIGINAL, CodecLanes
from studio.views.codec.outcome import Outcome
from studio.views.comparison.sources import SourceButtons, Sources
from studio.views.parts import EmptyState, Switcher, column_widget, row

HINT = (
    "Drop a recording here, or choose one: it is packed at 0.5 to 4 kbit/s and heard beside the original."
    " A .bpgan file dropped here is decoded."
)
LISTENING = "codec listening"


class SendView(QWidget):
    """Owns nothing but widgets; the Coding is the panel's."""

    def __init__(self, desk: Desk, coding: Coding, coder: Coder) -> None:
        super().__init__()
        self.desk, self.coding, self.coder = desk, coding, coder
        self.player = LanesPlayer(desk.player, desk.settings, desk.notices)
        self.sources = Sources(desk, coder, "Send")
        self.source_buttons = SourceButtons(self.sources)
        self.controls = Controls(coding, self.source_buttons)
        self.bar, self.outcome = Bar(self.player), Outcome()
        self.lanes = CodecLanes(self.player, desk.tasks)
        self._there: tuple[str, ...] = ()
        self._heard = ORIGINAL
        self._lay_out()
        self._listen()
        self._show(State(), coding.now)

    def keys(self) -> dict[str, Callable[[], object]]:
        """What keys do on this page."""
        return {
            "Space": self.player.toggle,
            "Home": lambda: self.player.seek(0.0),
            "1": lambda: self.hear(ORIGINAL),
            "2": lambda: self.hear(DECODED),
            "X": lambda: self.hear(DECODED if self._heard == ORIGINAL else ORIGINAL),
            "L": self.loop_all,
            "F": self.lanes.fit,
            "Ctrl+Return": self.encode,
            "Ctrl+Shift+E": self.ask_save,
        }

    def encode(self) -> None:
        """Encode, if that can be done now."""
        if self.controls.start.isEnabled():
            self.coder.encode()

    def hear(self, key: str) -> None:
        """Switch to the original or the decoded sound."""
        if key in self._there:
            self._heard = key
            self.player.choose(self._there.index(key))
            self._show_heard()

    def loop_all(self) -> None:
        """Loop everything, or nothing."""
        whole = Span(0.0, self.player.length_s)
        self.lanes.mark(whole if self.player.loop is None else None)
        self.bar.show_playing()

    def ask_save(self) -> None:
        """Ask where to write the coded file."""
        coded = self.coding.now.coded
        if coded is not None and not coded.opened:
            suggested = self.desk.settings.now.projects_folder / f"{coded.title}{coded.packing.suffix}"
            kinds = f"{coded.packing.title} (*{coded.packing.suffix})"
            save = lambda path: save_files(self.desk, {path: coded.data})  # noqa: E731
            self.desk.stage.ask_target(f"Save as {coded.packing.title}", suggested, kinds, save)

    def ask_save_sound(self) -> None:
        """Ask where to write the decoded sound."""
        now = self.coding.now
        if now.heard is not None and now.coded is not None:
            audio, name = now.heard.audio, f"{now.coded.title} {now.coded.setting.title}.wav"
            suggested = self.desk.settings.now.projects_folder / name
            save = lambda path: save_sound(self.desk, audio, path)  # noqa: E731
            self.desk.stage.ask_target("Save the decoded sound", suggested, "WAV (*.wav);;FLAC (*.flac)", save)

    def ask_packet(self) -> None:
        """Ask for a .bpgan file to listen to."""
        dialog = QFileDialog(self, "Listen to a BPGAN file", str(Path.home()), "BPGAN speech (*.bpgan);;All files (*)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.coder.open(Path(chosen)))
        dialog.open()

    def close_view(self) -> None:
        """Stop what runs and let go of the loudspeaker."""
        self.coder.close()
        self.player.close()

    def _lay_out(self) -> None:
        empty = EmptyState("codec", "Nothing to send yet", HINT, self.sources.all)
        self.pages = Switcher(empty, column_widget(self.bar, self.outcome, self.lanes))
        line = row(self.controls, self.pages, gap=0)
        line.setStretch(1, 1)
        self.setLayout(line)

    def _listen(self) -> None:
        self.controls.encode.connect(self.encode)
        self.controls.open_packet.connect(self.ask_packet)
        for signal, run in (
            (self.outcome.cancel, self.coder.cancel),
            (self.outcome.keep, self.coder.keep),
            (self.outcome.discard, self.coder.discard),
            (self.outcome.decode, self.coder.decode),
            (self.bar.fit, self.lanes.fit),
            (self.bar.loop_all, self.loop_all),
            (self.bar.save, self.ask_save),
            (self.bar.save_sound, self.ask_save_sound),
            (self.bar.heard, self.hear),
            (self.lanes.chosen, self.hear),
        ):
            signal.connect(run)
        self.coding.changed.connect(self._show)
        self.desk.jobs.changed.connect(self._progress)

    def _progress(self, entry: object) -> None:
        now = self.coding.now
        if now.entry is not None and now.doing is not Doing.NOTHING:
            self.outcome.show_entry(self.desk.jobs.get(now.entry))

    def _show(self, old: State, now: State) -> None:
        """Another state of the Coding."""
        self.pages.show_content(now.source is not None or now.coded is not None or now.doing is not Doing.NOTHING)
        title = "No sound yet" if now.source is None else now.source.title
        self.source_buttons.show_title("Reading…" if now.doing is Doing.READING else title)
        self.outcome.show_state(now)
        self.bar.show_state(now)
        if old.original is not now.original or old.heard is not now.heard:
            self._lay_sounds(now)
        self._say(now)
        self._progress(None)

    def _say(self, now: State) -> None:
        """What stands beside the pictures."""
        first = now.original
        opened = now.coded is not None and now.coded.opened
        if first is not None and now.source is not None:
            remark = f"{first.seconds:.1f} s, sent at 16 kHz"
            self.lanes.say(ORIGINAL, now.source.title, remark)
        else:
            self.lanes.say(ORIGINAL, "A file has only its decoded sound" if opened else "", "")
        if now.heard is not None and now.coded is not None:
            vocoder = {"network": "Trained network", "inversion": "Mel inversion"}.get(now.heard.vocoder, "")
            self.lanes.say(DECODED, now.coded.setting.title, vocoder)
        else:
            self.lanes.say(DECODED, "Not encoded yet" if now.coded is None else "Not decoded", "")

    def _lay_sounds(self, now: State) -> None:
        """Draw and make heard what there is of original and decoded."""
        sounds = {key: _shown(audio) for key, audio in _sounds(now).items()}
        self.lanes.show_sounds(sounds)
        keys = tuple(sounds)
        if DECODED in keys and DECODED not in self._there:
            self._heard = DECODED
        if keys:
            work = lambda: prepare(list(sounds.values()))  # noqa: E731
            self.desk.tasks.run(work, lambda lanes: self._laid(keys, lanes), channel=LISTENING)

    def _laid(self, keys: tuple[str, ...], lanes: Lanes) -> None:
        self._there = keys
        self._heard = self._heard if self._heard in keys else keys[0]
        self.player.swap(lanes, keys.index(self._heard))
        self._show_heard()
        self.lanes.show_mark()

    def _show_heard(self) -> None:
        self.lanes.show_heard(self._heard)
        self.bar.show_lanes(frozenset(self._there), self._heard)


def _sounds(now: State) -> dict[str, Audio]:
    found = {ORIGINAL: now.original, DECODED: None if now.heard is None else now.heard.audio}
    return {key: audio for key, audio in found.items() if audio is not None}


def _shown(audio: Audio) -> Audio:
    """The beginning of a sound too long to be looked at as a whole."""
    if audio.seconds <= LONGEST_SHOWN_S:
        return audio
    return Audio(audio.samples[: round(LONGEST_SHOWN_S * audio.rate_hz)], audio.rate_hz)
