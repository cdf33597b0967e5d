"""The settings in use: read from one JSON file, changed one by one, written back atomically."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import platformdirs

from studio.atomic import explain, write_bytes
from studio.listeners import Listeners
from studio.settings.table import APP, ROWS, TABLE, Preferences, Value
from studio.settings.values import SettingsError, check, from_json, to_json

VERSION = 1
Migration = Callable[[dict[str, Any]], dict[str, Any]]


MIGRATIONS: Mapping[int, Migration] = {}
"""version -> what turns its values into those of the next version."""


def default_path() -> Path:
    """Where this user's settings lie."""
    return Path(platformdirs.user_config_dir(APP)) / "settings.json"


class Settings:
    """The settings now, and who wants to hear of a change. path None: kept in memory only (tests, command line)."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.now = Preferences()
        self.changed: Listeners[[str, Value, Value]] = Listeners()
        """Called with (key, old value, new value)."""
        self.complaints: tuple[str, ...] = ()
        """One sentence for each thing in the file that could not be used; the app shows them as notices."""
        if path is not None:
            self._load(path)

    def get(self, key: str) -> Value:
        """The value of a row of the table, for views that are made from it."""
        value: Value = getattr(self.now, ROWS[key].key)
        return value

    def set(self, key: str, value: object) -> None:
        """Change a setting and write the file.

        Raises SettingsError: for a value the row does not allow (nothing changes), or when the file cannot be written
        (the setting is in force all the same).
        """
        new, old = check(ROWS[key], value), self.get(key)
        if new == old:
            return
        self._put(key, new)
        self.changed.emit(key, old, new)
        self.save()

    def reset(self, key: str) -> None:
        """Return a setting to its default."""
        self.set(key, ROWS[key].default)

    def save(self) -> None:
        """Write the file. Raises SettingsError if it cannot be written."""
        if self.path is None:
            return
        values = {row.key: to_json(self.get(row.key)) for row in TABLE if self.get(row.key) != row.default}
        text = json.dumps({"version": VERSION, "values": values}, indent=2, ensure_ascii=False)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(self.path, text.encode())
        except OSError as error:
            raise SettingsError(f"The settings could not be saved in {self.path}: {explain(error)}.") from None

    def _put(self, key: str, value: Value) -> None:
        changes: dict[str, Any] = {key: value}
        self.now = replace(self.now, **changes)

    def _load(self, path: Path) -> None:
        try:
            values = migrate(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return
        except OSError as error:
            self.complaints = (f"The settings in {path} could not be read, so defaults are in use: {explain(error)}.",)
            return
        except (ValueError, SettingsError):
            self.complaints = (f"The settings in {path} are damaged, so defaults are in use: set them again.",)
            return
        self._take(values)

    def _take(self, values: dict[str, Any]) -> None:
        complaints = []
        for key, data in values.items():
            if key in ROWS:
                try:
                    self._put(key, from_json(ROWS[key], data))
                except SettingsError as error:
                    complaints.append(f"{str(error).rstrip('.')} (the default is in use).")
        self.complaints = tuple(complaints)


def migrate(data: object, version: int = VERSION, migrations: Mapping[int, Migration] = MIGRATIONS) -> dict[str, Any]:
    """Bring the content of a settings file to the present version; a newer file is read as far as it is known."""
    if not isinstance(data, dict) or not isinstance(data.get("values"), dict) or type(data.get("version")) is not int:
        raise SettingsError("The settings are damaged: set them again.")
    values: dict[str, Any] = dict(data["values"])
    for old in range(data["version"], version):
        values = migrations[old](values)
    return values
