"""The command `presenter`: make a presenter from a person's own footage, consent first."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from engines.api.jobs import PresentersJob
from engines.api.presenter import (
    CheckPresenterJob,
    Consent,
    ImportJob,
    ImportReport,
    ImportsJob,
    PresenterCheck,
    TrainingLook,
    TrainPresenterJob,
)
from studio.cli.desk import CommandError, Desk


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Declare the command and its four parts."""
    parser: argparse.ArgumentParser = commands.add_parser("presenter", help="make a presenter from your own footage")
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART", parser_class=type(parser))
    add_import(parts.add_parser("import", help="examine footage and make it ready for training"))
    train = parts.add_parser("train", help="train an imported presenter; run again to go on")
    train.add_argument("name", help="the name it was imported with")
    train.add_argument("--minutes", type=float, default=60.0, help="time to spend, earlier runs counted in")
    train.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    train.add_argument("--fresh", action="store_true", help="forget earlier training and begin anew")
    listing = parts.add_parser("list", help="name every presenter")
    check = parts.add_parser("check", help="look an import or a presenter over")
    check.add_argument("name", help="its name, or a presenter folder")
    for part in (train, listing, check):
        part.add_argument("--home", default="", help="folder of your presenters (default: your data folder)")
        part.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON object per line")
    return parser


def add_import(part: argparse.ArgumentParser) -> None:
    """Declare `presenter import`."""
    part.add_argument("videos", nargs="+", metavar="VIDEO", help="films of one person speaking to the camera")
    part.add_argument("--name", required=True, help="the presenter's folder name")
    part.add_argument("--title", default="", help="what lists show (default: the name)")
    part.add_argument("--consent", type=Path, help="a JSON file with who, scope, date and statement")
    part.add_argument("--who", default="", help="consent: the person shown")
    part.add_argument("--scope", default="", help="consent: what the likeness may be used for")
    part.add_argument("--date", default="", help="consent: when it was given, such as 2026-03-31")
    part.add_argument("--statement", default="", help="consent: the words in which it was given")
    part.add_argument("--short", action="store_true", help="allow less than three minutes of footage")
    part.add_argument("--predictor", default="", help="a dlib shape predictor (.dat, 68 points) used instead")
    part.add_argument("--home", default="", help="folder of your presenters (default: your data folder)")
    part.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON object per line")


def run(arguments: argparse.Namespace, desk: Desk) -> None:
    """Do one part."""
    {"import": bring_in, "train": train, "list": name_all, "check": check}[arguments.part](arguments, desk)


def consent_of(arguments: argparse.Namespace) -> Consent:
    """The consent record of a file, or of options. Raises CommandError for a file that is none."""
    if arguments.consent is None:
        return Consent(arguments.who, arguments.scope, arguments.date, arguments.statement)
    try:
        fields = json.loads(arguments.consent.read_text(encoding="utf-8"))
        return Consent(**{key: str(value) for key, value in fields.items()})
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CommandError(
            f"{arguments.consent} is no consent record: give a JSON file with who, scope, date and statement, "
            f'such as {{"date": "{date.today().isoformat()}"}}.'
        ) from error


def bring_in(arguments: argparse.Namespace, desk: Desk) -> None:
    """Import footage and tell what was found."""
    given = arguments
    consent = consent_of(given)
    job = ImportJob(tuple(given.videos), given.name, consent, given.title, given.short, given.predictor, given.home)
    report: ImportReport = desk.run(job)
    desk.say("\n".join(told(report)), **asdict(report))


def told(report: ImportReport) -> list[str]:
    """A report in lines for a person."""
    lines = [
        f"{v.video}: {v.seconds:.1f} s, {v.width}x{v.height}, face {v.face_px} px high, sound {v.loudness_db:.0f} dB"
        for v in report.videos
    ]
    lines.append(f"{report.usable} of {report.frames} pictures can be used, {report.pictures} were kept.")
    lines += [f"{count} skipped: {fault}" for fault, count in report.skipped]
    lines += [f"  {s.video} {s.start_s:.1f} to {s.end_s:.1f} s: {s.fault}" for s in report.stretches]
    lines += report.remarks
    return [*lines, f"Next: anchor-studio presenter train {report.name!r}"]


def train(arguments: argparse.Namespace, desk: Desk) -> None:
    """Train, and name the folder; stopped with Ctrl+C it goes on the next time."""
    job = TrainPresenterJob(arguments.name, arguments.minutes, arguments.device, arguments.fresh, arguments.home)
    looks: list[TrainingLook] = []
    folder = desk.run(job, looks.append)
    step = looks[-1].step if looks else 0
    desk.say(f"The presenter is in {folder}; use it with --presenter {arguments.name!r}.", folder=folder, step=step)


def name_all(arguments: argparse.Namespace, desk: Desk) -> None:
    """Name every presenter, then the imports that are none yet, one per line."""
    for info in desk.run(PresentersJob(arguments.home)):
        consent = "" if info.consented else ", no consent record: cannot be used"
        desk.say(f"{info.key}: {info.title}{consent}", **asdict(info))
    for found in desk.run(ImportsJob(arguments.home)):
        if found.stage != "ready":
            begun = "training has begun" if found.stage == "training" else "not trained yet"
            desk.say(f"{found.name}: {found.title}, {begun}: presenter train {found.name!r}", **asdict(found))


def check(arguments: argparse.Namespace, desk: Desk) -> None:
    """Tell how far a presenter is, or what is wrong with it."""
    found: PresenterCheck = desk.run(CheckPresenterJob(arguments.name, arguments.home))
    desk.say(
        "\n".join([f"{found.name}: {found.title}, {found.stage}, in {found.folder}", *found.words]), **asdict(found)
    )
