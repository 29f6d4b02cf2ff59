"""Tables that people send: CSV as spreadsheets write it, and XLSX. Every cell becomes text.

Nothing is calculated: what looks like a formula is text like any other. A date of a workbook
becomes ISO 8601, a whole number its digits.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from balcao.lib.text import clean_text

MAX_BYTES = 20_000_000
MAX_UNPACKED = 200_000_000
MAX_ROWS = 50_000
MAX_COLUMNS = 100
MAX_CELL = 2000
_DELIMITERS = ";,\t"
_ZIP = b"PK\x03\x04"


class SheetError(ValueError):
    """The file is no table that can be read; ``code`` says why.

    Codes: too_big, too_many_rows, too_many_columns, not_a_workbook, no_headings.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: its number in the file, from 1, and its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. ``name``: of the worksheet, empty for CSV; ``lines`` without empty ones."""

    name: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]


def read_sheets(data: bytes) -> list[Sheet]:
    """The tables of a file: one of a CSV file, every worksheet that is not empty of a workbook.

    CSV: UTF-8 with or without a mark, UTF-16 with one, else windows-1252; ``;``, ``,`` or tabs.
    Raises SheetError.
    """
    if len(data) > MAX_BYTES:
        raise SheetError("too_big")
    if data.startswith(_ZIP):
        return _workbook(data)
    found = _sheet("", _csv_lines(_decoded(data)))
    if found is None:
        raise SheetError("no_headings")
    return [found]


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # The five bytes that windows-1252 leaves undefined mean nothing; they are shown as such.
        return data.decode("cp1252", errors="replace")


def _csv_lines(text: str) -> Iterator[Line]:
    first, _, rest = text.partition("\n")
    skipped = 0
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        text, skipped = rest, 1
        delimiter = first.strip()[4]
    else:
        delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 1
    try:
        for row in reader:
            yield Line(number + skipped, tuple(row))
            number = reader.line_num + 1
    except csv.Error as error:
        raise SheetError("too_big") from error


def _workbook(data: bytes) -> list[Sheet]:
    # 6 MiB that no other page needs.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise SheetError("too_big")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        found = [_sheet(sheet.title, _rows(_values(sheet))) for sheet in book.worksheets]
        book.close()
    except SheetError:
        raise
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OSError,
        SyntaxError,  # of XML: also of what would stand for too much of itself
    ) as error:
        raise SheetError("not_a_workbook") from error
    sheets = [sheet for sheet in found if sheet is not None]
    if not sheets:
        raise SheetError("no_headings")
    return sheets


def _values(sheet: Any) -> Iterable[tuple[object, ...]]:
    """The cells that are there: the size that the worksheet claims is not believed."""
    sheet.reset_dimensions()
    rows: Iterable[tuple[object, ...]] = sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True)
    return rows


def _rows(rows: Iterable[tuple[object, ...]]) -> Iterator[Line]:
    for number, row in enumerate(rows, start=1):
        yield Line(number, tuple(_text(value) for value in row))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _sheet(name: str, lines: Iterable[Line]) -> Sheet | None:
    """The first line with something in it holds the headings; None when there is none.

    Empty cells at the end of a line are left out.
    """
    headings: tuple[str, ...] = ()
    kept: list[Line] = []
    for line in lines:
        cells = tuple(clean_text(cell)[:MAX_CELL].strip() for cell in line.cells[: MAX_COLUMNS + 1])
        while cells and not cells[-1]:
            cells = cells[:-1]
        if not cells:
            continue
        if len(cells) > MAX_COLUMNS:
            raise SheetError("too_many_columns")
        if not headings:
            headings = cells
            continue
        if len(kept) == MAX_ROWS:
            raise SheetError("too_many_rows")
        kept.append(Line(line.number, cells))
    return Sheet(name, headings, tuple(kept)) if headings else None
