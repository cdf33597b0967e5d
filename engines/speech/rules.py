"""How a newsreader says what is written in figures, signs and capitals: one row per kind, the first match wins.

A row's function gives the words to say, or None to leave the place to a later row. `us` tells American from British.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from engines.speech import addresses, names
from engines.speech import quantities as q
from engines.speech.lexicon import table

Say = Callable[[re.Match[str], bool], str | None]


@dataclass(frozen=True)
class Rule:
    """A pattern tried where a token begins, and what to say for it."""

    pattern: re.Pattern[str]
    say: Say


NUM = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MAG = r"(?:thousand|million|billion|trillion|trn|tn|mn|bn|[kKmMbB])(?![\w])"
_MONTH = "|".join(f"{m}|{m[:3]}|Sept" if m == "September" else f"{m}|{m[:3]}" for m in q.MONTHS)
_SIGNS = "|".join(re.escape(sign) for sign in sorted(table("currencies"), key=len, reverse=True) if not sign.isalpha())
_CODES = "|".join(code for code in table("currencies") if code.isalpha())
_UNITS = "|".join(re.escape(unit) for unit in sorted(table("units"), key=len, reverse=True))
_ONLY_JOINED = frozenset(("in", "s", "t", "h", "K", "B", "l", "min"))
_TH = r"(?:st|nd|rd|th)"
_SCORE = re.compile(
    r"\b(?:won|win|wins|beat|beats|lost|lose|led|lead|leads|drew|draw|score|scored|victory|defeat)\b", re.I
)


def _month(name: str) -> int:
    return next(i for i, month in enumerate(q.MONTHS, 1) if month[:3] == name[:3])


def _iso_date(m: re.Match[str], us: bool) -> str | None:
    valid = 1 <= int(m[2]) <= 12 and 1 <= int(m[3]) <= 31
    return q.date(int(m[3]), int(m[2]), m[1], american=us) if valid else None


def _slash_date(m: re.Match[str], us: bool) -> str | None:
    day, month = (int(m[2]), int(m[1])) if us else (int(m[1]), int(m[2]))
    if month > 12:
        day, month = month, day
    year = m[3] if len(m[3]) == 4 else f"20{m[3]}"
    return q.date(day, month, year, american=us) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _day_month(m: re.Match[str], us: bool) -> str | None:
    last = int(m["last"] or m["day"])
    if not 1 <= last <= 31:
        return None
    article = not m.string[: m.start()].rstrip().lower().endswith("the")
    said = q.date(
        last, _month(m["month"]), m["year"] or "", american=us and article, article=article or bool(m["last"])
    )
    if not m["last"]:
        return said
    first = q.ordinal(m["day"])
    if us and article:
        return said.replace(q.ordinal(m["last"]), f"{first} to {q.ordinal(m['last'])}")
    return f"{'the ' if article else ''}{first} to {said}"


def _month_day(m: re.Match[str], us: bool) -> str | None:
    day = int(m["day"])
    return q.date(day, _month(m["month"]), m["year"] or "", american=us) if 1 <= day <= 31 else None


def _clock(m: re.Match[str], us: bool) -> str | None:
    half = (m["half"] or "")[:1].lower()
    if int(m["h"]) > 24 or int(m["m"] or 0) > 59 or (m["dot"] == "." and not half):
        return None
    return q.clock(m["h"], m["m"] or "00", m["s"] or "", half)


def _money(m: re.Match[str], us: bool) -> str | None:
    minus = "minus " if m["minus"] else ""
    magnitude = (m["mag"] or "").strip()
    said = q.money(m["sign"], m["num"], magnitude) if not m["to"] else ""
    if m["to"]:
        said = f"{q.cardinal(m['num'])} to {q.money(m['sign'], m['to'], magnitude)}"
    return minus + said


def _percent(m: re.Match[str], us: bool) -> str | None:
    first = q.cardinal(m[1])
    return f"{first} to {q.cardinal(m[2])} per cent" if m[2] else f"{first} per cent"


def _unit(m: re.Match[str], us: bool) -> str | None:
    unit, spaced = m["unit"], bool(m["space"])
    if unit in _ONLY_JOINED and spaced:
        return None
    one, several = table("units")[unit]
    name = one if m["num"] == "1" and not m["to"] else several
    to = f" to {q.cardinal(m['to'])}" if m["to"] else ""
    return f"{q.cardinal(m['num'])}{to} {name}"


def _range(m: re.Match[str], us: bool) -> str | None:
    first, last = m[1], m[2]
    if q.is_year(first) and (q.is_year(last) or len(last) == 2):
        return f"{q.year(int(first))} to {q.year(int(last if len(last) == 4 else first[:2] + last))}"
    score = _SCORE.search(m.string[max(0, m.start() - 30) : m.start()]) or int(first) >= int(last)
    if score and len(first) < 3 and len(last) < 3:
        nil = "zero" if us else "nil"
        return " ".join(nil if n == "0" else q.cardinal(n) for n in (first, last))
    return f"{q.cardinal(first)} to {q.cardinal(last)}"


def _fraction(m: re.Match[str], us: bool) -> str | None:
    special = {"24/7": "twenty-four seven", "9/11": "nine eleven", "7/7": "seven seven", "50/50": "fifty fifty"}
    if m[0] in special:
        return special[m[0]]
    if not 1 < int(m["below"]) <= 100 or int(m["above"]) >= int(m["below"]):
        return f"{q.cardinal(m['above'])} out of {q.cardinal(m['below'])}" if int(m["below"]) else None
    part = q.fraction(m["above"], m["below"])
    if m["whole"] and m["below"] in ("2", "4"):
        part = part.replace("one ", "a ")
    return f"{q.cardinal(m['whole'])} and {part}" if m["whole"] else part


def _sign_fraction(m: re.Match[str], us: bool) -> str | None:
    above, _, below = unicodedata.normalize("NFKC", m["sign"]).partition("⁄")
    part = q.fraction(above, below)
    if not m["whole"]:
        return part
    return f"{q.cardinal(m['whole'])} and {part.replace('one ', 'a ') if below in ('2', '4') else part}"


def _magnitude(m: re.Match[str], us: bool) -> str | None:
    to = f" to {q.cardinal(m[2])}" if m[2] else ""
    return f"{q.cardinal(m[1])}{to} {q.MAGNITUDES[m[3]]}"


def _decade(m: re.Match[str], us: bool) -> str | None:
    return q.decade(m[1])


def _either(m: re.Match[str], us: bool) -> str | None:
    """ "he/she" as "he or she", "and/or" as "and or"."""
    before = re.search(r"[a-z]+$", m.string[max(0, m.start() - 20) : m.start()])
    if before is None:
        return None
    return " " if before.group() == "and" else " or "


def _number(m: re.Match[str], us: bool) -> str | None:
    number = m[0]
    if q.is_year(number):
        return q.year(int(number))
    before = m.string[m.start() - 1 : m.start()]
    return q.cardinal(number.lstrip("-−+") if before.isalnum() else number)


def _row(pattern: str, say: Say, flags: int = 0) -> Rule:
    return Rule(re.compile(pattern, flags), say)


RULES: tuple[Rule, ...] = (
    *(_row(pattern, say, flags) for pattern, say, flags in addresses.ROWS),
    _row(r"(\d{4})-(\d{2})-(\d{2})(?!\d)", _iso_date),
    _row(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})(?![\d/])", _slash_date),
    _row(
        rf"(?P<day>\d{{1,2}}){_TH}?(?:[-–](?P<last>\d{{1,2}}){_TH}?)?(?: of)? (?P<month>{_MONTH})\b\.?"
        r"(?:,? (?P<year>[12]\d{3})\b)?",
        _day_month,
    ),
    _row(
        rf"(?P<month>{_MONTH})\.? (?P<day>\d{{1,2}}){_TH}?(?![\d:%]|[.,]\d)(?:,? (?P<year>[12]\d{{3}})\b)?", _month_day
    ),
    _row(
        r"(?P<h>\d{1,2})(?P<dot>[:.])(?P<m>\d{2})(?::(?P<s>\d{2}))?(?![\d%])(?:\s?(?P<half>[aApP]\.?[mM]\b\.?))?",
        _clock,
    ),
    _row(r"(?P<h>\d{1,2})(?P<dot>)(?P<m>)(?P<s>)\s?(?P<half>[aApP]\.?[mM]\b\.?)", _clock),
    _row(rf"(?P<minus>[-−]?)(?P<sign>{_SIGNS}) ?(?P<num>{NUM})(?:[-–](?P<to>{NUM}))?(?P<mag>[ -]?{_MAG})?", _money),
    _row(rf"(?P<minus>)(?P<sign>{_CODES})\s?(?P<num>{NUM})(?P<to>)(?P<mag>\s?{_MAG})?", _money),
    _row(
        rf"(?P<minus>[-−]?)(?P<num>{NUM})(?P<to>)(?P<mag>\s?{_MAG})?\s?(?P<sign>[€£$¥]|(?:{_CODES})\b)(?!\s?\d)", _money
    ),
    _row(rf"({NUM})(?:[-–]({NUM}))?\s?%", _percent),
    _row(rf"({NUM})p\b", lambda m, us: f"{q.cardinal(m[1])} {'penny' if m[1] == '1' else 'pence'}"),
    _row(r"([12]\d\d0|[2-9]0)['’]?s\b", _decade),
    _row(r"['’]([2-9]0)s\b", _decade),
    _row(rf"(?P<num>[-−+]?(?:{NUM}))(?:[-–](?P<to>{NUM}))?(?P<space>\s?)(?P<unit>{_UNITS})(?![\w²³/°])", _unit),
    _row(rf"({NUM})(?:[-–]({NUM}))?({_MAG})", _magnitude),
    _row(rf"({NUM}) m\b(?!\.)", lambda m, us: f"{q.cardinal(m[1])} metres"),
    _row(rf"(\d{{1,3}}(?:,\d{{3}})+|\d+){_TH}\b", lambda m, us: q.ordinal(m[1])),
    _row(r"(\d+)[-–](\d+)(?!\d|[-–]?\w)", _range),
    _row(r"(?P<whole>\d+)?\s?(?P<sign>[¼-¾⅐-⅞])", _sign_fraction),
    _row(r"(?:(?P<whole>\d+) )?(?P<above>\d{1,3})[/⁄](?P<below>\d{1,3})(?![\d/])", _fraction),
    *(_row(pattern, say, flags) for pattern, say, flags in names.ROWS),
    _row(r"/(?=[a-z])", _either),
    _row(rf"[-−+]?(?:{NUM})", _number),
)
