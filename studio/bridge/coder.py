"""Encodes and decodes for the codec panel: engine jobs and worker threads, told to the Coding and the list of jobs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from engines.api.codec import Decoded, DecodeJob, Encoded, EncodeJob, InspectJob, PacketInfo
from engines.api.events import Cancelled, Done, Failed, Progress
from engines.api.values import Audio
from studio.atomic import explain
from studio.audio.errors import AudioFileError
from studio.audio.files import SoundFile, read_audio
from studio.audio.rates import resample
from studio.bridge.rooms import RoomBridge, RoomJob
from studio.bridge.tasks import Task, Tasks
from studio.session.coding import Coded, Coding, Doing, Heard, Source
from studio.session.jobs import Jobs
from studio.session.notices import Notices
from studio.session.sending import BPGAN, FORMATS, Setting

SPEECH_HZ = 16_000
LARGEST_FILE = 64 << 20
"""Bytes; a day of BPGAN at its highest rate."""


class Coder(QObject):
    """One thing at a time: what is begun while another is under way is refused by the panel's buttons."""

    def __init__(self, coding: Coding, rooms: RoomBridge, tasks: Tasks, jobs: Jobs, notices: Notices) -> None:
        super().__init__()
        self.coding = coding
        self._rooms, self._tasks, self._jobs, self._notices = rooms, tasks, jobs, notices
        self._job: RoomJob | None = None
        self._task: Task | None = None
        self._best: Coded | None = None

    def take(self, title: str, audio: Audio) -> None:
        """Send a sound that is there already."""
        self._read(title, lambda: SoundFile(audio))

    def open(self, path: Path) -> None:
        """Send a sound file, or listen to a .bpgan file."""
        if path.suffix.lower() == BPGAN.suffix:
            self._open_packet(path)
        else:
            self._read(path.stem, lambda: read_audio(path))

    def encode(self) -> None:
        """Encode the source as set, then decode it again to be heard."""
        now = self.coding.now
        assert now.source is not None
        self._begin(Doing.ENCODING, f"Encode {now.source.title}, {now.setting.title}")
        if now.setting.format == BPGAN.key:
            self._search(now.source, now.setting)
        else:
            self._pack(now.source, now.setting)

    def decode(self) -> None:
        """Decode what is there once more, by the vocoder that is set."""
        coded = self.coding.now.coded
        if coded is not None and coded.setting.format == BPGAN.key:
            self._begin(Doing.DECODING, f"Decode {coded.title}")
            self._decode(coded)

    def cancel(self) -> None:
        """Stop; a search that has found something yet offers it."""
        if self._job is not None:
            self._job.cancel()
        elif self._task is not None:
            self._task.drop()
            self._stopped()

    def keep(self) -> None:
        """Take the best of the search that was stopped."""
        offer = self.coding.now.offer
        if offer is not None:
            self._begin(Doing.DECODING, f"Decode {offer.title}")
            self._inspect(offer)

    def discard(self) -> None:
        """Let the best of the search go."""
        self.coding.put(offer=None)

    def close(self) -> None:
        """Stop what runs, unheard."""
        if self._job is not None:
            self._job.abandon()
        if self._task is not None:
            self._task.drop()

    def _read(self, title: str, read: Any) -> None:
        def work() -> tuple[SoundFile, Audio]:
            sound = read()
            return sound, resample(sound.audio, SPEECH_HZ)

        def took(result: tuple[SoundFile, Audio]) -> None:
            self._end(None)
            for remark in result[0].remarks:
                self._notices.info(remark)
            self.coding.use(Source(title, result[0].audio, result[1]))

        self.coding.put(doing=Doing.READING, entry=None, offer=None)
        self._run(work, took)

    def _search(self, source: Source, setting: Setting) -> None:
        def coded(encoded: Encoded) -> Coded:
            return Coded(source.title, setting, encoded.packet, encoded.seconds, encoded)

        def found(encoded: Encoded) -> None:
            self._best = coded(encoded)

        def searched(encoded: Encoded) -> None:
            if encoded.iterations and encoded.seconds:
                self.coding.put(pace=encoded.work_s / encoded.iterations / encoded.seconds)
            self._inspect(coded(encoded))

        self._best = None
        running = self._submit(EncodeJob(source.speech, setting.kbps, setting.iterations))
        running.arrived.connect(found)
        running.finished.connect(searched)

    def _pack(self, source: Source, setting: Setting) -> None:
        def work() -> tuple[bytes, Audio]:
            from studio.audio.exchange import pack, unpack  # brings PyAV

            packing = FORMATS[setting.format]
            sound = source.speech if packing.rates_kbps else source.audio
            data = pack(sound, packing, setting.kbps)
            return data, unpack(data, packing, source.speech)

        def packed(result: tuple[bytes, Audio]) -> None:
            coded = Coded(source.title, setting, result[0], source.speech.seconds)
            self._end(Done(None), coded=coded, heard=Heard(result[1]))

        self._run(work, packed)

    def _open_packet(self, path: Path) -> None:
        def opened(data: bytes) -> None:
            self._inspect(Coded(path.stem, self.coding.now.setting, data, 0.0, opened=True))

        self._begin(Doing.DECODING, f"Open {path.name}")
        self._run(lambda: _bytes_of(path), opened)

    def _inspect(self, coded: Coded) -> None:
        """Let the packet speak for itself."""

        def told(info: PacketInfo) -> None:
            setting = replace(coded.setting, format=BPGAN.key, kbps=info.nominal_kbps)
            self._decode(replace(coded, setting=setting, seconds=info.seconds, info=info))

        self._submit(InspectJob(coded.data)).finished.connect(told)

    def _decode(self, coded: Coded) -> None:
        vocoder = self.coding.now.setting.vocoder
        heard_s = [0.0]

        def heard(seconds: float) -> None:
            heard_s[0] += seconds
            self._report(Progress(heard_s[0], coded.seconds, "Decoding"))

        def decoded(result: Decoded) -> None:
            said = Heard(result.audio, vocoder, result.concealed, result.words, result.work_s)
            self._end(Done(None), coded=coded, heard=said)

        self.coding.put(coded=coded, heard=None, doing=Doing.DECODING)
        running = self._submit(DecodeJob(coded.data, vocoder), lambda audio: audio.seconds)
        running.arrived.connect(heard)
        running.finished.connect(decoded)

    def _submit(self, job: Any, sieve: Any = None) -> RoomJob:
        running = self._job = self._rooms.submit(job, sieve)
        running.progressed.connect(self._report)
        running.failed.connect(self._failed)
        running.cancelled.connect(self._stopped)
        return running

    def _run(self, work: Any, then: Any) -> None:
        self._job = None
        task = self._task = self._tasks.run(work, then)
        task.failed.connect(self._broke)

    def _begin(self, doing: Doing, title: str) -> None:
        entry = self._jobs.add(title, self.cancel)
        self.coding.put(doing=doing, entry=entry, offer=None)

    def _report(self, event: Progress) -> None:
        if self.coding.now.entry is not None:
            self._jobs.report(self.coding.now.entry, event)

    def _stopped(self) -> None:
        best = self._best if self.coding.now.doing is Doing.ENCODING else None
        self._end(Cancelled(), offer=best)

    def _broke(self, error: object, details: str) -> None:
        told = isinstance(error, AudioFileError)
        self._failed(str(error) if told else f"Something in the studio broke: {error}.", "" if told else details)

    def _failed(self, message: str, details: str) -> None:
        self._end(Failed(message, details))
        self._notices.error(message, details)

    def _end(self, event: Done | Failed | Cancelled | None, **changes: Any) -> None:
        entry, self._job, self._task = self.coding.now.entry, None, None
        if entry is not None and event is not None:
            self._jobs.report(entry, event)
        self.coding.put(doing=Doing.NOTHING, **changes)


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise AudioFileError(f"{path.name} is too large for a BPGAN file: choose another.")
        return path.read_bytes()
    except OSError as error:
        raise AudioFileError(f"{path.name} cannot be read: {explain(error)}.") from None
