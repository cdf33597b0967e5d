"""How shaders come from their files: resources/shaders/NAME.glsl, with #include lines, and how uniforms are set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import moderngl
import numpy as np

SHADERS = Path(__file__).resolve().parents[2] / "resources" / "shaders"
_INCLUDE = re.compile(r'^#include "(.+)"$', re.M)


def read_shader(name: str, defines: Mapping[str, int] | None = None) -> str:
    """The text of a shader file with its includes put in place, a #version line and the defines before it."""

    def expand(match: re.Match[str]) -> str:
        return _INCLUDE.sub(expand, (SHADERS / match[1]).read_text(encoding="utf-8"))

    body = _INCLUDE.sub(expand, (SHADERS / name).read_text(encoding="utf-8"))
    head = "".join(f"#define {key} {value}\n" for key, value in (defines or {}).items())
    return f"#version 330\n{head}{body}"


def load_program(
    ctx: moderngl.Context, vertex: str, fragment: str, defines: Mapping[str, int] | None = None
) -> moderngl.Program:
    """A program of two shader files."""
    return ctx.program(vertex_shader=read_shader(vertex, defines), fragment_shader=read_shader(fragment, defines))


def put(program: moderngl.Program, values: Mapping[str, Any]) -> None:
    """Set uniforms by name; names the compiler dropped are skipped. Arrays are written as float32, rows first."""
    for name, value in values.items():
        member = program.get(name, None)
        if member is None:
            continue
        if isinstance(value, np.ndarray):
            array = (
                value.T
                if value.shape in ((4, 4), (3, 3))
                else value[: member.array_length or 1]
                if value.ndim > 1
                else value
            )
            member.write(np.ascontiguousarray(array, "f4").tobytes())
        else:
            member.value = value
