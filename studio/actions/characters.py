"""Characters of the user as actions: choose one, import a GLB, finish the mapping of its shapes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.actions.desk import Desk
from studio.actions.stories import change_clip
from studio.actions.telling import tell
from studio.document.characters import CharacterRef, Characters, Mapping52

OWN = "default"
OWN_TITLE = "Studio presenter"
FEW = 3


@dataclass(frozen=True)
class Mapped:
    """What a character's GLB holds: names of its shapes, and how they are mapped."""

    ref: CharacterRef
    targets: tuple[str, ...]
    mapping: Mapping52


def characters_of(desk: Desk) -> Characters:
    """The characters of this user, beside the drafts."""
    return Characters(desk.file.drafts.parent / "characters")


def character_folder(desk: Desk) -> Path | None:
    """The folder of the character chosen; None for the studio's own head, also where the chosen one is gone."""
    key = desk.document.project.clip.character
    if key == OWN:
        return None
    folder = characters_of(desk).place(key)
    return folder if folder.is_dir() else None


def has_character(desk: Desk) -> bool:
    """An imported character is chosen."""
    return character_folder(desk) is not None


def choose_character(desk: Desk, key: str) -> None:
    """Have another character act."""
    change_clip(desk, "Character", character=key)


def ask_character(desk: Desk) -> None:
    """Ask for a GLB and import it."""
    desk.stage.ask_model("Import character", Path.home(), lambda path: import_character(desk, path))


def import_character(desk: Desk, path: Path) -> None:
    """Read a GLB, map its shapes by their names, keep it, show it; what is missing is told."""

    def read() -> tuple[CharacterRef, tuple[str, ...], tuple[str, ...]]:
        from engines.scene.gltf import read_model
        from engines.scene.mapping import guess, missing

        model = read_model(path)
        mapping = guess(model.targets)
        return characters_of(desk).add(path, mapping), missing(mapping), model.remarks

    def take(found: tuple[CharacterRef, tuple[str, ...], tuple[str, ...]]) -> None:
        ref, without, remarks = found
        for remark in remarks[:FEW]:
            desk.notices.warn(remark)
        if without:
            desk.notices.warn(told_missing(ref.title, without))
        else:
            desk.notices.info(f"“{ref.title}” is here: all 52 shapes are mapped.")
        choose_character(desk, ref.key)
        if without:
            desk.stage.show_dialog("mapping")

    task = desk.tasks.run(read, take)
    task.failed.connect(lambda error, details: desk.notices.error(*tell(error, details)))


def told_missing(title: str, without: tuple[str, ...]) -> str:
    """One sentence about shapes nobody stands for."""
    named = ", ".join(without[:FEW]) + (f" and {len(without) - FEW} more" if len(without) > FEW else "")
    few = "shape" if len(without) == 1 else "shapes"
    return f"“{title}” has nothing for {len(without)} {few} ({named}): finish the mapping by hand, or go on without."


def ask_mapping(desk: Desk) -> None:
    """Open the mapping of the character chosen."""
    desk.stage.show_dialog("mapping")


def read_mapping(key: str, characters: Characters) -> Mapped:
    """Names and mapping of a character, for a worker thread. Raises EngineError."""
    from engines.scene.character import MODEL, read_about
    from engines.scene.gltf import read_model

    folder = characters.place(key)
    title, mapping = read_about(folder)
    return Mapped(CharacterRef(key, title), read_model(folder / MODEL).targets, mapping)


def save_mapping(desk: Desk, mapped: Mapped, mapping: Mapping52) -> None:
    """Keep a mapping and draw the character by it."""
    characters = characters_of(desk)

    def done(_: object) -> None:
        desk.look.set(mapped=desk.look.now.mapped + 1)

    task = desk.tasks.run(lambda: characters.save(mapped.ref.key, mapped.ref.title, mapping), done)
    task.failed.connect(lambda error, details: desk.notices.error(*tell(error, details)))


def forget_character(desk: Desk) -> None:
    """Remove the character chosen from this user's folder; the studio's own acts again."""
    key = desk.document.project.clip.character
    if has_character(desk):
        choose_character(desk, OWN)
        characters_of(desk).remove(key)
        desk.look.set(mapped=desk.look.now.mapped + 1)
