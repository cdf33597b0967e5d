"""Renders training footage of the computer-made presenter speaking: pictures, landmarks, curves, sound; resumes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from engines.api.events import EngineError, Progress
from engines.api.jobs import FootageJob
from engines.api.rooms import Work
from engines.presenter.draw_pool import SIZE, TIERS, Shot, draw_all
from engines.presenter.footage_files import (
    Clip,
    Footage,
    read_clip,
    read_footage,
    write_clip,
    write_footage,
)
from engines.presenter.footage_plan import choose, find_sources, interleave, run_of, stage
from engines.presenter.template_clip import make_template
from engines.scene.camera import Camera, face_box
from engines.scene.head import DEFAULT, load_head

EARLY = 400
"""Pictures rendered before the silent clip."""


def run(job: FootageJob, data: Path | None) -> Work:
    """Plan (once per folder) and render what is missing; returns the number of pictures in the folder.

    data: recordings to perform beside the built-in sentences. Raises EngineError for a folder of another look or plan,
    an unwritable place and a dead worker; a later run goes on where this one stopped.
    """
    root = Path(job.out)
    _check(job, root)
    if not (root / "footage.json").is_file():
        yield from _plan(job, data, root)
    footage = read_footage(root)
    if (footage.tier, footage.look, footage.plan) != (job.tier, look(), _plan_name(job)):
        raise EngineError(f"{root} holds footage of another look or plan: name another folder, or delete it first.")
    clips = {name: read_clip(root, name) for name in dict.fromkeys(name for name, _ in footage.order)}
    missing = [(clips[n], f) for n, f in footage.order if not clips[n].picture_path(root, f).is_file()]
    done, total = len(footage.order) - len(missing), len(footage.order)
    yield Progress(done, total, "Rendering footage")
    shots = [_shot(root, footage, clip, frame) for clip, frame in missing]
    # The silent clip comes early: with it and some hundred pictures a training can begin beside the rendering.
    early = max(0, EARLY - done)
    for some in (shots[:early], shots[early:]):
        for _ in draw_all(some, job.tier, job.workers):
            done += 1
            yield Progress(done, total, "Rendering footage")
        yield from make_template(root / "template", job.tier, job.workers)
    return total


def look() -> str:
    """A short hash of the head's files: pictures of different looks must not mix."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(p for p in DEFAULT.iterdir() if p.suffix in (".safetensors", ".png", ".jpg", ".webp")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def face_camera() -> tuple[Camera, tuple[int, int, int, int]]:
    """The newsroom camera's view of the face box, and the box in the whole picture."""
    head = load_head()
    whole = Camera.presenter(*SIZE, head=head)
    box = face_box(whole, head)
    return whole.crop(*box), box


def _shot(root: Path, footage: Footage, clip: Clip, frame: int) -> Shot:
    motion = clip.performance
    return Shot(clip.picture_path(root, frame), motion.weights[frame], motion.rotation[frame], footage.box)


def _plan(job: FootageJob, data: Path | None, root: Path) -> Work:
    """Perform every source, choose frames, write the clips and at last footage.json."""
    camera, box = face_camera()
    head = load_head()
    train, unseen = find_sources(data, root / "labels")
    run_s = job.unseen_seconds / max(1, len(unseen))
    staged: list[Clip] = []
    runs: list[list[tuple[str, int]]] = []
    for i, source in enumerate((*train, *unseen)):
        yield Progress(i, len(train) + len(unseen), "Performing the sentences")
        speech = source.load()
        clip = stage(source, speech, head, camera)
        if source.split == "train":
            staged.append(clip)
        else:
            clip = run_of(clip, speech, run_s)
            runs.append([(clip.name, frame) for frame in clip.frames])
        write_clip(root, clip, speech.audio)
    picked = choose(staged, job.frames)
    for c, clip in enumerate(staged):
        frames = tuple(sorted(frame for owner, frame in picked if owner == c))
        write_clip(root, replace(clip, frames=frames), clip.sound(root))
    order = interleave([(staged[c].name, frame) for c, frame in picked], runs)
    write_footage(root, Footage(job.tier, look(), SIZE, box, _plan_name(job), order))


def _plan_name(job: FootageJob) -> str:
    return f"{job.frames} training pictures, {job.unseen_seconds:g} unseen seconds"


def _check(job: FootageJob, root: Path) -> None:
    if job.tier not in TIERS:
        raise EngineError(f"There is no tier {job.tier!r}; choose from {', '.join(TIERS)}.")
    if job.frames < 1 or job.unseen_seconds < 0 or job.workers < 1:
        raise EngineError("Footage needs at least one frame and one worker, and no negative seconds.")
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(f"{root} cannot be made: {error.strerror}; name another folder.") from error
