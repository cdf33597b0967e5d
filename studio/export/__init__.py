"""From a plan to a finished file: movies and captions, written in one move, without Qt."""

from studio.export.captions import Caption, captions_of, write_captions
from studio.export.errors import ExportError
from studio.export.movie import MovieWriter
from studio.export.plan import RATES, ExportPlan, check, check_writable
from studio.export.verify import MovieFacts, read_facts

__all__ = [
    "RATES",
    "Caption",
    "ExportError",
    "ExportPlan",
    "MovieFacts",
    "MovieWriter",
    "captions_of",
    "check",
    "check_writable",
    "read_facts",
    "write_captions",
]
