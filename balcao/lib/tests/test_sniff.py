"""What is served inline is a picture and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.sniff import OPAQUE, served_type, sniff

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
GIF = b"GIF89a\x01\x00\x01\x00"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 "
ACTIVE = [
    b"<script>alert(1)</script>",
    b"<html><body onload=alert(1)>",
    b"<!DOCTYPE html><script>",
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    b"<?xml version='1.0'?><svg/>",
    b"<!-- --><script>",
    b"<iframe src=javascript:alert(1)>",
    b"<?php system($_GET[0]); ?>",
]
CLAIMED = ["x.png", "x.html", "x.svg", "x.txt", "x.pht"]
# Every start of a picture with every active text in its head, and active text under every name.
POLYGLOTS = [(start + active, "x.png") for start in (PNG, JPEG, GIF, WEBP) for active in ACTIVE]
DISGUISED = [(active, name) for active in ACTIVE for name in CLAIMED]
FURTHER = [
    (b"%PDF-1.7 <script>", "x.pdf"),
    (b"\xef\xbb\xbf<html>", "x.txt"),
    (b"\xff\xfe<\x00s\x00c\x00r\x00i\x00p\x00t\x00", "x.txt"),
    (b"\n\n\n <sCRipt>", "x.csv"),
    (b"GIF89a/*<svg/onload=alert(1)>*/=1;", "x.gif"),
    (b"MIME-Version: 1.0\n\n<html>", "x.mht"),
    (b"+ADw-script+AD4-alert(1)", "x.html"),
    (b"CWS\x09flash", "x.swf"),
    (b"MZ\x90\x00", "invoice.pdf.exe"),
    (b"", "x.html"),
]
CASES = POLYGLOTS + DISGUISED + FURTHER
ACTIVE_TYPES = ("html", "xml", "svg", "script", "flash", "pdf")


def test_i4_no_polyglot_of_forty_is_ever_shown_inline() -> None:
    assert len(CASES) >= 40
    shown = [case for case in CASES if served_type(sniff(*case))[1]]
    assert shown == []


def test_i4_no_active_type_is_named_for_any_of_them() -> None:
    for case in CASES:
        kind, inline = served_type(sniff(*case))
        assert not any(word in kind for word in ACTIVE_TYPES) or not inline
        assert "html" not in kind
        assert "svg" not in kind


@pytest.mark.parametrize(
    "claimed", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "x/y", ""]
)
def test_g2_a_stored_type_we_do_not_know_is_served_as_bytes(claimed: str) -> None:
    assert served_type(claimed) == (OPAQUE, False)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (PNG + b"\x00" * 50, "image/png"),
        (JPEG + b"\x00" * 50, "image/jpeg"),
        (GIF + b"\x00" * 50, "image/gif"),
        (WEBP + b"\x00" * 50, "image/webp"),
    ],
)
def test_honest_pictures_are_shown(head: bytes, kind: str) -> None:
    assert served_type(sniff(head, "foto")) == (kind, True)


def test_a_photo_with_the_notes_of_its_camera_is_still_a_picture() -> None:
    noise = bytes((n * 37) % 256 for n in range(4000))
    assert sniff(JPEG + b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + noise, "foto.jpg") == "image/jpeg"


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"2026-11-13 erro 42\n", "saida.log", "text/plain"),
        (b"a;b;c\n1;2;3\n", "tarifas.csv", "text/plain"),
        ("ligação\n".encode("latin-1"), "a.txt", "text/plain"),
        (b"a\x00b", "a.txt", OPAQUE),
        (b"sem extensao", "leia", OPAQUE),
        (b"PK\x03\x04rest", "a.zip", "application/zip"),
        (b"PK\x03\x04rest", "a.ods", "application/vnd.oasis.opendocument.spreadsheet"),
        (b"PK\x03\x04rest", "a.html", "application/zip"),
        (b"%PDF-1.4", "a.pdf", "application/pdf"),
        (b"RIFF\x00\x00\x00\x00WAVE", "a.wav", "audio/wav"),
        (b"RIFF\x00\x00\x00\x00AVI ", "a.avi", OPAQUE),
        (b"\x00\x00\x00\x18ftypmp42", "a.mp4", "video/mp4"),
    ],
)
def test_the_bytes_say_what_a_file_is(head: bytes, name: str, kind: str) -> None:
    assert sniff(head, name) == kind


@given(st.binary(max_size=200), st.text(max_size=20))
def test_whatever_is_sent_only_pictures_show_inline(head: bytes, name: str) -> None:
    kind, inline = served_type(sniff(head, name))
    assert not inline or kind in {"image/png", "image/jpeg", "image/gif", "image/webp"}
