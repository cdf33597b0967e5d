"""Settings: legal values only, bad files say so and harm nothing."""

from __future__ import annotations

import errno
import json
import os
from fractions import Fraction
from pathlib import Path

import pytest

from studio.settings import ROWS, TABLE, Preferences, Settings, SettingsError, Value, show
from studio.settings.store import VERSION, migrate
from studio.settings.values import check, from_json, to_json


def legal(key: str) -> Value:
    """Another value than the default that the row allows."""
    row = ROWS[key]
    if row.choices:
        return row.choices[-1]
    if isinstance(row.default, bool):
        return not row.default
    if row.high is not None:
        return type(row.default)(row.high)
    return Path("/elsewhere") if isinstance(row.default, Path) else "another"


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.key)
def test_every_row_has_a_legal_default_and_survives_the_file(row: object, tmp_path: Path) -> None:
    key = row.key  # type: ignore[attr-defined]
    assert check(ROWS[key], ROWS[key].default) == getattr(Preferences(), key)
    assert from_json(ROWS[key], json.loads(json.dumps(to_json(legal(key))))) == legal(key)
    path = tmp_path / "folder" / "settings.json"
    Settings(path).set(key, legal(key))
    again = Settings(path)
    assert again.get(key) == legal(key) and again.complaints == ()
    again.reset(key)
    assert Settings(path).now == Preferences()


@pytest.mark.parametrize(
    ("key", "bad"),
    [("rate_wpm", 79), ("rate_wpm", 451), ("rate_wpm", "fast"), ("pitch", True), ("clip_fps", Fraction(24)),
     ("clip_size", "3x3"), ("autosave", 1), ("cache_folder", "text"), ("voice", None)],
)  # fmt: skip
def test_illegal_values_are_refused_and_change_nothing(key: str, bad: object) -> None:
    settings = Settings()
    with pytest.raises(SettingsError, match=ROWS[key].title):
        settings.set(key, bad)
    assert settings.now == Preferences()


def test_bad_entries_fall_back_one_by_one_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    values = {"rate_wpm": 9000, "voice": "en-us", "clip_fps": "1/0", "unknown": 3, "pitch": 40}
    path.write_text(json.dumps({"version": VERSION, "values": values}))
    settings = Settings(path)
    assert (settings.now.rate_wpm, settings.now.voice, settings.now.clip_fps) == (165, "en-us", Fraction(25))
    assert settings.now.pitch == 40
    assert len(settings.complaints) == 2 and "Speaking rate cannot be 9000" in settings.complaints[0]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": "x", "values": {}}', b"\xff", b'{"values": 1}'])
def test_a_damaged_file_leaves_the_defaults(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    settings = Settings(path)
    assert settings.now == Preferences()
    assert len(settings.complaints) == 1 and "damaged" in settings.complaints[0]


def test_migrations_run_in_order_and_a_newer_file_is_read_as_far_as_known() -> None:
    steps = {1: lambda old: {"b": old["a"]}, 2: lambda old: {"c": old["b"] + 1}}
    assert migrate({"version": 1, "values": {"a": 1}}, 3, steps) == {"c": 2}
    assert migrate({"version": 99, "values": {"voice": "x"}}) == {"voice": "x"}


def test_an_unwritable_file_is_said_but_the_setting_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(tmp_path / "settings.json")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(SettingsError, match="the disk is full"):
        settings.set("pitch", 60)
    assert settings.now.pitch == 60
    assert list(tmp_path.iterdir()) == []


def test_listeners_hear_key_old_and_new() -> None:
    settings, heard = Settings(), []
    settings.changed.connect(lambda *change: heard.append(change))
    settings.set("pitch", 60)
    settings.set("pitch", 60)
    assert heard == [("pitch", 50, 60)]


def test_values_read_as_people_write_them() -> None:
    assert [show(rate) for rate in ROWS["clip_fps"].choices] == ["25", "29.97", "30", "50"]
    assert show(True) == "on"
