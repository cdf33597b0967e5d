"""VMC over OSC: read back by python-osc's own server and by an independent reckoning of the head's turn."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_server import ThreadingOSCUDPServer
from scipy.spatial.transform import Rotation

from engines.api.arkit import INDEX, NAMES
from engines.scene.head import rotation_matrix
from studio.export.errors import ExportError
from studio.export.vmc import CALM_S, VmcSender, bundle_of, half_turn

LIMIT_S = 10.0
Messages = queue.Queue[tuple[str, tuple[Any, ...]]]


@pytest.fixture
def receiver() -> Iterator[tuple[int, Messages]]:
    """An OSC server on a free port, and what it hears."""
    heard: Messages = queue.Queue()
    dispatcher = Dispatcher()
    dispatcher.set_default_handler(lambda address, *values: heard.put((address, values)))
    server = ThreadingOSCUDPServer(("127.0.0.1", 0), dispatcher)
    server.daemon_threads = False  # joined at the end: none is left behind
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server.server_address[1], heard
    server.shutdown()
    thread.join()
    server.server_close()


def a_face() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    return rng.uniform(0, 1, 52).astype(np.float32), np.array([0.2, -0.3, 0.1], np.float32)


def frame(heard: Messages) -> list[tuple[str, tuple[Any, ...]]]:
    return [heard.get(timeout=LIMIT_S) for _ in range(58)]


def test_a_server_hears_every_shape_and_the_head(receiver: tuple[int, Messages]) -> None:
    port, heard = receiver
    weights, rotation = a_face()
    sender = VmcSender("127.0.0.1", port)
    sender.send(weights, rotation)
    messages = frame(heard)
    sender.close()
    assert [address for address, _ in messages[:3]] == ["/VMC/Ext/OK", "/VMC/Ext/T", "/VMC/Ext/Root/Pos"]
    assert messages[0][1] == (1, 3, 0) and messages[2][1][0] == "root" and len(messages[2][1]) == 8
    bones = {values[0]: values[1:] for address, values in messages if address == "/VMC/Ext/Bone/Pos"}
    assert set(bones) == {"Head", "Neck"} and all(len(values) == 7 for values in bones.values())
    shapes = dict(values for address, values in messages if address == "/VMC/Ext/Blend/Val")
    assert tuple(shapes) == NAMES
    assert np.allclose([shapes[name] for name in NAMES], weights, atol=1e-6)
    assert messages[-1] == ("/VMC/Ext/Blend/Apply", ())
    assert sender.sent == 1 and sender.trouble == ""


def test_a_frame_is_one_bundle() -> None:
    data = bundle_of(*a_face(), 12.5)
    assert OscBundle.dgram_is_bundle(data)
    bundle = OscBundle(data)
    assert bundle.num_contents == 58
    assert bundle.content(1).params == [12.5]
    assert len(data) < 65_507  # a UDP datagram


def test_neck_and_head_together_turn_as_the_avatar_does() -> None:
    _, rotation = a_face()
    x, y, z, w = half_turn(rotation)
    both = Rotation.from_quat([x, y, z, w]) * Rotation.from_quat([x, y, z, w])
    mirror = np.diag([-1.0, 1.0, 1.0])  # right-handed to Unity's left-handed axes
    assert np.allclose(both.as_matrix(), mirror @ rotation_matrix(rotation) @ mirror, atol=1e-6)
    nod = Rotation.from_quat(half_turn(np.array([0.2, 0, 0], np.float32))).as_rotvec()
    assert np.allclose(nod, [0.1, 0, 0], atol=1e-6)  # down is a positive turn about x in Unity


def test_neutral_is_still(receiver: tuple[int, Messages]) -> None:
    port, heard = receiver
    sender = VmcSender("localhost", port)
    sender.send(np.zeros(52, np.float32), np.zeros(3, np.float32))
    messages = frame(heard)
    sender.close()
    assert next(values for address, values in messages if address == "/VMC/Ext/Bone/Pos")[-4:] == (0, 0, 0, 1)
    assert all(values[1] == 0 for address, values in messages if address == "/VMC/Ext/Blend/Val")


def test_nobody_listening_is_one_sentence_until_somebody_does() -> None:
    now = [0.0]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    sender = VmcSender("127.0.0.1", port, clock=lambda: now[0])
    for _ in range(3):  # the refusal of a frame is told with the next one
        sender.send(*a_face())
    assert sender.trouble == f"Nobody listens at 127.0.0.1:{port}: start the receiving program or mend the port."
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", port))  # a port in use is what a sender wants
        sender.send(*a_face())  # may still be told of the refusal before
        sent = sender.sent
        now[0] += 2 * CALM_S
        sender.send(*a_face())
        assert sender.sent == sent + 1 and sender.trouble == ""
    sender.close()


@pytest.mark.parametrize(
    ("host", "port"),
    [("", 39539), ("127.0.0.1", 0), ("127.0.0.1", 70_000), ("no such host.invalid", 39539), ("x" * 300, 1)],
)
def test_an_impossible_receiver_is_one_sentence(host: str, port: int) -> None:
    with pytest.raises(ExportError, match=r"(Give|check) the address"):
        VmcSender(host, port)


def test_frames_a_second_are_counted() -> None:
    now = [10.0]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        sender = VmcSender("127.0.0.1", listener.getsockname()[1], clock=lambda: now[0])
        for _ in range(100):
            now[0] += 0.04
            sender.send(*a_face())
        assert sender.rate == pytest.approx(25, abs=1) and sender.sent == 100
        now[0] += 10
        assert sender.rate == 0
        sender.close()
        sender.send(*a_face())
    assert "cannot be reached" in sender.trouble


def test_jaw_of_a_silent_face_is_told_as_zero_not_left_out() -> None:
    names = [OscBundle(bundle_of(np.zeros(52, np.float32), np.zeros(3, np.float32), 0.0)).content(i) for i in range(58)]
    jaw = [m for m in names if m.address == "/VMC/Ext/Blend/Val" and m.params[0] == NAMES[INDEX["jawOpen"]]]
    assert len(jaw) == 1 and jaw[0].params[1] == 0.0
