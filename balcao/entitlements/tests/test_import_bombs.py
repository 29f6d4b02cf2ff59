"""Workbooks that unpack without end (I2)."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from balcao.lib.sheets import MAX_UNPACKED
from balcao.people.models import Organisation
from balcao.web.words import importing as words

pytestmark = pytest.mark.usefixtures("installation")


def _workbook_bomb(name: str, unpacked: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open(name, "w") as inner:
            for _ in range(unpacked // 1_000_000):
                inner.write(bytes(1_000_000))
    return out.getvalue()


def _laughing_workbook() -> bytes:
    """A real workbook, the words of whose sheet stand for ten others each."""
    saved, out = io.BytesIO(), io.BytesIO()
    Workbook().save(saved)
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    sheet = f'<!DOCTYPE d [<!ENTITY a0 "ha">{laughs}]><worksheet>&a9;</worksheet>'
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            ours = entry == "xl/worksheets/sheet1.xml"
            new.writestr(entry, sheet if ours else old.read(entry))
    return out.getvalue()


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: _workbook_bomb("xl/sharedStrings.xml", MAX_UNPACKED + 1_000_000), "too_big"),
        (_laughing_workbook, "not_a_workbook"),
    ],
)
def test_i2_a_workbook_that_unpacks_without_end_is_refused_before_it_is_read(
    tmp_path: Path, made: Callable[[], bytes], said: str
) -> None:
    path = tmp_path / "clientes.xlsx"
    path.write_bytes(made())
    assert path.stat().st_size < 5_000_000
    began = time.process_time()
    tracemalloc.start()
    with pytest.raises(CommandError) as refused:
        call_command("import", str(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.returncode == 2
    assert words.sheet_problem(said) in str(refused.value)
    assert peak < 128_000_000
    assert time.process_time() - began < 10
    assert not Organisation.objects.exists()
