"""What a newsreader says for what is written, and where sentences end."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.api.events import EngineError
from engines.api.jobs import Pronunciation
from engines.speech.newsreader import read
from engines.speech.sentences import LONGEST, split

BRITISH = {
    "$3.5m": "three point five million dollars",
    "£2bn": "two billion pounds",
    "€1,200.50": "one thousand two hundred euros and fifty cents",
    "£1": "one pound",
    "$0.99": "ninety-nine cents",
    "-£3m": "minus three million pounds",
    "US$3bn": "three billion US dollars",
    "$5-10m": "five to ten million dollars",
    "£4.5 trillion": "four point five trillion pounds",
    "20€": "twenty euros",
    "EUR 5m": "five million euros",
    "50p": "fifty pence",
    "3.5%": "three point five per cent",
    "5-10%": "five to ten per cent",
    "2026-11-20": "the twentieth of November, twenty twenty-six",
    "20 November 2026": "the twentieth of November, twenty twenty-six",
    "the 20th of November": "the twentieth of November",
    "Nov. 20": "the twentieth of November",
    "November 20, 2026": "the twentieth of November, twenty twenty-six",
    "20/11/2026": "the twentieth of November, twenty twenty-six",
    "20-22 May": "the twentieth to the twenty-second of May",
    "in 1905": "in nineteen oh five",
    "in 2005": "in two thousand and five",
    "in 2026": "in twenty twenty-six",
    "the 1990s": "the nineteen nineties",
    "in her 20s": "in her twenties",
    "14:30": "fourteen thirty",
    "6 a.m.": "six A-M",
    "6:05 pm": "six oh five P-M",
    "12:00": "twelve o'clock",
    "14:00": "fourteen hundred",
    "2019-2021": "twenty nineteen to twenty twenty-one",
    "2019–21": "twenty nineteen to twenty twenty-one",
    "5-10 people": "five to ten people",
    "won 2-3": "won two three",
    "a 3-0 defeat": "a three nil defeat",
    "1/2": "one half",
    "3/4": "three quarters",
    "2½": "two and a half",
    "24/7": "twenty-four seven",
    "1st, 22nd and 103rd": "first, twenty-second and one hundred and third",
    "1,234,567": "one million two hundred and thirty-four thousand five hundred and sixty-seven",
    "3.05": "three point zero five",
    "-5°C": "minus five degrees Celsius",
    "007": "zero zero seven",
    "100km/h": "one hundred kilometres an hour",
    "1 kg": "one kilogram",
    "5-7 km": "five to seven kilometres",
    "NATO": "Nato",
    "BBC": "B-B-C",
    "the EU's": "the E-U's",
    "two MPs": "two M-P's",
    "R&D": "R and D",
    "U.S. troops": "U-S troops",
    "J. K. Rowling": "J K Rowling",
    "BREAKING NEWS FROM THE BBC": "breaking news from the B-B-C",
    "Mr. Jones": "Mister Jones",
    "St. Mary's": "Saint Mary's",
    "Baker St.": "Baker Street",
    "No. 10": "number ten",
    "Elizabeth II": "Elizabeth the second",
    "World War II": "World War two",
    "COVID-19": "Covid nineteen",
    "an A380": "an Eh three eighty",
    "5G": "five G",
    "call 999": "call nine nine nine",
    "555-0199": "five five five, zero one nine nine",
    "+44 20 7946 0958": "plus four four, two zero, seven nine four six, zero nine five eight",
    "https://www.bbc.co.uk/news": "W-W-W dot B-B-C dot co dot U-K slash news",
    "me@mail.org": "me at mail dot org",
    "#BlackFriday": "hashtag Black Friday",
    "#1": "number one",
    "@anna": "at anna",
    "salt & pepper": "salt and pepper",
    "2 + 3 = 5": "two plus three equals five",
    "x²": "x squared",
    "he/she": "he or she",
    "α": "alpha",
    "I ❤️ it": "I red heart it",
    "😀": "grinning face",
    "👍🏽": "thumbs up medium skin tone",
    "🇬🇧": "flag G-B",
    "👩‍🚒": "woman fire engine",
    "ﬁve": "five",
}
AMERICAN = {
    "20 November 2026": "November twentieth, twenty twenty-six",
    "Nov. 20": "November twentieth",
    "11/20/2026": "November twentieth, twenty twenty-six",
    "a 3-0 defeat": "a three zero defeat",
}


def said(text: str, language: str = "en-gb") -> str:
    return re.sub(r"\s+", " ", read(text, language).spoken).strip()


@pytest.mark.parametrize(("written", "spoken"), BRITISH.items())
def test_british_newsreader(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(("written", "spoken"), AMERICAN.items())
def test_american_newsreader(written: str, spoken: str) -> None:
    assert said(written, "en-us") == spoken


def test_pieces_point_at_what_was_written() -> None:
    text = "On Nov. 20, the BBC paid $3.5m — twice."
    reading = read(text)
    written = [text[p.offset : p.offset + p.length] for p in reading.words]
    assert written == ["On", "Nov. 20", "the", "BBC", "paid", "$3.5m", "twice"]
    piece = reading.locate(reading.spoken.index("million"))
    assert piece is not None
    assert piece.offset == text.index("$3.5m")
    assert reading.locate(reading.spoken.index("—")) is None


def test_other_languages_keep_their_figures() -> None:
    assert said("Am 3.5. kosten 3,5 kg 20 €", "de").split() == ["Am", "3.5.", "kosten", "3,5", "kg", "20", "euro"]


def test_pronunciations_hold_for_whole_words_in_their_case() -> None:
    terms = (Pronunciation("us", "uss"), Pronunciation("Keir", "Keer"), Pronunciation("New York", "Noo York"))
    assert read("US us Us keir Keir Keirs New York", "de", terms).spoken == "uss uss uss keir Keer Keirs Noo York"
    assert read("US us", "de", (Pronunciation("US", "America"),)).spoken == "America us"


def test_nameless_characters_are_refused() -> None:
    with pytest.raises(EngineError, match=r"U\+E123"):
        read("a \ue123")


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Co", "Cn")), max_size=60))
def test_no_character_is_lost(text: str) -> None:
    """Pieces cover the text in order, and all that is heard says something."""
    pieces = read(text).pieces
    at = 0
    for piece in pieces:
        assert piece.offset >= at - 1
        at = piece.offset + piece.length
    assert all(piece.words.strip() for piece in pieces if piece.length)


@given(st.text(alphabet="0123456789.,:/-–%$£€+# Nov20pmkbnIXVstA½°", max_size=30))
def test_any_figures_can_be_read(text: str) -> None:
    assert all(piece.words.strip() for piece in read(text).words)


@pytest.mark.parametrize(
    "sentences",
    [
        ["Good evening.", "Here is the news."],
        ["Mr. Smith met Dr. Jones at 6 p.m. on Friday.", "They spoke."],
        ["He lives in the U.S. and works.", "She moved from the U.S.", "The house was sold."],
        ["It rose 3.5 per cent.", "No. 10 said no.", "Nobody moved!"],
        ["“Stop!” she said.", "“Why?”", "He did."],
        ["J. K. Rowling wrote it.", "Really?!", "Yes…", "Maybe."],
        ["你好。", "再见！"],
    ],
)
def test_sentences(sentences: list[str]) -> None:
    text = " ".join(sentences)
    found = list(split(text))
    assert [s.text for s in found] == sentences
    assert all(text[s.offset : s.offset + len(s.text)] == s.text for s in found)


def test_paragraphs_and_headings() -> None:
    text = "Rain on the way\nIt will be wet. Take care.\n\nNow sport."
    found = list(split(text))
    assert [(s.text, s.ends_paragraph) for s in found] == [
        ("Rain on the way", True),
        ("It will be wet.", False),
        ("Take care.", True),
        ("Now sport.", True),
    ]


@given(st.text(alphabet='ab .,!?\n"Mr1', max_size=400), st.integers(1, 4))
def test_splitting_loses_nothing(text: str, times: int) -> None:
    story = text * times
    found = list(split(story))
    assert "".join("".join(s.text.split()) for s in found) == "".join(story.split())
    assert all(0 < len(s.text) <= LONGEST and story[s.offset : s.offset + len(s.text)] == s.text for s in found)
