"""How abbreviations, acronyms, initials, Roman numerals and type numbers are said."""

from __future__ import annotations

import re
from collections.abc import Callable

from engines.speech.addresses import spell
from engines.speech.lexicon import table, words
from engines.speech.quantities import cardinal, digits, ordinal

_ABBREVIATIONS = "|".join(re.escape(key) for key in sorted(table("abbreviations"), key=len, reverse=True))
_UNDOTTED = frozenset(
    ("Mr", "Mrs", "Ms", "Dr", "Prof", "Jr", "Sr", "vs", "Ltd", "Inc", "Lt", "Col", "Sgt", "Capt", "Govt")
)
_COUNTED = frozenset(
    ("War", "Part", "Chapter", "Act", "Phase", "Type", "Class", "Bowl", "Volume", "Article", "Mark", "Apollo", "Rocky")
)
_RULERS = frozenset(("Charles", "Henry", "George", "Edward", "James", "Louis", "Pius", "Philip", "Francis", "William"))
_ROMAN = {"I": 1, "V": 5, "X": 10}
_SAID_WORD = re.compile(r"[AEIOUY]")
_LONGEST_SPELLED = 5


def say_abbreviation(match: re.Match[str], us: bool) -> str | None:
    """ "Dr." as "Doctor"; "No." only before a figure, "St." as street after a name and before no name."""
    key, dotted = match[1], match[2]
    following = match.string[match.end() :].lstrip(" ")[:1]
    if key in ("No", "Nos", "Fig", "Vol", "Ch", "pp") and not following.isdigit():
        return None
    if not dotted and key not in _UNDOTTED and key not in ("St", "No", "Nos"):
        return None
    if key == "St" and not following.isupper():
        return "Street"
    return table("abbreviations")[key][0]


def say_initials(match: re.Match[str], us: bool) -> str:
    """ "U.S." as "U-S", "J. K." letter by letter."""
    letters = match[0].replace(".", "")
    return "Eh" if letters == "A" else spell(letters)


def say_roman(match: re.Match[str], us: bool) -> str | None:
    """ "Elizabeth II" as "the second", "World War II" as "two"."""
    before = re.search(r"([A-Z][a-z]+) $", match.string[: match.start()])
    if before is None or (len(match[0]) == 1 and before[1] not in _RULERS | _COUNTED):
        return None
    values = [_ROMAN[c] for c in match[0]]
    number = sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))
    return cardinal(str(number)) if before[1] in _COUNTED else f"the {ordinal(str(number))}"


def say_acronym(match: re.Match[str], us: bool) -> str | None:
    """ "NATO" as a word, "BBC" letter by letter, a headline in capitals as words."""
    letters, plural = match[1], match[2]
    if letters in table("acronyms"):
        return table("acronyms")[letters][0] + plural
    shouted = letters not in words("spelled") and (len(letters) > _LONGEST_SPELLED or _is_headline(match.string))
    if shouted and _SAID_WORD.search(letters):
        return letters.lower() + plural
    return spell(letters) + ("'s" if plural else "")


def _is_headline(text: str) -> bool:
    """Whether most words of a sentence are written in capitals."""
    found = re.findall(r"[^\W\d_]{2,}", text)
    return len(found) >= 3 and sum(word.isupper() for word in found) > 0.6 * len(found)


def say_code(match: re.Match[str], us: bool) -> str:
    """ "A380" as "A three eighty", "COVID-19" as "Covid nineteen", "5G" as "five G"."""
    said = []
    for part in re.findall(r"[A-Za-z]+|\d+", match[0]):
        if part.isdigit():
            said.append(_type_number(part))
        elif part in table("acronyms"):
            said.append(table("acronyms")[part][0])
        else:
            said.append(spell(part) if part.isupper() or len(part) < 3 else part)
    return " ".join("Eh" if word == "A" else word for word in said)


def _type_number(number: str) -> str:
    """ "380" as "three eighty", "19" as "nineteen", "05" as "zero five"."""
    if number[0] == "0" or len(number) > 4:
        return digits(number)
    if len(number) < 3 or number.endswith("00"):
        return cardinal(number)
    head, tail = number[:-2], number[-2:]
    return f"{cardinal(head)} {'oh ' + cardinal(tail[1]) if tail[0] == '0' else cardinal(tail)}"


ROWS: tuple[tuple[str, Callable[[re.Match[str], bool], str | None], int], ...] = (
    (rf"({_ABBREVIATIONS})\b(\.?)(?!\w)", say_abbreviation, 0),
    (r"(?:[A-Z]\.){2,}|[A-Z]\.(?= [A-Z])", say_initials, 0),
    (r"[IVX]{1,6}\b(?!\.)", say_roman, 0),
    (r"[A-Za-z]{1,6}-?\d{1,4}[A-Z]?(?![\w])|\d{1,4}[A-Z]{1,2}(?![\w])", say_code, 0),
    (r"([A-Z]+)&([A-Z]+)\b", lambda m, us: f"{spell(m[1])} and {spell(m[2])}", 0),
    (r"([A-Z]{2,})((?:['’]?s)?)(?![^\W_])", say_acronym, 0),
)
