"""Where the live face is sent: receiver, port, on or off, how many frames a second go out, what is wrong."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from studio.actions.desk import Desk
from studio.actions.live import is_sending, toggle_sending
from studio.export.vmc import VmcSender
from studio.views.fitting import inset
from studio.views.parts import label, row


class SendingView(QWidget):
    """The VMC section of the live panel."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.host, self.port = QLineEdit(desk.settings.now.vmc_host), QSpinBox()
        self.on, self.said = QCheckBox("Send the face"), label("", "faint", wrap=True)
        self.host.setToolTip("Name or address of the computer whose animation tool receives")
        self.host.setAccessibleName("VMC receiver")
        self.port.setRange(1, 65_535)
        inset(self.port)
        self.port.setValue(desk.settings.now.vmc_port)
        self.port.setAccessibleName("VMC port")
        self.port.setFixedWidth(96)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row(label("To", "dim"), self.host, label("port", "dim"), self.port))
        column.addWidget(self.on)
        column.addWidget(self.said)
        self.host.editingFinished.connect(self._readdress)
        self.port.editingFinished.connect(self._readdress)
        self.on.clicked.connect(lambda: toggle_sending(desk))
        self.refresh()

    def refresh(self) -> None:
        """Say how sending stands."""
        sender = self._desk.live.path.receiver
        self.on.setChecked(is_sending(self._desk))
        if not isinstance(sender, VmcSender):
            self._say("One OSC bundle a pose: 52 ARKit shapes, neck and head (VMC protocol).", "faint")
        elif sender.trouble:
            self._say(sender.trouble, "error")
        elif not self._desk.live.running:
            self._say("Frames go out as soon as live mode is started.", "dim")
        else:
            self._say(f"{sender.rate:.0f} frames a second, {sender.sent:,} sent.", "dim")

    def _readdress(self) -> None:
        settings = self._desk.settings
        changed = (self.host.text().strip(), self.port.value()) != (settings.now.vmc_host, settings.now.vmc_port)
        settings.set("vmc_host", self.host.text().strip())
        settings.set("vmc_port", self.port.value())
        if changed and is_sending(self._desk):
            toggle_sending(self._desk)  # off the old address
            toggle_sending(self._desk)

    def _say(self, text: str, role: str) -> None:
        if self.said.property("role") != role:
            self.said.setProperty("role", role)
            self.said.style().unpolish(self.said)
            self.said.style().polish(self.said)
        self.said.setText(text)
