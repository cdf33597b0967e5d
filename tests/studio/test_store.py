"""The store: what is acknowledged survives, what is cut is said, what cannot be written harms nothing."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.api.values import Audio, Phone, Speech, Word
from studio.document import journal, snapshot
from studio.document.edits import add_story, set_take
from studio.document.errors import DocumentError
from studio.document.project import Project, Story
from studio.document.store import Store
from studio.document.takes import Takes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "news.anchor"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    store = Store.create(folder)
    yield store
    store.close()


def speech(seed: int = 0, count: int = 4800) -> Speech:
    samples = (np.random.default_rng(seed).standard_normal(count) * 0.2).astype(np.float32)
    return Speech(Audio(samples, 24_000), (Phone("a", 0.0, 0.2, 1),), (Word("ah", 0.0, 0.2, 0),), "ah")


def versions(count: int) -> list[Project]:
    project = Project(title="news")
    out = []
    for i in range(count):
        project = add_story(project, Story(id=str(i), text="word " * i))
        out.append(project)
    return out


def test_what_was_saved_is_there_again(folder: Path) -> None:
    store = Store.create(folder)
    for project in versions(5):
        store.save(project)
    store.close()
    again = Store.open(folder)
    assert again.project == versions(5)[-1]
    assert again.recovered == ()
    again.close()


def test_edits_survive_without_close(folder: Path, store: Store, tmp_path: Path) -> None:
    store.save(versions(3)[-1])
    copy = tmp_path / "crashed.anchor"
    copy.mkdir()
    for path in folder.glob("*-*"):
        (copy / path.name).write_bytes(path.read_bytes())
    again = Store.open(copy)
    assert again.project == versions(3)[-1] and again.recovered == ()
    again.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_journal_cut_anywhere_keeps_what_came_before(tmp_path: Path, data: st.DataObject) -> None:
    history = [Project(title="news"), *versions(4)]
    lines = [journal.pack({"format": journal.FORMAT, "generation": 1})]
    folder = tmp_path / os.urandom(6).hex()
    folder.mkdir()
    from studio.document.codec import encode
    from studio.document.patch import diff

    snapshot.write(folder, 1, encode(history[0]))
    for old, new in pairwise(history):
        lines.append(journal.pack(diff(encode(old), encode(new))))
    whole = b"".join(lines)
    cut = data.draw(st.integers(0, len(whole)))
    snapshot.journal_path(folder, 1).write_bytes(whole[:cut])
    ends = [sum(map(len, lines[: i + 1])) for i in range(len(lines))]
    kept = sum(end <= cut for end in ends[1:])
    store = Store.open(folder)
    assert store.project == history[kept]
    assert bool(store.recovered) == (cut not in ends)
    store.close()
    again = Store.open(folder)  # mended: nothing to complain of any more
    assert again.project == history[kept] and again.recovered == ()
    again.close()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_bit_is_noticed(tmp_path: Path, data: st.DataObject) -> None:
    folder = tmp_path / os.urandom(6).hex()
    store = Store.create(folder)
    for project in versions(4):
        store.save(project)
    store.close()
    path = snapshot.journal_path(folder, 1)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(bytes(content))
    again = Store.open(folder)
    assert again.recovered
    assert again.project in [Project(title=folder.stem), *versions(4)]
    again.close()


def test_a_damaged_snapshot_falls_back_to_the_one_before(folder: Path) -> None:
    store = Store.create(folder)
    store.save(versions(2)[-1])
    store.close()
    Store.open(folder).close()  # folds the journal into generation 2
    path = snapshot.snapshot_path(folder, 2)
    path.write_bytes(path.read_bytes()[:-20])
    again = Store.open(folder)
    assert again.project == versions(2)[-1]
    assert "damaged" in again.recovered[0]
    again.close()


def test_nothing_but_damage_is_one_sentence(folder: Path) -> None:
    Store.create(folder).close()
    snapshot.snapshot_path(folder, 1).write_bytes(b"\x00\xff nonsense")
    with pytest.raises(DocumentError, match="take it from a backup"):
        Store.open(folder)


def test_no_project_and_open_twice_and_taken_name(folder: Path, store: Store, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="another window"):
        Store.open(folder)
    with pytest.raises(DocumentError, match="not empty"):
        Store.create(folder)
    with pytest.raises(DocumentError, match="is no project"):
        Store.open(tmp_path / "missing")
    with pytest.raises(DocumentError, match="holds no project"):
        Store.open(tmp_path)


def test_a_newer_project_asks_for_an_update_and_an_older_one_is_migrated() -> None:
    with pytest.raises(DocumentError, match="update"):
        snapshot.migrate({}, snapshot.VERSION + 1, "news")
    assert snapshot.migrate({"n": 1}, 1, "x", to=2, migrations={1: lambda old: {"m": old["n"]}}) == {"m": 1}


def test_a_full_disk_harms_neither_document_nor_journal(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = versions(3)
    store.save(first)
    told: list[str] = []
    store.failed.connect(told.append)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(DocumentError, match="the disk is full"):
            store.save(second)
        with pytest.raises(DocumentError, match="the disk is full"):
            store.takes.save(speech(), "recorded")
    assert told and "disk is full" in told[0]
    assert not list(folder.glob("takes/*"))
    store.save(third)
    store.close()
    again = Store.open(folder)
    assert again.project == third and again.recovered == ()
    again.close()


def test_a_long_journal_is_folded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.document.store.JOURNAL_LIMIT", 2000)
    store = Store.create(folder)
    for project in versions(40):
        store.save(project)
    store.close()
    assert len(snapshot.generations(folder)) == 2
    assert max(snapshot.generations(folder)) > 2
    again = Store.open(folder)
    assert again.project == versions(40)[-1] and again.recovered == ()
    again.close()


def test_takes_are_named_by_content_and_come_back_exactly(tmp_path: Path) -> None:
    takes = Takes(tmp_path / "takes")
    ref, same, other = takes.save(speech(), "spoken"), takes.save(speech(), "imported"), takes.save(speech(1), "spoken")
    assert ref.digest == same.digest != other.digest
    loaded = takes.load(ref.digest)
    assert np.abs(loaded.audio.samples - speech().audio.samples).max() <= 2**-24
    assert (loaded.phones, loaded.words, loaded.text) == (speech().phones, speech().words, speech().text)
    assert takes.save(loaded, "spoken").digest == ref.digest


def test_a_damaged_or_missing_take_is_one_sentence(tmp_path: Path) -> None:
    takes = Takes(tmp_path)
    ref = takes.save(speech(), "spoken")
    about = tmp_path / f"{ref.digest}.json"
    about.write_bytes(about.read_bytes().replace(b'"text":"ah"', b'"text":"oh"'))
    with pytest.raises(DocumentError, match="missing or damaged"):
        takes.load(ref.digest)
    with pytest.raises(DocumentError, match="missing or damaged"):
        takes.load("0" * 64)
    with pytest.raises(DocumentError, match="broken samples"):
        takes.save(Speech(Audio(np.full(9, np.nan, np.float32), 8000)), "recorded")


def test_unused_takes_go_and_used_ones_travel_with_save_as(folder: Path, tmp_path: Path) -> None:
    store = Store.create(folder)
    used, unused = store.takes.save(speech(1), "spoken"), store.takes.save(speech(2), "spoken")
    project = set_take(versions(1)[0], "0", used)
    store.save(project)
    other = store.save_as(tmp_path / "copy.anchor", project)
    store.close()
    assert store.takes.sound_path(used.digest).exists() and not store.takes.sound_path(unused.digest).exists()
    assert other.takes.load(used.digest).text == "ah"
    other.close()


WRITER = """
import sys
from pathlib import Path
from dataclasses import replace
from studio.document.project import Project, Story
from studio.document.store import Store
store = Store.create(Path(sys.argv[1]))
project = Project(stories=(Story(id="s"),))
for i in range(1_000_000):
    project = replace(project, stories=(replace(project.stories[0], text=f"{i} " + project.stories[0].text[:500]),))
    store.save(project)
    print(i, flush=True)
"""


@pytest.mark.parametrize("edits", [1, 7, 40])
def test_kill_9_loses_nothing_that_was_acknowledged(folder: Path, edits: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    for _ in range(edits):
        acknowledged = int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    acknowledged = max([acknowledged, *map(int, process.stdout.read().split())])
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    store = Store.open(folder)
    assert int(store.project.stories[0].text.split()[0]) >= acknowledged
    assert all("damaged" not in sentence for sentence in store.recovered)
    store.save(replace(store.project, title="goes on"))
    store.close()
