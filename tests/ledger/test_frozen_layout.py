"""What is stored in sheets stays as it is: the same rows make the same bytes, and every code has its number.

Who changes what is pinned here changes the layout, and with it the layout's version: older sheets have to be made anew.
"""

from datetime import date
from hashlib import sha256

import pytest

from ledger.books_kinds import DocumentStatus
from ledger.models import SheetPart
from ledger.sheets.build import build_numbers, summarise
from ledger.sheets.documents import STATUS_CODES, DocumentFlag, DocumentRow, build_documents
from ledger.sheets.layout import VERSION
from ledger.sheets.parts import Flag, day_number
from ledger.sheets.rows import SheetRow
from ledger.sheets.store import encode
from ledger.sheets.words import index_words

Part = SheetPart.Part
MAY = date(2026, 5, 1)
FIRST = day_number(MAY)
# Values of every width, below and above nothing; a month's first and last day; each flag.
ROWS = [
    SheetRow(bytes(range(16)), FIRST, 1, 0, 7, 840, -1_99, -1_99, 0, "kiosk am straße".encode()),
    SheetRow(bytes(range(16, 32)), FIRST, 1, 300, 70_000, 840, 5_000_000_000, 5_000_000_000, 1, b"wire in"),
    SheetRow(bytes(range(32, 48)), FIRST + 14, 2, 300, 0, 392, 2**31, 0, 2 | 16, b"wire out"),
    SheetRow(bytes(range(48, 64)), FIRST + 30, 2, 4, 7, 978, -(2**40), -(2**41), 4 | 8, b""),
]
DOCUMENTS = [
    DocumentRow(bytes(range(16)), FIRST, FIRST + 400, 3, 978, 840, 2, 100_00, 50_00, 110_00, 55_00, 0, b"inv-1"),
    DocumentRow(bytes(range(16, 32)), FIRST + 30, FIRST, 0, 840, 840, 7, 2**40, 0, 0, 0, 1 | 2 | 8, b"po 77"),
]
DIGESTS = {
    Part.SUMMARY: "538aa674d19401dffd2118715e09830c3388b6c68eb58231e6aa34eb4289f8b5",
    Part.NUMBERS: "99d90a11a66eef0c4999597656945226921de55812ae63dddc6189ff1638593c",
    Part.ASIDE: "72ba1ace20b64317e16c401046c786190db529d516d36cb317e5a45c0520ba5e",
    Part.TEXT: "7d1ff9d2d2a3845db75a40c0039b483d9eabc5faa86fd198556618bbee3888a5",
    Part.WORDS: "366790485c4c26d5a634e6dd369255abc4aa42190e45422ec1569de4995195d1",
    Part.DOCUMENTS: "127a90030de098436222ecd1a17580b177fe49c5279fa528309c28eaa2c1bc53",
}


@pytest.mark.parametrize("part", Part)
def test_the_same_rows_make_the_same_bytes_for_ever(part: Part) -> None:
    numbers = build_numbers(ROWS)
    words, text = index_words([row.text for row in ROWS])
    columns = {
        Part.SUMMARY: summarise(numbers),
        Part.NUMBERS: numbers,
        Part.ASIDE: numbers,
        Part.TEXT: text,
        Part.WORDS: words,
        Part.DOCUMENTS: build_documents(DOCUMENTS),
    }
    assert VERSION == 3
    assert sha256(encode(part, MAY, columns[part])).hexdigest() == DIGESTS[part]


def test_codes_and_flags_keep_their_numbers() -> None:
    assert STATUS_CODES == {
        DocumentStatus.DRAFT: 1,
        DocumentStatus.OPEN: 2,
        DocumentStatus.OVERDUE: 3,
        DocumentStatus.PARTLY_PAID: 4,
        DocumentStatus.PAID: 5,
        DocumentStatus.VOID: 6,
        DocumentStatus.WRITTEN_OFF: 7,
    }
    assert {flag.name: flag.value for flag in Flag} == {
        "PENDING": 1,
        "REMOVED": 2,
        "TRANSFER": 4,
        "HAS_NOTE": 8,
        "NO_RATE": 16,
    }
    assert {flag.name: flag.value for flag in DocumentFlag} == {
        "REMOVED": 1,
        "CREDIT_NOTE": 2,
        "EXPENSE": 4,
        "NO_RATE": 8,
    }


def test_every_part_is_sealed_under_its_own_name() -> None:
    assert {part.name: part.value for part in Part} == {
        "SUMMARY": "summary",
        "NUMBERS": "numbers",
        "ASIDE": "aside",
        "TEXT": "text",
        "WORDS": "words",
        "DOCUMENTS": "documents",
    }
