"""What unpacks without end is kept, named and given back as it came, and opened by nothing (I2)."""

import base64
import io
import secrets
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from balcao.channels.intake import receive
from balcao.channels.tests.mails import a_mail, about, trust_our_server
from balcao.files.models import StoredFile
from balcao.portal.tests.helping import at
from balcao.tickets.models import Attachment
from tests.cast import NOW, a_customer, a_ticket, signed_in

pytestmark = pytest.mark.usefixtures("installation")

MEGABYTE = 1024 * 1024
UNPACKED = 300 * MEGABYTE
MOST_MEMORY = 48 * MEGABYTE
MOST_SECONDS = 10
_LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


def _zeros(name: str, *, size: int = UNPACKED) -> bytes:
    """An archive of one file that is a thousand times as large unpacked."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(name, "w") as inner,
    ):
        for _ in range(size // MEGABYTE):
            inner.write(bytes(MEGABYTE))
    return out.getvalue()


def _office() -> bytes:
    """A document of zeros without end, and of words that stand for ten others each."""
    out = io.BytesIO(_zeros("word/media/image1.bmp"))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        text = f'<!DOCTYPE d [<!ENTITY a0 "ha">{_LAUGHS}]><d>&a9;</d>'
        archive.writestr("word/document.xml", text)
    return out.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _picture(side: int = 40_000) -> bytes:
    """A picture that takes 1.6 gigapixels once somebody decodes it."""
    packer = zlib.compressobj(1)
    row = bytes(1 + side // 8)
    rows = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = (_chunk(b"IHDR", head), _chunk(b"IDAT", rows), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BOMBS: tuple[tuple[str, Callable[[], bytes], str], ...] = (
    ("logs.zip", lambda: _zeros("log.txt"), "application/zip"),
    ("tela.png", _picture, "image/png"),
    ("pedido.docx", _office, DOCX),
)


@contextmanager
def _bounded() -> Iterator[None]:
    """Fail when what happens within takes the memory or the time that unpacking would."""
    began = time.process_time()
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY
    assert time.process_time() - began < MOST_SECONDS


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


@pytest.mark.parametrize("name", [name for name, _made, _type in BOMBS])
def test_i2_a_bomb_is_kept_and_given_back_as_it_came_and_never_unpacked(name: str) -> None:
    [(_name, made, content_type)] = [bomb for bomb in BOMBS if bomb[0] == name]
    content = made()
    assert len(content) < UNPACKED // 50
    customer = a_customer()
    ticket, client = a_ticket(customer), signed_in(customer.user)
    here = reverse("ticket", args=[ticket.number])
    with _bounded():
        sent = client.post(
            reverse("ticket_reply", args=[ticket.number]),
            {
                "key": secrets.token_hex(8),
                "body": "Segue.",
                "files": SimpleUploadedFile(name, content),
            },
        )
        assert sent.status_code == 302
        file = Attachment.objects.get(message__ticket=ticket).file
        assert (file.content_type, file.size, file.name) == (content_type, len(content), name)
        page = client.get(here)
        assert name in page.content.decode()
        given = client.get(reverse("file", args=[file.pk]))
        assert given.getvalue() == content
    shown_in_place = content_type == "image/png"
    assert given.headers["Content-Disposition"].startswith("attachment") is not shown_in_place
    assert client.get(here).status_code == 200


@pytest.mark.parametrize("name", [name for name, _made, _type in BOMBS])
def test_i2_a_bomb_in_a_mail_is_kept_and_never_unpacked(name: str, settings: LazySettings) -> None:
    trust_our_server(settings)
    [(_name, made, content_type)] = [bomb for bomb in BOMBS if bomb[0] == name]
    content = made()
    customer = a_customer()
    ticket = a_ticket(customer)
    raw = a_mail(customer.address, subject=about(ticket))
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-")]
    lines += [b"Content-Type: multipart/mixed; boundary=limite", b"", b"--limite", b"", body]
    lines += [b"--limite", f'Content-Disposition: attachment; filename="{name}"'.encode()]
    lines += [b"Content-Type: application/octet-stream", b"Content-Transfer-Encoding: base64", b""]
    mail = b"\r\n".join([*lines, base64.encodebytes(content), b"--limite--", b""])
    with _bounded():
        assert receive(mail, now=NOW).outcome == "appended"
    file = StoredFile.objects.get(attachments__message__ticket=ticket)
    assert (file.content_type, file.size) == (content_type, len(content))
