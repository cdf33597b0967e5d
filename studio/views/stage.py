"""The window as actions see it: asks for files, opens dialogs, arranges panels, edits text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QTextEdit,
)

from studio.actions.desk import Chosen, Desk
from studio.document.store import SUFFIX

if TYPE_CHECKING:
    from studio.views.window import StudioWindow

SOUNDS = "Sound (*.wav *.flac *.mp3 *.m4a *.ogg *.mp4 *.mov)"
MODELS = "Character (*.glb *.vrm)"
PICTURES = "Picture (*.png *.jpg *.jpeg *.webp)"
Dialogs = dict[str, Callable[[], QDialog]]


def dialogs(window: StudioWindow, desk: Desk, actions: Mapping[str, QAction]) -> Dialogs:
    """How each dialog is made, by name; imported when first opened, so that the window opens fast."""

    def export() -> QDialog:
        from studio.views.dialogs.export import ExportDialog

        return ExportDialog(window, desk)

    def record() -> QDialog:
        from studio.views.dialogs.record import RecordDialog

        return RecordDialog(window, desk)

    def preferences() -> QDialog:
        from studio.views.dialogs.preferences import PreferencesDialog

        return PreferencesDialog(window, desk)

    def pronunciations() -> QDialog:
        from studio.views.dialogs.pronunciations import PronunciationsDialog

        return PronunciationsDialog(window, desk)

    def lower_third() -> QDialog:
        from studio.views.dialogs.lower_third import LowerThirdDialog

        return LowerThirdDialog(window, desk)

    def presenter_wizard() -> QDialog:
        from studio.views.dialogs.presenter_wizard import PresenterWizard, making_of

        return PresenterWizard(window, desk, making_of(window, desk), window.presenter.load_presenters)

    def mapping() -> QDialog:
        from studio.views.dialogs.mapping import MappingDialog

        return MappingDialog(window, desk)

    def help_dialog(name: str) -> Callable[[], QDialog]:
        def make() -> QDialog:
            from studio.views.dialogs import help as help_dialogs

            made: QDialog = getattr(help_dialogs, name)(window, desk)
            return made

        return make

    def palette() -> QDialog:
        from studio.views.palette import CommandPalette

        return CommandPalette(window, actions)

    def booth() -> QDialog:
        from studio.views.booth.window import BoothWindow

        return BoothWindow(window, desk)

    return {
        "booth": booth,
        "export": export,
        "record": record,
        "preferences": preferences,
        "pronunciations": pronunciations,
        "mapping": mapping,
        "lower_third": lower_third,
        "presenter_wizard": presenter_wizard,
        "shortcuts": help_dialog("ShortcutsDialog"),
        "doctor": help_dialog("DoctorDialog"),
        "about": help_dialog("AboutDialog"),
        "palette": palette,
    }


class WindowStage:
    """The Stage of a StudioWindow."""

    def __init__(self, window: StudioWindow) -> None:
        self._window = window
        self.switches = {"safe": False, "follow": True}
        self.open_dialogs: dict[str, QDialog] = {}

    def ask_open(self, title: str, folder: Path, then: Chosen) -> None:
        """Ask for a project folder to open."""
        dialog = self._ask(title, folder, then)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setLabelText(QFileDialog.DialogLabel.FileType, f"Folders ending in {SUFFIX}")
        dialog.open()

    def ask_sound(self, title: str, folder: Path, then: Chosen) -> None:
        """Ask for a sound file to read."""
        dialog = self._ask(title, folder, then)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([SOUNDS, "All files (*)"])
        dialog.open()

    def ask_picture(self, then: Chosen) -> None:
        """Ask for a picture to put behind the presenter."""
        dialog = self._ask("Background picture", Path.home(), then)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([PICTURES, "All files (*)"])
        dialog.open()

    def ask_model(self, title: str, folder: Path, then: Chosen) -> None:
        """Ask for a character's GLB."""
        dialog = self._ask(title, folder, then)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([MODELS, "All files (*)"])
        dialog.open()

    def ask_target(self, title: str, suggested: Path, kinds: str, then: Chosen) -> None:
        """Ask where to write a file; its folder is made if it is the projects folder's first."""
        dialog = self._ask(title, existing(suggested.parent), then)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(kinds.split(";;"))
        dialog.setDefaultSuffix(suggested.suffix.lstrip("."))
        dialog.selectFile(suggested.name)
        dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(first_suffix(kind)))
        dialog.open()

    def ask_unsaved(self, save: Callable[[], object], discard: Callable[[], object]) -> None:
        """Ask what to do with edits that are not saved."""
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(f"Save the changes to {self._window.desk.file.name}?")
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.button(buttons.Save).clicked.connect(lambda: save())
        box.button(buttons.Discard).clicked.connect(lambda: discard())
        box.open()

    def show_dialog(self, name: str) -> None:
        """Open a dialog by name, or bring it to the front."""
        known = self.open_dialogs.get(name)
        if known is not None:
            known.raise_()
            known.activateWindow()
            return
        dialog = self._window.dialogs[name]()
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.open_dialogs[name] = dialog
        dialog.finished.connect(lambda _: self.open_dialogs.pop(name, None))
        dialog.destroyed.connect(lambda: self.open_dialogs.pop(name, None))
        dialog.show()

    def show_panel(self, name: str, on: bool) -> None:
        """Show or hide a panel."""
        self._window.docks.show(name, on)

    def panel_shown(self, name: str) -> bool:
        """Whether a panel is open; it may lie behind another one's tab."""
        return self._window.docks.shown(name)

    def panel_in_front(self, name: str) -> bool:
        """Whether a panel is open and no other one covers it."""
        return self._window.docks.in_front(name)

    @property
    def workspace(self) -> str:
        """The workspace that is shown."""
        return self._window.docks.space

    def enter(self, workspace: str) -> None:
        """Go to a workspace, as it was left."""
        self._window.enter(workspace)

    def reset_layout(self) -> None:
        """The layout of the first day."""
        self._window.docks.reset()

    def zoom(self, factor: float) -> None:
        """Zoom the time axis around the playhead; 0 shows everything."""
        axis, at_s = self._window.axis, self._window.desk.transport.position_s
        if factor == 0.0:
            axis.fit()
        else:
            axis.zoom(factor, at_s if axis.start_s <= at_s <= axis.start_s + axis.span_s else axis.start_s)

    def edit_text(self, verb: str) -> None:
        """cut, copy, paste or selectAll in the text that has the focus."""
        if self.text_can(verb):
            getattr(QApplication.focusWidget(), verb)()

    def text_can(self, verb: str) -> bool:
        """Whether edit_text would do something."""
        widget = QApplication.focusWidget()
        if not isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
            return False
        return verb in ("copy", "selectAll") or not widget.isReadOnly()

    def switch(self, name: str) -> None:
        """Switch what a view draws."""
        self.switches[name] = not self.switches[name]
        self._window.presenter.canvas.safe_areas = self.switches["safe"]
        self._window.presenter.canvas.update()
        self._window.actions_by_key.refresh_soon()

    def switched(self, name: str) -> bool:
        """Whether it is on."""
        return self.switches[name]

    def close(self) -> object:
        """Close the window and with it the studio."""
        return self._window.close()

    def _ask(self, title: str, folder: Path, then: Chosen) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(existing(folder)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
        return dialog


def existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next((place for place in (folder, *folder.parents) if place.is_dir()), Path.home())


def first_suffix(kind: str) -> str:
    """The first suffix of a name filter: "glTF (*.glb)" gives "glb"."""
    return kind.partition("*.")[2].partition(" ")[0].rstrip(")")
