"""Starts the program: the window without arguments, the command line with them."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Return the exit status: 0 success, 2 bad usage or bad input."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments:
        from studio.cli import main as run_command

        return run_command(arguments)
    from studio.app import main as open_window

    return open_window([])


if __name__ == "__main__":
    sys.exit(main())
