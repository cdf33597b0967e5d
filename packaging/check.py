"""Runs every check of the project: python3 packaging/check.py. Makes the environment first; exit 0 when all pass."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import environment

CHECKS: dict[str, list[str]] = {
    "ruff": ["-m", "ruff", "check", "."],
    "format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
    "imports": ["-c", "from importlinter.cli import lint_imports_command as main; main()"],
    "tests": ["-m", "pytest"],
}


def main() -> int:
    """Run all checks, also after one failed, and say how each ended and how long it took."""
    try:
        python = environment.ensure(testing=True)
    except (environment.SetupError, OSError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 2
    wanted = sys.argv[1:] or list(CHECKS)
    if unknown := [name for name in wanted if name not in CHECKS]:
        print(f"There is no check named {unknown[0]}; choose from {', '.join(CHECKS)}.", file=sys.stderr)
        return 2
    failed = [name for name in wanted if not passes(str(python), name)]
    print(f"checks failed: {', '.join(failed)}" if failed else "all checks passed", flush=True)
    return 1 if failed else 0


def passes(python: str, name: str) -> bool:
    """Run one check in the project's root."""
    print(f"== {name}", flush=True)
    start = time.monotonic()
    code = subprocess.run([python, *CHECKS[name]], cwd=environment.ROOT, env=test_environment()).returncode
    print(f"== {name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - start:.1f} s", flush=True)
    return code == 0


def test_environment() -> dict[str, str]:
    """The caller's environment, with a real window system and a software rasteriser whose results repeat."""
    return {**os.environ, "QT_QPA_PLATFORM": "xcb", "LIBGL_ALWAYS_SOFTWARE": "1", "PYTHONHASHSEED": "0"}


if __name__ == "__main__":
    sys.exit(main())
