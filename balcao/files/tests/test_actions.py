"""Bytes are safe before their row, and nothing stays without one."""

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from balcao.files.actions import discard_partials, store
from balcao.files.models import StoredFile
from balcao.files.queries import folder, open_file, path_of
from tests.cast import NOW

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def _age(path: Path) -> None:
    """As if the file had been written two days before NOW."""
    moment = (NOW - 2 * DAY).timestamp()
    os.utime(path, (moment, moment))


@pytest.mark.parametrize("content", [b"", b"oi", b"x" * 3_000_000])
def test_what_is_stored_is_read_back_byte_for_byte(content: bytes) -> None:
    for source in (content, BytesIO(content)):
        row = store(source, name="relatorio.txt", now=NOW)
        with open_file(row) as file:
            assert file.read() == content
        assert row.size == len(content)


def test_i1_the_name_of_a_file_never_names_its_place() -> None:
    for name in ("../../etc/passwd", "/etc/passwd", "..\\..\\boot.ini", "a\x00b", "C:\\x"):
        row = store(b"x", name=name, now=NOW)
        assert path_of(row.pk).resolve().is_relative_to(folder().resolve())
        assert "/" not in row.name
        assert "\\" not in row.name


def test_q3_a_disk_that_fails_leaves_neither_row_nor_half_a_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    before = StoredFile.objects.count()
    files = set(folder().glob("*/*"))
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store(b"perdido", name="a.txt", now=NOW)
    assert StoredFile.objects.count() == before
    assert set(folder().glob("*/*")) == files


def test_what_a_crash_left_half_written_goes_after_a_day_and_whole_files_never() -> None:
    kept, rowless = (store(b"x", name="a.txt", now=NOW) for _ in range(2))
    StoredFile.objects.filter(pk=rowless.pk).delete()
    old, young = (path_of(row.pk).with_suffix(".partial") for row in (kept, rowless))
    for path in (old, young):
        path.write_bytes(b"half")
    for path in (path_of(kept.pk), path_of(rowless.pk), old):
        _age(path)
    os.utime(young, (NOW.timestamp(), NOW.timestamp()))
    assert discard_partials(now=NOW) == 1
    found = [p.exists() for p in (path_of(kept.pk), path_of(rowless.pk), young, old)]
    assert found == [True, True, True, False]
    young.unlink()


def test_a9_what_seems_to_hold_secrets_is_flagged_wherever_it_stands(settings: object) -> None:
    secret = b"DB_PASSWORD=" + b"Zx81!kkq\n"
    begun = store(secret, name="conf.txt", now=NOW)
    late = store(BytesIO(b"ok\n" * 500_000 + secret), name="log.txt", now=NOW)
    plain = store(b"ramal;nome\n204;Recepcao\n", name="ramais.csv", now=NOW)
    named = store(b"{}", name="site.har", now=NOW)
    assert [file.flagged for file in (begun, late, plain, named)] == [
        "password",
        "password",
        "",
        "har",
    ]
