"""Makes the environment of the project: .venv with pinned packages, and the system libraries wheels do not carry.

Standard library only; shared by run.py and check.py. A stamp beside the environment makes a second run cost nothing.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "anchor-studio.stamp"
LOCK = ROOT / "packaging" / "lock.txt"

# library or program that must be there -> Debian package that brings it
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libportaudio.so.2": "libportaudio2",
    "libpulse.so.0": "libpulse0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
PROGRAMS = {"Xvfb": "xvfb", "xauth": "xauth", "pulseaudio": "pulseaudio", "pactl": "pulseaudio-utils"}
PULSE_PLUGIN = "*/alsa-lib/libasound_module_pcm_pulse.so"
"""What brings PortAudio to PulseAudio, so that tests may have a microphone without one: package libasound2-plugins."""
FONT_FOLDER = Path("/usr/share/fonts/truetype/dejavu")


class SetupError(Exception):
    """One sentence that says what to do."""


def ensure(*, testing: bool = False) -> Path:
    """Return the environment's Python, making or mending whatever is missing. Raises SetupError."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whatever python3 is there runs this file
        raise SetupError(f"Anchor Studio needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if STAMP.is_file() and STAMP.read_text() == fingerprint(testing):
        return PYTHON
    install_system(missing_packages(testing))
    if not PYTHON.exists() or not can_run_pip():
        print("Making the environment in .venv ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    print("Installing pinned packages (a few minutes the first time) ...", flush=True)
    pip("install", "--quiet", "--no-deps", "-r", str(LOCK))  # the lock names everything that is needed
    pip("install", "--quiet", "--no-deps", "--editable", str(ROOT))
    STAMP.write_text(fingerprint(testing))
    return PYTHON


def fingerprint(testing: bool) -> str:
    """What the environment depends on; a test environment also serves for running."""
    text = LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode() + sys.version.encode()
    text += repr((LIBRARIES, PROGRAMS)).encode()
    digest = hashlib.sha256(text).hexdigest()
    if testing or (STAMP.is_file() and STAMP.read_text() == digest + "+tests"):
        return digest + "+tests"
    return digest


def can_run_pip() -> bool:
    """Whether .venv is whole enough to install into."""
    return subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True).returncode == 0


def pip(*arguments: str) -> None:
    """Run pip in the environment; its own words are shown when it fails."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if line.startswith("ERROR")]
        raise SetupError(f"Packages could not be installed ({(lines or ['pip failed'])[-1]}); check the network.")


def missing_packages(testing: bool) -> list[str]:
    """Debian packages whose library or program is not there (Linux only)."""
    if sys.platform != "linux":
        return []
    wanted = [package for library, package in LIBRARIES.items() if not loads(library)]
    if testing:
        wanted += [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if testing and not any(Path("/usr/lib").glob(PULSE_PLUGIN)):
        wanted.append("libasound2-plugins")
    if not FONT_FOLDER.exists() and not shutil.which("fc-list"):
        wanted.append("fonts-dejavu-core")
    if importlib.util.find_spec("ensurepip") is None:
        wanted.append(f"python3.{sys.version_info.minor}-venv")
    return wanted


def loads(library: str) -> bool:
    """Whether the dynamic linker finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_system(packages: list[str]) -> None:
    """Install Debian packages where that is allowed without a password, else say the exact command."""
    if not packages:
        return
    sentence = f"Install the missing system packages with: sudo apt-get install -y {' '.join(packages)}"
    if not shutil.which("apt-get"):
        raise SetupError(f"System libraries are missing; with your package manager install {', '.join(packages)}.")
    prefix = apt_prefix()
    if prefix is None:
        raise SetupError(sentence)
    print(f"Installing system packages: {' '.join(packages)} ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        result = subprocess.run([*prefix, "apt-get", *step], env=environment, capture_output=True, text=True)
    if result.returncode:
        raise SetupError(sentence)


def apt_prefix() -> list[str] | None:
    """What to put before apt-get: nothing as root, sudo where it asks no password, None where neither works."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None
