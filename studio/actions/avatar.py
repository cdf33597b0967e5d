"""The avatar as actions: how it is looked at, which model moves it, how its face is tuned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from studio.actions.characters import ask_character, ask_mapping, forget_character, has_character
from studio.actions.desk import Desk
from studio.actions.stories import change_story, has_story
from studio.actions.table import Action, Menu, Rule, Run
from studio.document.tuning import Tuning
from studio.session.look import LIGHTS

MODELS: dict[str, str] = {
    "rules": "Performance rules",
    "static": "CNN, static",
    "lstm": "CNN + LSTM",
    "gru": "CNN + GRU",
    "recorded": "As recorded live",
}
"""What animates a take, with its title."""
SHORT: dict[str, str] = {"rules": "Rules", "static": "CNN", "lstm": "LSTM", "gru": "GRU", "recorded": "Recorded"}
SECONDS: dict[str, str] = {"": "Nothing", **{key: MODELS[key] for key in ("rules", "static", "lstm", "gru")}}
"""What the story's model can be compared with."""


def tuning_of(desk: Desk) -> Tuning:
    """How the face of the story being edited is tuned."""
    story = desk.story
    return Tuning() if story is None else story.tuning


def tune(desk: Desk, label: str, tuning: Tuning, *, gesture: object = None) -> None:
    """Tune the face of the story being edited; edits of one gesture undo together."""
    change_story(desk, label, gesture=gesture, tuning=tuning)


def retune(desk: Desk, label: str, *, gesture: object = None, **fields: Any) -> None:
    """Change fields of its tuning."""
    tune(desk, label, replace(tuning_of(desk), **fields), gesture=gesture)


def choose_model(desk: Desk, model: str) -> None:
    """Have another model move the face of the story; its layers stay."""
    retune(desk, "Face model", model=model)


def is_tuned(desk: Desk) -> bool:
    """Some layer of the story changes what the model put out."""
    return tuning_of(desk) != Tuning(model=tuning_of(desk).model)


def reset_tuning(desk: Desk) -> None:
    """Take all layers off; the model's output is what is left."""
    tune(desk, "Remove tuning", Tuning(model=tuning_of(desk).model))


def switch_look(name: str) -> Run:
    """Switch an overlay of the view."""
    return lambda desk: desk.look.set(**{name: not getattr(desk.look.now, name)})


def look_is(name: str, value: object) -> Rule:
    """Whether the view shows it so."""
    return lambda desk: getattr(desk.look.now, name) == value


def _looking(name: str, value: object) -> Run:
    return lambda desk: desk.look.set(**{name: value})


def _modelling(model: str) -> Run:
    return lambda desk: choose_model(desk, model)


def _model_is(model: str) -> Rule:
    return lambda desk: tuning_of(desk).model == model


MENU = Menu(
    "&Avatar",
    (
        *(
            Action(
                f"avatar.model.{key}",
                f"Animate with {MODELS[key]}",
                _modelling(key),
                (),
                has_story,
                checked=_model_is(key),
            )
            for key in ("rules", "static", "lstm", "gru")
        ),
        *(
            Action(
                f"avatar.second.{key or 'none'}",
                f"Compare with {title}" if key else "Compare with nothing",
                _looking("second", key),
                checked=look_is("second", key),
                apart=not key,
            )
            for key, title in SECONDS.items()
        ),
        *(
            Action(
                f"avatar.light.{key}",
                f"{title} light",
                _looking("light", key),
                checked=look_is("light", key),
                apart=key == "studio",
            )
            for key, title in LIGHTS.items()
        ),
        Action(
            "avatar.wireframe",
            "Wireframe",
            switch_look("wireframe"),
            ("Ctrl+Shift+W",),
            icon="wireframe",
            checked=look_is("wireframe", True),
            apart=True,
        ),
        Action(
            "avatar.landmarks",
            "Landmarks",
            switch_look("landmarks"),
            ("Ctrl+Shift+M",),
            icon="landmarks",
            tip="Mark the 68 points of the face",
            checked=look_is("landmarks", True),
        ),
        Action(
            "avatar.import",
            "Import character…",
            ask_character,
            icon="character",
            tip="A GLB or VRM with blend shapes becomes the avatar",
            apart=True,
        ),
        Action("avatar.map", "Map shapes…", ask_mapping, (), has_character, "mapping"),
        Action("avatar.forget", "Remove character", forget_character, (), has_character, "trash"),
        Action("avatar.reset", "Remove tuning", reset_tuning, (), is_tuned, "close", apart=True),
    ),
)
