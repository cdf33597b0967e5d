"""The two set-up commands: what they find missing, what they say, and that check.py fails when a check does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

Patch = pytest.MonkeyPatch
ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"


@pytest.fixture
def environment(monkeypatch: Patch) -> ModuleType:
    """The set-up module, imported the way run.py does."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    import environment

    return environment


def test_a_ready_environment_costs_nothing(environment: ModuleType, monkeypatch: Patch, tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    monkeypatch.setattr(environment, "STAMP", stamp)
    stamp.write_text(environment.fingerprint(True))
    monkeypatch.setattr(environment, "install_system", lambda packages: pytest.fail("looked"))
    assert environment.ensure() == environment.PYTHON
    assert environment.ensure(testing=True) == environment.PYTHON


def test_a_changed_lock_makes_the_environment_again(
    environment: ModuleType, monkeypatch: Patch, tmp_path: Path
) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("numpy==1\n")
    monkeypatch.setattr(environment, "LOCK", lock)
    before = environment.fingerprint(False)
    lock.write_text("numpy==2\n")
    assert environment.fingerprint(False) != before


def test_without_rights_the_sentence_has_the_exact_command(environment: ModuleType, monkeypatch: Patch) -> None:
    monkeypatch.setattr(environment, "apt_prefix", lambda: None)
    monkeypatch.setattr(environment.shutil, "which", lambda program: "/usr/bin/apt-get")
    with pytest.raises(environment.SetupError, match="sudo apt-get install -y libegl1 xvfb"):
        environment.install_system(["libegl1", "xvfb"])


def test_a_missing_library_is_named_by_its_package(environment: ModuleType, monkeypatch: Patch) -> None:
    monkeypatch.setattr(environment, "loads", lambda library: library != "libportaudio.so.2")
    monkeypatch.setattr(environment.sys, "platform", "linux")
    assert "libportaudio2" in environment.missing_packages(False)
    assert "libegl1" not in environment.missing_packages(False)


def test_every_dependency_is_pinned() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    lines = (PACKAGING / "lock.txt").read_text().splitlines()
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
    names = {entry.split(">")[0].split("=")[0].lower() for entry in wanted}
    assert names <= pinned


def test_an_unknown_check_is_refused_in_one_sentence() -> None:
    result = subprocess.run([sys.executable, str(PACKAGING / "check.py"), "spelling"], capture_output=True, text=True)
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1 and "spelling" in result.stderr
