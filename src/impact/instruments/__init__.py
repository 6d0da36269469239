"""What is asked: load and check instruments, parse and pack answers, score scales.

Pure: files and forms come in, frozen objects and arrays go out.
"""

from impact.instruments.answers import Answers, parse_answers
from impact.instruments.conditions import Condition, ConditionInvalid, parse_condition
from impact.instruments.load import (
    content_hash,
    find_instrument,
    items_at,
    list_instruments,
    list_modules,
    load_instrument,
    load_module,
    pages_at,
)
from impact.instruments.model import (
    ARMS,
    MISSING_CODES,
    MISSING_MASK,
    MISSING_NUMBER,
    NOT_ASKED,
    NOT_SHOWN,
    REFUSED,
    UNANSWERED,
    CodeElement,
    Consent,
    Instrument,
    Item,
    Language,
    Option,
    Page,
    PerceptionGap,
    Scale,
    Side,
    Text,
    option_key,
)
from impact.instruments.modules import Facet, Module
from impact.instruments.packing import column_type, missing_value, pack, pack_columns, record_size, unpack
from impact.instruments.scoring import item_matrix, score
from impact.instruments.submissions import Submissions
from impact.instruments.text import fill, fill_words, in_language
from impact.instruments.then import then_scale, then_waves

__all__ = [
    "ARMS",
    "MISSING_CODES",
    "MISSING_MASK",
    "MISSING_NUMBER",
    "NOT_ASKED",
    "NOT_SHOWN",
    "REFUSED",
    "UNANSWERED",
    "Answers",
    "CodeElement",
    "Condition",
    "ConditionInvalid",
    "Consent",
    "Facet",
    "Instrument",
    "Item",
    "Language",
    "Module",
    "Option",
    "Page",
    "PerceptionGap",
    "Scale",
    "Side",
    "Submissions",
    "Text",
    "column_type",
    "content_hash",
    "fill",
    "fill_words",
    "find_instrument",
    "in_language",
    "item_matrix",
    "items_at",
    "list_instruments",
    "list_modules",
    "load_instrument",
    "load_module",
    "missing_value",
    "option_key",
    "pack",
    "pack_columns",
    "pages_at",
    "parse_answers",
    "parse_condition",
    "record_size",
    "score",
    "then_scale",
    "then_waves",
    "unpack",
]
