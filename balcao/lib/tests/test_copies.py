"""CSV and XLSX that run nothing and JSON that can be read again."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from balcao.lib.copies import safe_cell, write_csv, write_json, write_xlsx

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BEFORE = ("", " ", "\u00a0", "\ufeff", "  ", "\u3000")
TAILS = ("1+1", "A1", "cmd|'/c calc'!A0", 'HYPERLINK("http://x")')
CELLS = [f"{blank}{start}{tail}" for blank in BEFORE for start in STARTS for tail in TAILS]


def _read(rows: list[list[object]]) -> list[list[str]]:
    out = io.BytesIO()
    write_csv(out, ["a"], rows)
    text = out.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))[1:]


def test_j1_of_two_hundred_cells_none_is_a_formula() -> None:
    assert len(CELLS) >= 200
    for [cell] in _read([[cell] for cell in CELLS]):
        assert not cell.lstrip(" \t\r\n\u00a0\u3000\ufeff").startswith(STARTS), cell


def _cells(rows: list[list[object]]) -> list[tuple[object, str]]:
    out = io.BytesIO()
    write_xlsx(out, "Vendas", ["a"], rows)
    sheet = load_workbook(io.BytesIO(out.getvalue())).active
    assert sheet is not None
    return [(cell.value, cell.data_type) for row in sheet.iter_rows(min_row=2) for cell in row]


def test_j1_of_two_hundred_cells_of_a_workbook_none_is_a_formula() -> None:
    found = _cells([[cell] for cell in CELLS])
    assert len(found) == len(CELLS)
    for value, kind in found:
        assert kind == "s"
        assert not str(value).lstrip(" \t\r\n\u00a0\u3000\ufeff").startswith(STARTS), value


def test_a_workbook_holds_numbers_as_numbers_and_loses_what_xml_cannot_hold() -> None:
    found = _cells([[12.5], [3], ["a\x01=1"], ["\x01=1"], [None]])
    assert [value for value, _kind in found] == [12.5, 3, "a=1", "'=1", None]


@pytest.mark.parametrize("text", ["Ramal 204", "81 2121-9700", "a=b", "1-2", "", "ação"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


def test_nothing_is_an_empty_cell_and_a_nul_is_left_out() -> None:
    assert safe_cell(None) == ""
    assert safe_cell("a\x00=1") == "a=1"
    assert safe_cell("\x00=1") == "'=1"


@given(st.lists(st.lists(st.text(), min_size=1, max_size=4), max_size=5))
def test_a_table_reads_back_cell_by_cell(rows: list[list[str]]) -> None:
    clean = [[safe_cell(one).replace("\r\n", "\n") for one in row] for row in rows]
    found = [[one.replace("\r\n", "\n") for one in row] for row in _read([list(r) for r in rows])]
    assert found == clean


@given(st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), max_size=5))
def test_documents_read_back(items: list[dict[str, object]]) -> None:
    out = io.BytesIO()
    assert write_json(out, items) == len(items)
    assert json.loads(out.getvalue()) == items
