"""I3: the scanner is asked as it wants to be asked, and only its yes and no are believed."""

import base64
import gzip
import io
import os
import shutil
import subprocess
import tarfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from balcao.files import scanner
from balcao.files.tests.clamd import EICAR


def wraps() -> dict[str, bytes]:
    """The virus as people send it on."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b.com", EICAR)
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as archive:
        archive.writestr("c.zip", packed.getvalue())
    rolled = io.BytesIO()
    with tarfile.open(fileobj=rolled, mode="w:gz") as tar:
        member = tarfile.TarInfo("x.com")
        member.size = len(EICAR)
        tar.addfile(member, io.BytesIO(EICAR))
    mail = (
        b"From: a@b.example\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: application/octet-stream; name=a.com\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(EICAR)
    )
    return {"bare": EICAR, "zip": packed.getvalue(), "zip in zip": twice.getvalue(),
            "gzip": gzip.compress(EICAR), "tar.gz": rolled.getvalue(), "mail": mail}  # fmt: skip


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[str]:
    """A real clamd that knows one signature of ours; skips where there is none."""
    program = shutil.which("clamd")
    if program is None:
        pytest.skip("no clamd on this machine (on Debian: apt install clamav-daemon)")
    (tmp_path / "db").mkdir()
    signature = f"Balcao.Test:0:*:{EICAR.hex()}\n"
    (tmp_path / "db" / "test.ndb").write_text(signature)
    where = tmp_path / "clamd.sock"
    lines = [f"LocalSocket {where}", f"DatabaseDirectory {tmp_path}/db", "Foreground yes",
             f"TemporaryDirectory {tmp_path}", "User root" if os.getuid() == 0 else ""]  # fmt: skip
    (tmp_path / "clamd.conf").write_text("\n".join(lines) + "\n")
    running = subprocess.Popen(
        [program, "-c", str(tmp_path / "clamd.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 30
    while not where.exists() and running.poll() is None and time.monotonic() < until:
        time.sleep(0.1)
    yield str(where)
    running.terminate()
    running.wait(timeout=20)


def test_i3_the_real_scanner_finds_the_virus_in_six_of_six_wraps(clamd: str) -> None:
    for name, data in wraps().items():
        assert scanner.is_infected(io.BytesIO(data), where=clamd), name
    assert not scanner.is_infected(io.BytesIO(b"oi"), where=clamd)


@pytest.mark.parametrize("where", ["127.0.0.1:1", "/no/such.sock", "nonsense", "host:port"])
def test_i3_a_scanner_that_is_not_there_is_no_answer(where: str) -> None:
    with pytest.raises(scanner.Unreachable):
        scanner.is_infected(io.BytesIO(b"x"), where=where)
