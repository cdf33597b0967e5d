"""How web and mail addresses, hashtags, handles and telephone numbers are said."""

from __future__ import annotations

import re
from collections.abc import Callable

from engines.speech.lexicon import words
from engines.speech.quantities import cardinal, digits

_SIGNS = {
    ".": "dot", "/": "slash", "-": "dash", "_": "underscore", "?": "question mark", "=": "equals", "&": "and",
    "#": "hash", "%": "per cent", ":": "colon", "@": "at", "+": "plus", "~": "tilde",
}  # fmt: skip
_PART = re.compile(r"[^\W\d_]+|\d+|.", re.UNICODE)
_DOMAINS = "com|org|net|gov|edu|io|tv|info|news|uk|eu|de|fr|int|mil|app|ie|ca|au"
_CALLING = re.compile(r"\b(?:call|called|calls|dial|dialled|ring|rang|phone)\b", re.I)
_END = r"(?<![.,;:!?)\]'\"’”])"


def spell(text: str) -> str:
    """Letters one by one, said as their names."""
    return "-".join(text.upper())


def say_address(address: str) -> str:
    """ "https://bbc.co.uk/news" as "B-B-C dot co dot U-K slash news"."""
    bare = re.sub(r"^[a-z]+://", "", address, flags=re.I).rstrip("/")
    return " ".join(_say_part(part) for part in _PART.findall(bare))


def _say_part(part: str) -> str:
    if part.isdigit():
        return cardinal(part) if len(part) <= 4 else digits(part)
    if part[0].isalpha():
        unsayable = not re.search(r"[aeiouy]", part, re.I) or part.upper() in words("spelled")
        return spell(part) if unsayable and len(part) <= 5 else part
    return _SIGNS.get(part, part)


def say_tag(match: re.Match[str], us: bool) -> str:
    """ "#BlackFriday2026" as "hashtag Black Friday 2026", "@handle" as "at handle"."""
    pieces = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|\d+|[^\W\d_]+", match[2])
    said = (spell(p) if p in words("spelled") else cardinal(p) if p.isdigit() and len(p) != 4 else p for p in pieces)
    return f"{'hashtag' if match[1] == '#' else 'at'} {' '.join(_year(p) for p in said)}"


def _year(piece: str) -> str:
    return cardinal(piece) if piece.isdigit() and not 1100 <= int(piece) <= 2099 else piece


def say_phone(match: re.Match[str], us: bool) -> str:
    """Digit by digit with a breath between the groups."""
    groups = [digits(group) for group in re.findall(r"\d+", match[0])]
    return ("plus " if match[0].startswith("+") else "") + ", ".join(groups)


def say_emergency(match: re.Match[str], us: bool) -> str | None:
    """ "call 999" digit by digit."""
    return digits(match[0]) if _CALLING.search(match.string, 0, match.start()) else None


ROWS: tuple[tuple[str, Callable[[re.Match[str], bool], str | None], int], ...] = (
    (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", lambda m, us: say_address(m[0]), 0),
    (rf"(?:https?://|www\.)[^\s<>\"”]+{_END}", lambda m, us: say_address(m[0]), re.I),
    (
        rf"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:{_DOMAINS})(?![\w.]\w)(?:/[^\s<>\"”]*{_END})?(?!\w)",
        lambda m, us: say_address(m[0]),
        0,
    ),
    (r"([#@])(?=[^\W\d_])(\w+)", say_tag, 0),
    (r"#(?=\d)", lambda m, us: "number", 0),
    (r"\+\d[\d ()-]{6,}\d(?!\w)", say_phone, 0),
    (r"\(?0\d{2,5}\)?[ -]\d{3,4}[ -]?\d{3,4}(?![\d-])", say_phone, 0),
    (r"\(\d{3}\) ?\d{3}-\d{4}(?!\d)|(?:\d{3}-)?\d{3}-\d{4}(?![\d-])", say_phone, 0),
    (r"(?:999|911|112|111|101)(?![,.]?\w)", say_emergency, 0),
)
