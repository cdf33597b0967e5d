"""What all tests share: properties are judged by their examples, never by how long a busy machine takes for one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest
from hypothesis import settings
from PySide6.QtCore import QCoreApplication

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """An X display with GL: the one there is, else a virtual one that lives as long as the tests do."""
    if "DISPLAY" in os.environ:
        yield os.environ["DISPLAY"]
        return
    reading, writing = os.pipe()
    screen = ("-screen", "0", "1920x1080x24", "+extension", "GLX", "-nolisten", "tcp", "-terminate")
    try:
        command = ["Xvfb", "-displayfd", str(writing), *screen]
        server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        pytest.fail("The window's tests need Xvfb: install it with 'sudo apt install xvfb'.")
    os.close(writing)
    with open(reading) as told:
        number = told.readline().strip()  # the server writes the free number it took once it can be used
    os.environ["DISPLAY"] = f":{number}"
    yield os.environ["DISPLAY"]
    if QCoreApplication.instance() is None:  # else -terminate ends the server when the application goes, after us
        server.terminate()
        server.wait()
    else:
        server.returncode = 0  # nobody waits for it any more


@pytest.fixture(scope="session")
def qapp_args(display: str) -> list[str]:
    """pytest-qt makes its application from this, so every window test has a display."""
    os.environ.setdefault("QT_QPA_PLATFORM", "xcb")
    return ["anchor-studio"]
