"""The same work without a window: one module per command, each adding its parser and its action."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from studio.cli import animate, bench, codec, doctor, footage, lips, phase, presenter, say, train
from studio.cli.desk import CommandError, Desk

COMMANDS = (say, lips, animate, phase, codec, presenter, train, footage, bench, doctor)
INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and exit with 2."""
        print(f"{self.prog}: {message}; try '{self.prog} --help'.", file=sys.stderr)
        raise SystemExit(2)


def build_parser() -> Parser:
    """The parser of the whole command line."""
    parser = Parser(prog="anchor-studio", description="Type a story or record a voice, get a lip-synced anchor clip.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    for module in COMMANDS:
        command = module.add_parser(commands)
        command.add_argument("--json", action="store_true", help="print one JSON object per line and nothing else")
        command.set_defaults(act=module.run)
    return parser


def main(argv: Sequence[str]) -> int:
    """Run one command: 0 done, 2 bad usage or bad input (one sentence on stderr), 130 interrupted."""
    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as end:
        return int(end.code or 0)
    desk = Desk(json_lines=arguments.json)
    try:
        arguments.act(arguments, desk)
    except CommandError as error:
        desk.fail(str(error))
        return 2
    except KeyboardInterrupt:
        desk.fail("Stopped; nothing half-written is left.")
        return INTERRUPTED
    except BrokenPipeError:
        return 0
    finally:
        desk.close()
    return 0
