"""Which engine runs which job: names only, so that nothing heavy is imported before it is needed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from engines.api import avatar, codec, face, jobs, presenter, textlip
from engines.api.rooms import Engine, LiveEngine


@dataclass(frozen=True)
class Entry:
    """Where an engine class lives, and the lane (one process each in a ProcessRoom) its jobs queue in."""

    engine: str
    lane: str


REGISTRY: dict[type[jobs.Job], Entry] = {
    jobs.SpeakJob: Entry("engines.speech.engine:SpeechEngine", "voice"),
    jobs.VoicesJob: Entry("engines.speech.engine:SpeechEngine", "voice"),
    jobs.LabelJob: Entry("engines.speech.engine:SpeechEngine", "voice"),
    jobs.PerformJob: Entry("engines.performance.engine:PerformanceEngine", "voice"),
    jobs.PresentersJob: Entry("engines.presenter.engine:PresenterEngine", "picture"),
    jobs.ClipJob: Entry("engines.presenter.engine:PresenterEngine", "picture"),
    presenter.ImportsJob: Entry("engines.presenter.builder.engine:BuilderEngine", "picture"),
    presenter.ImportJob: Entry("engines.presenter.builder.engine:BuilderEngine", "builder"),
    presenter.TrainPresenterJob: Entry("engines.presenter.builder.engine:BuilderEngine", "builder"),
    presenter.CheckPresenterJob: Entry("engines.presenter.builder.engine:BuilderEngine", "builder"),
    avatar.AvatarClipJob: Entry("engines.presenter.avatar:AvatarEngine", "avatar"),
    jobs.PhaseJob: Entry("engines.phase.engine:PhaseEngine", "sound"),
    jobs.CompareJob: Entry("engines.phase.engine:PhaseEngine", "sound"),
    face.AnimateJob: Entry("engines.face.engine:FaceEngine", "face"),
    face.LiveJob: Entry("engines.face.engine:FaceEngine", "live"),
    codec.EncodeJob: Entry("engines.codec.engine:CodecEngine", "codec"),
    codec.DecodeJob: Entry("engines.codec.engine:CodecEngine", "codec"),
    codec.InspectJob: Entry("engines.codec.engine:CodecEngine", "codec"),
    textlip.LipsJob: Entry("engines.textlip.engine:TextlipEngine", "lips"),
    textlip.DurationsJob: Entry("engines.textlip.engine:TextlipEngine", "lips"),
    textlip.PacedSpeakJob: Entry("engines.textlip.engine:TextlipEngine", "lips"),
    jobs.BenchJob: Entry("engines.workshop:Workshop", "workshop"),
    jobs.TrainJob: Entry("engines.workshop:Workshop", "workshop"),
    jobs.FootageJob: Entry("engines.workshop:Workshop", "workshop"),
    jobs.DoctorJob: Entry("engines.workshop:Workshop", "workshop"),
}


def entry_for(job: jobs.Job) -> Entry:
    """The entry of a job's class. Raises KeyError for a class nobody registered (a bug)."""
    return REGISTRY[type(job)]


class Engines:
    """Engines of this process, made on first use and kept, so that weights load once."""

    def __init__(self) -> None:
        self._made: dict[str, Engine | LiveEngine] = {}

    def for_job(self, job: jobs.Job) -> Engine | LiveEngine:
        """The engine that runs this job."""
        name = entry_for(job).engine
        if name not in self._made:
            module, _, cls = name.partition(":")
            self._made[name] = getattr(import_module(module), cls)()
        return self._made[name]
