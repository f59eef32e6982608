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
    Part.SUMMARY: "289e20fcfc9ef5e0c0693ba2f94627ca101f9b4b08acfff6ab160a7133c3f1ee",
    Part.NUMBERS: "7f99400bd49a434d6f0988119c9d5e3af583d8634a68101a124605692daa5dee",
    Part.ASIDE: "2445523c3c9dcba320941ff2232984d647f8dce397bbeb099f4895ad957d9d21",
    Part.TEXT: "ee6ed63663adf0281013a49d76fcebcbe33e51517db9322ac2def49bbcd9079f",
    Part.WORDS: "b80d1b3d668d952e044ff1c8a085291948355ea1c559fa1b81135f26ed25b2b0",
    Part.DOCUMENTS: "c2b99939a9fe4e6edb9b8a6b0f2c5d474ec02879bed2cb732249a3d4d9cab053",
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
    assert VERSION == 2
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
