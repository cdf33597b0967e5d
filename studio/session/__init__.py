"""What is live and never saved: transport, clocks, selection, jobs, notices, recording."""

from studio.session.clock import Clock, FileClock, HandClock, WallClock
from studio.session.jobs import JobEntry, Jobs, JobState
from studio.session.look import AvatarLook, Look
from studio.session.notices import Level, Notice, Notices
from studio.session.recording import Recording, RecordingState
from studio.session.selection import Selected, Selection
from studio.session.transport import Span, Transport

__all__ = [
    "AvatarLook",
    "Clock",
    "FileClock",
    "HandClock",
    "JobEntry",
    "JobState",
    "Jobs",
    "Level",
    "Look",
    "Notice",
    "Notices",
    "Recording",
    "RecordingState",
    "Selected",
    "Selection",
    "Span",
    "Transport",
    "WallClock",
]
