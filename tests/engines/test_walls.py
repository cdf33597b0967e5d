"""The walls stand: the contracts hold, and a planted forbidden import breaks the check."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()"]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of pyproject.toml over a tree."""
    return subprocess.run([*LINT, "--no-cache"], cwd=folder, capture_output=True, text=True)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the source tree to plant imports in."""
    for name in ("studio", "engines"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("engines/api/values.py", "import PySide6.QtCore"),
        ("engines/scene/head.py", "import torch"),
        ("studio/document/project.py", "import torch"),
        ("studio/session/__init__.py", "from PySide6 import QtCore"),
        ("studio/document/history.py", "import studio.views.window"),
        ("engines/common/weights.py", "import engines.presenter.engine"),
    ],
)
def test_a_planted_import_is_found(copy: Path, module: str, line: str) -> None:
    path = copy / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    result = lint(copy)
    assert result.returncode != 0
    assert "BROKEN" in result.stdout


def test_the_walls_stand() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout
