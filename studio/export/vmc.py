"""A live face as VMC over OSC: one UDP bundle a frame for the animation tools that receive it.

Source: Virtual Motion Capture protocol, Marionette specification 2.5 (protocol.vmc.info); blend shapes carry the ARKit
names ("Perfect Sync"); turns are in Unity's left-handed axes, so y and z of a right-handed quaternion change sign.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections import deque
from collections.abc import Callable

from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from scipy.spatial.transform import Rotation

from engines.api.arkit import NAMES
from engines.api.values import FloatArray
from studio.export.errors import ExportError

PORT = 39539
"""Where Marionettes commonly listen."""
LOADED, CALIBRATED, NORMAL = 1, 3, 0
NECK_M, HEAD_M = (0.0, 0.10, 0.0), (0.0, 0.09, 0.0)
"""Above the bone before, of an average adult, for receivers that take over the places of bones."""
STILL = (0.0, 0.0, 0.0, 1.0)
RATE_OVER_S = 2.0
CALM_S = 1.0
"""Trouble is over when nothing was refused for so long: a closed port refuses only every other frame."""


def bundle_of(weights: FloatArray, rotation: FloatArray, at_s: float) -> bytes:
    """The OSC bundle of one frame: (52,) weights, (3,) rotation in radians, the sender's time in seconds."""
    turn = half_turn(rotation)
    messages: list[tuple[str, tuple[str | int | float, ...]]] = [
        ("/VMC/Ext/OK", (LOADED, CALIBRATED, NORMAL)),
        ("/VMC/Ext/T", (at_s,)),
        ("/VMC/Ext/Root/Pos", ("root", 0.0, 0.0, 0.0, *STILL)),
        ("/VMC/Ext/Bone/Pos", ("Neck", *NECK_M, *turn)),
        ("/VMC/Ext/Bone/Pos", ("Head", *HEAD_M, *turn)),
        *(("/VMC/Ext/Blend/Val", (name, float(value))) for name, value in zip(NAMES, weights, strict=True)),
        ("/VMC/Ext/Blend/Apply", ()),
    ]
    bundle = OscBundleBuilder(IMMEDIATELY)
    for address, values in messages:
        message = OscMessageBuilder(address)
        for value in values:
            message.add_arg(value)
        bundle.add_content(message.build())
    return bytes(bundle.build().dgram)


def half_turn(rotation: FloatArray) -> tuple[float, float, float, float]:
    """Half of pitch, yaw, roll (engines.scene.head), once for the neck, once for the head: x y z w in Unity's axes."""
    whole = Rotation.from_euler("YXZ", [rotation[1], rotation[0], rotation[2]])
    x, y, z, w = Rotation.from_rotvec(whole.as_rotvec() / 2).as_quat().tolist()
    return x, -y, -z, w


class VmcSender:
    """Sends frames to one receiver; what goes wrong on the way is told, and sending goes on."""

    def __init__(self, host: str, port: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Find the receiver. Raises ExportError with one sentence for a name nobody knows."""
        self.host, self.port = host, port
        self.trouble = ""
        """Why frames do not arrive, as far as this computer can tell; empty while nothing is known against it."""
        self.sent = 0
        self._clock, self._begun_s, self._trouble_s = clock, clock(), 0.0
        self._times: deque[float] = deque(maxlen=512)
        self._socket = _connected(host, port)

    @property
    def rate(self) -> float:
        """Frames a second over the last two seconds."""
        now_s = self._clock()
        return sum(at_s > now_s - RATE_OVER_S for at_s in tuple(self._times)) / RATE_OVER_S

    def send(self, weights: FloatArray, rotation: FloatArray) -> None:
        """Send one frame; never waits, never raises."""
        now_s = self._clock()
        data = bundle_of(weights, rotation, now_s - self._begun_s)
        try:
            self._socket.send(data)
        except OSError as error:
            self.trouble, self._trouble_s = self._told(error), now_s
            return
        self.sent += 1
        self._times.append(now_s)
        if now_s - self._trouble_s > CALM_S:
            self.trouble = ""

    def _told(self, error: OSError) -> str:
        place = f"{self.host}:{self.port}"
        if isinstance(error, ConnectionRefusedError):  # of the frame before: nobody has that port open
            return f"Nobody listens at {place}: start the receiving program or mend the port."
        if isinstance(error, BlockingIOError):
            return "The network takes frames too slowly, so some are left out: use a cable or this computer."
        return f"{place} cannot be reached ({error.strerror or error}): check the address and the network."

    def close(self) -> None:
        """Let go of the socket."""
        with contextlib.suppress(OSError):
            self._socket.close()


def _connected(host: str, port: int) -> socket.socket:
    if not host.strip() or not 1 <= port <= 65_535:
        raise ExportError(
            "Give the address and port (1 to 65535) of the receiving program, such as 127.0.0.1 and 39539."
        )
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host.strip(), port, type=socket.SOCK_DGRAM)[0]
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        made.connect(address)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ExportError(f"{host}:{port} cannot be found ({reason}): check the address and the network.") from None
    return made
