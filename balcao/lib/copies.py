"""Tables and documents for people to take along: CSV and XLSX run nothing, JSON streams."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import IO

# What a spreadsheet takes for the beginning of a formula (OWASP, ASVS 1.2.10), wide forms too.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_TITLE = 31
_BLANK = " \t\r\n\u00a0\u2000\u200b\u202f\u3000\ufeff"


def safe_cell(value: object) -> str:
    """The value as text that a spreadsheet shows and never calculates (J1).

    What begins like a formula, also after blanks, or with a tab or a line end, gets an apostrophe.
    None is an empty cell; NUL, which ends a file for some programs, is left out.
    """
    text = "" if value is None else str(value).replace("\x00", "")
    risky = text.lstrip(_BLANK).startswith(_FORMULA) or text[:1] in ("\t", "\r", "\n")
    return f"'{text}" if risky else text


def write_csv(out: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table as spreadsheets in Brazil open it: semicolons, UTF-8 with its mark."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    table = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL)
    table.writerow([safe_cell(one) for one in head])
    for row in rows:
        table.writerow([safe_cell(one) for one in row])
    text.detach()


def write_xlsx(
    out: IO[bytes], title: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """The same table as a workbook: numbers are numbers, all else is text and no formula (J1)."""
    # 6 MiB that no other page needs.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:_TITLE])
    for row in (head, *rows):
        cells = [WriteOnlyCell(sheet) for _value in row]
        for cell, value in zip(cells, row, strict=True):
            if isinstance(value, int | float):
                cell.value = value
                continue
            text = ILLEGAL_CHARACTERS_RE.sub("", safe_cell(value))
            cell.value = safe_cell(text)
            # What begins with "=" would be a formula to the library too.
            cell.data_type = "s"
        sheet.append(cells)
    book.save(out)


def write_json(out: IO[bytes], items: Iterable[object]) -> int:
    """A list of documents, one a line, never all in memory; how many. Days and moments as text."""
    out.write(b"[")
    count = 0
    for count, item in enumerate(items, start=1):
        out.write(b"\n" if count == 1 else b",\n")
        out.write(json.dumps(item, ensure_ascii=False, default=str).encode("utf-8", "replace"))
    out.write(b"\n]\n")
    return count
