"""Jobs about the engines themselves: measuring, training, rendering footage, examining what is installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from engines.api.events import EngineError, Partial
from engines.api.jobs import BenchJob, DoctorJob, FootageJob, Job, TrainJob
from engines.api.rooms import Work, result_of
from engines.api.values import Finding
from engines.common.weights import ASSETS, ROOT, load_weights

BENCHES = {
    "speech": "engines.speech.bench",
    "lipsync": "engines.lipsync.bench",
    "renderer": "engines.presenter.bench",
    "phase": "engines.phase.bench",
    "textlip": "engines.textlip.bench",
    "codec": "engines.codec.bench",
    "face": "engines.face.bench",
    "landmarks": "engines.presenter.builder.bench",
}
TRAINERS = {
    "lipsync": "engines.lipsync.train",
    "presenter": "engines.presenter.train",
    "phase": "engines.phase.train",
    "textlip": "engines.textlip.train",
    "codec": "engines.codec.train",
    "face": "engines.face.train",
    "landmarks": "engines.landmarks.train",
}


class Workshop:
    """Runs BenchJob, TrainJob, FootageJob and DoctorJob."""

    def run(self, job: Job) -> Work:
        """Dispatch on the job's class."""
        if isinstance(job, BenchJob):
            return run_bench(job)
        if isinstance(job, TrainJob):
            return run_training(job)
        if isinstance(job, FootageJob):
            return import_module("engines.presenter.footage").run(job, data_folder(job.data))
        assert isinstance(job, DoctorJob)
        return run_doctor()


def named(table: dict[str, Any], name: str, what: str) -> Any:
    """Look a name up. Raises EngineError listing the choices."""
    if name not in table:
        raise EngineError(f"There is no {what} named {name!r}; choose from {', '.join(table)}.")
    return table[name]


def data_folder(data: str) -> Path | None:
    """The folder of recordings: the one named, else ../shared/data beside the project where it exists, else None."""
    if data:
        if not Path(data).is_dir():
            raise EngineError(f"The data folder {data} does not exist; name a folder of recordings.")
        return Path(data)
    default = ROOT.parent / "shared" / "data"
    return default if default.is_dir() else None


def run_training(job: TrainJob) -> Work:
    """Train an engine's networks, or the one that is named (a key of its trainer's NETWORKS)."""
    module = import_module(named(TRAINERS, job.engine, "engine to train"))
    which = (named(module.NETWORKS, job.network, f"network of {job.engine}"),) if job.network else ()
    return module.run(job, data_folder(job.data), *which)


def run_bench(job: BenchJob) -> Work:
    """Measure one engine, row by row."""
    module = import_module(named(BENCHES, job.name, "bench"))
    count = 0
    for row in module.rows(data_folder(job.data)):
        count += 1
        yield Partial(row)
    return count


def run_doctor() -> Work:
    """Examine everything an engine needs."""
    findings: list[Finding] = []
    for finding in examine():
        findings.append(finding)
        yield Partial(finding)
    return tuple(findings)


def examine() -> Iterator[Finding]:
    """Yield a finding for each thing that could be missing on a user's machine."""
    yield examine_torch()
    yield examine_openvino()
    yield tried("speech (espeak-ng)", speak_a_word)
    yield tried("OpenGL without a window", draw_nothing)
    for path in sorted(ASSETS.rglob("*.safetensors")):
        if path.parent.name == "weights" or path.name == "renderer.safetensors":
            yield tried(f"weights {path.relative_to(ASSETS)}", lambda p=path: f"{load_weights(p)[1].get('engine', '')}")
    yield Finding("processor cores", True, str(os.cpu_count()))


def examine_torch() -> Finding:
    """Which torch, on which device."""
    import torch

    device = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "processor only"
    return Finding("torch", True, f"{torch.__version__}, {device}")


def examine_openvino() -> Finding:
    """Which OpenVINO devices there are."""
    import openvino

    devices = openvino.Core().available_devices
    return Finding("OpenVINO", "CPU" in devices, f"{openvino.__version__.split('-')[0]}: {', '.join(devices)}")


def tried(subject: str, act: Any) -> Finding:
    """A finding from something that either answers with words or raises."""
    try:
        return Finding(subject, True, str(act()))
    except EngineError as error:
        return Finding(subject, False, str(error))
    except Exception as error:
        return Finding(subject, False, f"{type(error).__name__}: {error}; run packaging/run.py again to mend it.")


def speak_a_word() -> str:
    """Speak one word and say how long it is."""
    from engines.api.jobs import SpeakJob
    from engines.speech.engine import SpeechEngine

    return f"one word of {result_of(SpeechEngine().run(SpeakJob('Ready.'))).audio.seconds:.2f} s"


def draw_nothing() -> str:
    """Open a headless context and name its renderer."""
    from engines.scene import headless_context

    context = headless_context()
    try:
        return str(context.info["GL_RENDERER"])
    finally:
        context.release()
