"""Tables as people send them."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from openpyxl import Workbook

from balcao.lib import sheets
from balcao.lib.sheets import Line, SheetError, read_sheets


def cells(data: bytes) -> list[tuple[str, ...]]:
    [sheet] = read_sheets(data)
    return [sheet.headings, *(line.cells for line in sheet.lines)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_encodings_and_separators_of_spreadsheets_are_read(
    encoding: str, delimiter: str
) -> None:
    text = f"Razão social{delimiter}Endereço\r\nPão & Cia{delimiter}São João\r\n"
    assert cells(text.encode(encoding)) == [("Razão social", "Endereço"), ("Pão & Cia", "São João")]


def test_quotes_hold_separators_and_line_breaks_and_lines_keep_their_numbers() -> None:
    [sheet] = read_sheets(b'Nome;Nota\n"A; B";"um\ndois"\n\n;\nC;x\n')
    assert sheet.lines == (Line(2, ("A; B", "um\ndois")), Line(6, ("C", "x")))


def test_the_line_with_which_a_spreadsheet_names_its_separator_is_no_heading() -> None:
    [sheet] = read_sheets(b"sep=,\r\nNome,Fone\r\nAna,1\r\n")
    assert (sheet.headings, sheet.lines) == (("Nome", "Fone"), (Line(3, ("Ana", "1")),))


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1+1", "@SUM(A1)", "-2+3"])
def test_what_looks_like_a_formula_is_text(text: str) -> None:
    quoted = text.replace('"', '""')
    assert cells(f'Nome\n"{quoted}"\n'.encode()) == [("Nome",), (text,)]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Nome"])
    sheet.append([text])
    sheet["A2"].data_type = "s"
    assert cells(saved(book)) == [("Nome",), (text,)]


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbooks_dates_and_numbers_are_text_and_each_sheet_is_a_table() -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Licenças"
    first.append([None, None])
    first.append(["Chave", "Fim", "Ramais", "Valor", "Ativa"])
    first.append([123456, date(2027, 12, 31), 40.0, 1.5, True])
    first.append(["B", datetime(2027, 1, 2, tzinfo=UTC).replace(tzinfo=None), None, None, False])
    book.create_sheet("Vazia")
    book.create_sheet("Outra").append(["Nome"])
    found = read_sheets(saved(book))
    assert [sheet.name for sheet in found] == ["Licenças", "Outra"]
    assert found[0].lines == (
        Line(3, ("123456", "2027-12-31", "40", "1.5", "1")),
        Line(4, ("B", "2027-01-02", "", "", "0")),
    )


def test_the_size_that_a_worksheet_claims_is_not_believed() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Nome"])
    sheet["A9"] = "Ana"
    claimed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(book))) as old, zipfile.ZipFile(claimed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b'ref="A1:A9"', b'ref="A1:XFD1048576"'))
    assert b"XFD1048576" in zipfile.ZipFile(claimed).read("xl/worksheets/sheet1.xml")
    [found] = read_sheets(claimed.getvalue())
    assert found.lines == (Line(9, ("Ana",)),)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 1000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_headings"),
        (b"\n;;\n", "no_headings"),
        (b"PK\x03\x04 and no more", "not_a_workbook"),
        (bomb(), "not_a_workbook"),
        (saved(Workbook()), "no_headings"),
        (b"a\n" + b"b\n" * 50_001, "too_many_rows"),
        ((";".join("ab" * 60) + "\n").encode(), "too_many_columns"),
        (b"a\n" + b"b" * 200_000 + b"\n", "too_big"),
    ],
)
def test_what_is_no_table_or_too_big_is_said(data: bytes, code: str) -> None:
    with pytest.raises(SheetError) as caught:
        read_sheets(data)
    assert caught.value.code == code


def test_a_file_that_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_UNPACKED", 900)
    with pytest.raises(SheetError, match="too_big"):
        read_sheets(bomb())
    monkeypatch.setattr(sheets, "MAX_BYTES", 3)
    with pytest.raises(SheetError, match="too_big"):
        read_sheets(b"abcd")


def test_characters_that_cannot_be_seen_go() -> None:
    assert cells("Nome\nA\x00na\u00a0Lima \n".encode()) == [("Nome",), ("Ana\u00a0Lima",)]
