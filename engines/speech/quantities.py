"""Numbers, years, money, times and dates in English words."""

from __future__ import annotations

from num2words import num2words

from engines.speech.lexicon import table

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
MAGNITUDES = {
    "k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million", "bn": "billion", "b": "billion",
    "B": "billion", "tn": "trillion", "trn": "trillion", "thousand": "thousand", "million": "million",
    "billion": "billion", "trillion": "trillion", "hundred": "hundred",
}  # fmt: skip
_MOST_DIGITS = 15
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def digits(text: str) -> str:
    """Each digit of text by itself."""
    return " ".join(_DIGITS[int(c)] for c in text if c.isdigit())


def cardinal(number: str) -> str:
    """A number as written ("-1,234.50"): very long ones and those with leading zeros digit by digit."""
    sign = "minus " if number[0] in "-−" else "plus " if number[0] == "+" else ""
    whole, point, part = number.lstrip("-−+").replace(",", "").partition(".")
    whole = whole or "0"
    plain = len(whole) <= _MOST_DIGITS and not (len(whole) > 1 and whole[0] == "0")
    said = num2words(int(whole)).replace(",", "") if plain else digits(whole)
    return f"{sign}{said} point {digits(part)}" if point and part else f"{sign}{said}"


def ordinal(number: str) -> str:
    """ "21" as "twenty-first"."""
    return str(num2words(int(number.replace(",", "")), to="ordinal")).replace(",", "")


def year(number: int) -> str:
    """1905 as "nineteen oh five", 2005 as "two thousand and five", 2026 as "twenty twenty-six"."""
    if 2000 <= number <= 2009:
        return cardinal(str(number))
    return str(num2words(number, to="year")).replace("oh-", "oh ")


def is_year(number: str) -> bool:
    """Whether four digits are read as a year."""
    return len(number) == 4 and number.isdecimal() and 1100 <= int(number) <= 2099


def decade(number: str) -> str:
    """ "1990" as "nineteen nineties", "20" as "twenties"."""
    said = year(int(number)) if len(number) == 4 else cardinal(number)
    return said[:-1] + "ies" if said.endswith("y") else said + "s"


def money(sign: str, number: str, magnitude: str = "") -> str:
    """An amount with its currency; magnitude is a key of MAGNITUDES or empty."""
    one, several, *hundredths = table("currencies")[sign]
    if magnitude:
        return f"{cardinal(number)} {MAGNITUDES[magnitude]} {several}"
    whole, _, part = number.replace(",", "").partition(".")
    if not part or len(part) > 2:
        return f"{cardinal(number)} {one if number == '1' else several}"
    small = int(part.ljust(2, "0"))
    pieces = [f"{cardinal(whole)} {one if whole == '1' else several}"] if int(whole or 0) or not small else []
    if small:
        pieces.append(f"{cardinal(str(small))} {hundredths[small != 1]}")
    return " and ".join(pieces)


def clock(hour: str, minute: str = "00", second: str = "", half: str = "") -> str:
    """A time of day; half is "a" or "p" or empty."""
    h, m = int(hour), int(minute)
    low = f"oh {cardinal(str(m))}" if 0 < m < 10 else cardinal(str(m))
    if half:
        said = cardinal(str(h)) if m == 0 else f"{cardinal(str(h))} {low}"
        return f"{said} {half.upper()}-M"
    if m == 0:
        said = f"{cardinal(str(h))} o'clock" if 1 <= h <= 12 else f"{cardinal(str(h))} hundred" if h else "midnight"
    else:
        said = f"{cardinal(str(h))} {low}"
    return f"{said} and {cardinal(str(int(second)))} seconds" if second else said


def date(day: int, month: int, in_year: str = "", *, american: bool = False, article: bool = True) -> str:
    """A date as it is read in Britain or America."""
    name, nth = MONTHS[month - 1], ordinal(str(day))
    said = f"{name} {nth}" if american else f"{'the ' if article else ''}{nth} of {name}"
    return f"{said}, {year(int(in_year))}" if in_year else said


def fraction(above: str, below: str) -> str:
    """ "3", "4" as "three quarters"."""
    names = {2: ("half", "halves"), 4: ("quarter", "quarters")}
    one, several = names.get(int(below), (ordinal(below), ordinal(below) + "s"))
    return f"{cardinal(above)} {one if int(above) == 1 else several}"
