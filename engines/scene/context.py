"""How a GL context without a window is made, and whether a context draws on the processor."""

from __future__ import annotations

import moderngl

from engines.api.events import EngineError

SOFTWARE = ("llvmpipe", "softpipe", "swiftshader", "software")


def headless_context() -> moderngl.Context:
    """A standalone context through EGL. Raises EngineError where the machine has no EGL."""
    try:
        return moderngl.create_context(standalone=True, backend="egl", require=330)
    except Exception as error:  # moderngl raises plain Exception for every cause
        raise EngineError(
            "Drawing without a window needs EGL; install the Debian packages libegl1 and libgl1 and try again."
        ) from error


def is_software(ctx: moderngl.Context) -> bool:
    """Whether a software rasteriser draws: blending shapes in numpy is then faster than in the vertex shader."""
    name = str(ctx.info["GL_RENDERER"]).lower()
    return any(word in name for word in SOFTWARE)
