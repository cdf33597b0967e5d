"""How much work a clip costs: the whole command `say` in a process of its own, on a story of 200 and 1,000 words."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STORY = Path(__file__).parents[2] / "assets" / "demo" / "story.txt"
"""A story of 200 words."""
LONGER = 5


@dataclass(frozen=True)
class Run:
    """One measured run: seconds of work, seconds of clip, peak memory of the process in GiB."""

    work_s: float
    clip_s: float
    peak_gib: float


def rows() -> Iterator[dict[str, Any]]:
    """Rows of `bench clip`, the long story last because it is slow."""
    story = STORY.read_text(encoding="utf-8")
    for case, text in (("default", story), ("five-times-longer", "\n\n".join([story] * LONGER))):
        run = measure(text)
        shared = {"bench": "clip", "case": case, "n": 1}
        yield {**shared, "metric": "work_per_clip_second", "value": run.work_s / run.clip_s, "unit": "s"}
        yield {**shared, "metric": "peak_memory_gib", "value": run.peak_gib, "unit": "GiB"}
        yield {**shared, "metric": "clip_s", "value": run.clip_s, "unit": "s"}


def measure(text: str) -> Run:
    """Make a 1920x1080 clip in a child of a child, whose only resource use is this run."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "story.txt").write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", __name__, folder]
        result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    return Run(**json.loads(result.stdout.splitlines()[-1]))


def main() -> None:
    """Run `say` as a child and print what it cost."""
    folder = Path(sys.argv[1])
    files = ["--file", str(folder / "story.txt"), "-o", str(folder / "clip.mp4")]
    command = [sys.executable, "-m", "studio", "say", *files, "--json"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    facts = json.loads(result.stdout.splitlines()[-1])
    peak_gib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20  # kilobytes on Linux
    print(json.dumps({"work_s": facts["work_s"], "clip_s": facts["sound_s"], "peak_gib": peak_gib}))


if __name__ == "__main__":
    main()
