"""Engines that answer at once with made-up but well-formed values, and a room that runs them on threads of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from engines.api.avatar import AvatarClipJob
from engines.api.codec import DecodeJob, EncodeJob, InspectJob
from engines.api.events import EngineError, Partial, Progress
from engines.api.face import AnimateJob
from engines.api.jobs import (
    ClipJob,
    CompareJob,
    DoctorJob,
    Job,
    LabelJob,
    PerformJob,
    PhaseJob,
    PresentersJob,
    SpeakJob,
    VoicesJob,
)
from engines.api.presenter import ImportsJob
from engines.api.rooms import Listener, Ticket, Work
from engines.api.textlip import LipPictures, LipsJob, LipTrack
from engines.api.values import (
    Audio,
    ClipSummary,
    Finding,
    Frames,
    Likeness,
    Performance,
    Phone,
    PresenterInfo,
    Reconstruction,
    Speech,
    VoiceInfo,
    Word,
    frame_count,
)
from engines.room import run_job
from tests.studio import fake_codec

RATE_HZ = 16_000
WORD_S = 0.2


class FakeEngine:
    """One engine for every job the window submits; jobs holds all it was given."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.gate = threading.Event()
        """Clips wait here after their first frame, so a test decides when they go on."""
        self.gate.set()

    def run(self, job: Job) -> Work:
        """Answer a job."""
        self.jobs.append(job)
        match job:
            case SpeakJob():
                return speak(job)
            case LipsJob():
                return lips(job)
            case ClipJob():
                return self._clip(job)
            case AvatarClipJob():
                return avatar_clip(job)
            case PerformJob():
                return answer(perform(job))
            case AnimateJob():
                return answer(animate(job))
            case LabelJob():
                return answer(Speech(job.audio, (Phone("a", 0.0, job.audio.seconds, 1),), (), job.text))
            case VoicesJob():
                return answer((VoiceInfo("en-gb", "English (Great Britain)", "en", "fake"),))
            case PresentersJob():
                return answer((PresenterInfo("default", "Default presenter", True, 512),))
            case ImportsJob():
                return answer(())
            case EncodeJob():
                return fake_codec.encode(job, self.gate)
            case DecodeJob():
                return fake_codec.decode(job)
            case InspectJob():
                return answer(fake_codec.inspect(job))
            case PhaseJob():
                return self._rebuild(job)
            case CompareJob():
                return answer(Likeness(2.5, 3.0, 0.8, -20.0, None))
            case DoctorJob():
                return answer((Finding("speech", True, "fake"),))
        raise EngineError(f"Nobody here can do {type(job).__name__}: ask for something else.")

    def _clip(self, job: ClipJob) -> Work:
        """Flat pictures whose red is their number."""
        end_s = job.audio.seconds if job.end_s is None else job.end_s
        first, last = round(job.start_s * job.fps), round(end_s * job.fps)
        if job.start_s == 0 and job.end_s is None:
            last = frame_count(job.audio.seconds, job.fps)
        for number in range(first, max(last, first + 1)):
            picture = np.full((1, job.height, job.width, 3), (number % 256, 64, 128), np.uint8)
            yield Progress(number - first, last - first, "Rendering")
            yield Partial(Frames(picture, number, job.fps))
            self.gate.wait()
        return ClipSummary(last - first, job.fps, job.width, job.height, job.audio.seconds)

    def _rebuild(self, job: PhaseJob) -> Work:
        """The sound itself, its sign turned; behind the gate after the first of the iterations."""
        if job.method == "gan" and job.size != 1024:
            raise EngineError("These weights are for frames of 1024 samples.")
        steps, made = job.iterations or 0, Audio(-job.audio.samples, job.audio.rate_hz)
        for done in range(1, steps + 1):
            yield Progress(done, steps, "Rebuilding the phase")
            yield Partial(Reconstruction(made, done, 0.01 * done))
            self.gate.wait()
        yield Progress(1, 1, "Rebuilding the phase")
        return Reconstruction(made, steps, 0.01 * steps, 100.0)


def speak(job: SpeakJob) -> Work:
    """A hum of WORD_S for every word, sentence by sentence."""
    if not any(c.isalnum() for c in job.text):
        raise EngineError("There is nothing to say: type some words.")
    sentences, said, at = job.text.split(". "), [], 0
    for i, sentence in enumerate(sentences):
        part = spoken(sentence, at)
        at += len(sentence) + 2
        said.append(part)
        yield Progress(i + 1, len(sentences), "Speaking")
        yield Partial(part)
    return whole(said, job.text)


def spoken(sentence: str, at: int) -> Speech:
    """One sentence whose times begin at its own start and whose offsets count from the story's."""
    words, place = [], 0
    for i, word in enumerate(sentence.split()):
        place = sentence.index(word, place)
        words.append(Word(word, i * WORD_S, (i + 1) * WORD_S, at + place))
        place += len(word)
    count = round(len(words) * WORD_S * RATE_HZ)
    samples = (0.3 * np.sin(np.arange(count) * 2 * np.pi * 220 / RATE_HZ)).astype(np.float32)
    phones = tuple(Phone("a", word.start_s, word.end_s, 1) for word in words)
    return Speech(Audio(samples, RATE_HZ), phones, tuple(words), sentence)


def whole(parts: list[Speech], text: str) -> Speech:
    """Sentences in a row."""
    from studio.bridge.passages import joined

    speech = None
    for part in parts:
        speech = joined(speech, part)
    assert speech is not None
    return Speech(speech.audio, speech.phones, speech.words, text)


def lips(job: LipsJob) -> Work:
    """Three grey pictures for every word, each lighter than the one before."""
    count = max(3 * len(job.text.split()), 3)
    shades = np.linspace(0, 255, count).astype(np.uint8)
    pictures = np.broadcast_to(shades[:, None, None, None], (count, 80, 160, 3)).copy()
    yield Partial(LipPictures(pictures[:2], 0))
    yield Partial(LipPictures(pictures[2:], 2))
    return LipTrack(count, (Phone("a", 0.0, count / 25, 1),), 0.01, 0.01)


def perform(job: PerformJob) -> Performance:
    """A jaw that opens with time."""
    count = frame_count(job.speech.audio.seconds, job.fps)
    weights = np.zeros((count, 52), np.float32)
    weights[:, 17] = np.linspace(0, 1, count)
    return Performance(weights, np.zeros((count, 3), np.float32), Fraction(job.fps))


def avatar_clip(job: AvatarClipJob) -> Work:
    """Flat pictures, one for each frame of the sound."""
    fps, count = job.performance.fps, frame_count(job.audio.seconds, job.performance.fps)
    for number in range(count):
        yield Partial(Frames(np.full((1, job.height, job.width, 3), number % 256, np.uint8), number, fps))
    return ClipSummary(count, fps, job.width, job.height, job.audio.seconds)


def animate(job: AnimateJob) -> Performance:
    """A jaw that goes up and down, wider for some models than for others."""
    count = frame_count(job.audio.seconds, job.fps)
    weights = np.zeros((count, 52), np.float32)
    weights[:, 17] = (0.2 + 0.1 * len(job.model)) * np.sin(np.arange(count) * 0.8) ** 2
    return Performance(weights, np.zeros((count, 3), np.float32), Fraction(job.fps))


def answer(value: Any) -> Work:
    """Work that is done at once."""
    yield Progress(1, 1)
    return value


class ThreadRoom:
    """Runs every job on a thread of its own, as a ProcessRoom would in a process, only quicker."""

    def __init__(self, engine: FakeEngine | None = None) -> None:
        self.engine = engine or FakeEngine()
        self._running: list[tuple[threading.Thread, FakeTicket]] = []

    def submit(self, job: Job, on_event: Listener) -> Ticket:
        """Start a job."""
        ticket = FakeTicket(self.engine.gate)
        body: Callable[[], None] = lambda: run_job(lambda _: self.engine, job, on_event, ticket.stopped.is_set)  # noqa: E731
        thread = threading.Thread(target=body, name=f"fake {type(job).__name__}")
        self._running.append((thread, ticket))
        thread.start()
        return ticket

    def close(self) -> None:
        """Stop all and wait."""
        for thread, ticket in self._running:
            ticket.cancel()
            thread.join()


class FakeTicket:
    """A job on its thread."""

    def __init__(self, gate: threading.Event) -> None:
        self.stopped = threading.Event()
        self._gate = gate

    def push(self, block: Audio) -> None:
        """No fake job is live."""
        raise EngineError("This job takes no live sound.")

    def cancel(self) -> None:
        """Stop at the next yield, even behind the gate."""
        self.stopped.set()
        self._gate.set()
