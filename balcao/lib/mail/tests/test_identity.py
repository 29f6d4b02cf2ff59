"""One address, or none: every From that two programs could read differently is unclear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.mail.identity import Sender, Unclear, clear_sender

VICTIM = "ana@cliente.example"
EVIL = "x@evil.example"


def block(*froms: str | bytes) -> bytes:
    lines = [f if isinstance(f, bytes) else f.encode() for f in froms]
    return b"\r\n".join([b"To: suporte@direction.com.br", *lines, b"Subject: oi"]) + b"\r\n"


def sender_of(*froms: str | bytes) -> str:
    found = clear_sender(block(*froms))
    return found.address if isinstance(found, Sender) else ""


TWO_FIELDS = [
    (f"From: {VICTIM}", f"From: {EVIL}"),
    (f"From: {EVIL}", f"From: {VICTIM}"),
    (f"From: {VICTIM}", f"from: {EVIL}"),
    (f"From: {VICTIM}", f"FROM: {EVIL}"),
    (f"From: {VICTIM}", f"From: {VICTIM}"),
    (f"From: {EVIL}", f"From : {VICTIM}"),
    (f"From : {VICTIM}",),
    (f"From\t: {VICTIM}",),
    (f"From: {VICTIM}", f"fRoM: Ana <{EVIL}>"),
    (f"From: {EVIL}\rFrom: {VICTIM}",),
    (f"From: {VICTIM}\r\n\rFrom: {EVIL}",),
    (f"From: {EVIL}\x00", f"From: {VICTIM}"),
    (f" From: {VICTIM}", f"From: {EVIL}\r\nnot a header line"),
    (f"From: {VICTIM}", "From:"),
    ("From:",),
]
TWO_MAILBOXES = [
    f"{VICTIM}, {EVIL}",
    f"{EVIL}, {VICTIM}",
    f"Ana <{VICTIM}>, Eve <{EVIL}>",
    f"Ana <{VICTIM}> <{EVIL}>",
    f"Ana <{EVIL}><{VICTIM}>",
    f"Equipe: {VICTIM};",
    f"Equipe: {VICTIM}, {EVIL};",
    f"Grupo: a@b.example; <{EVIL}>",
    f"undisclosed-recipients:; {VICTIM}",
    f"{VICTIM} {EVIL}",
    f"{VICTIM};{EVIL}",
    f"Ana <{VICTIM}>; <{EVIL}>",
    f"<{VICTIM}>, ",
    f",{VICTIM}",
    f"Ana <{VICTIM}> {EVIL}",
]


@pytest.mark.parametrize("fields", TWO_FIELDS)
def test_d4_two_from_headers_are_unclear(fields: tuple[str, ...]) -> None:
    assert isinstance(clear_sender(block(*fields)), Unclear)


@pytest.mark.parametrize("value", TWO_MAILBOXES)
def test_d4_two_mailboxes_and_groups_are_unclear(value: str) -> None:
    assert isinstance(clear_sender(block(f"From: {value}")), Unclear)


def test_d4_mixed_case_of_the_domain_is_the_same_address() -> None:
    assert sender_of("From: Ana@Cliente.EXAMPLE") == VICTIM


DISPLAY_NAMES = [
    f'"{VICTIM}" <{EVIL}>',
    f'"Ana <{VICTIM}>" <{EVIL}>',
    f'"Ana \\"{VICTIM}\\"" <{EVIL}>',
    f"=?utf-8?q?{VICTIM.replace('@', '=40')}?= <{EVIL}>",
    f"=?utf-8?b?YW5hQGNsaWVudGUuZXhhbXBsZQ==?= <{EVIL}>",
    f"=?utf-8?q?Ana_=3C{VICTIM.replace('@', '=40')}=3E?= <{EVIL}>",
]


@pytest.mark.parametrize("value", DISPLAY_NAMES)
def test_d5_an_address_in_the_display_name_is_never_the_sender(value: str) -> None:
    assert sender_of(f"From: {value}") in {"", EVIL}


MALFORMED = [
    f"{VICTIM} <{EVIL}>",
    f"{VICTIM}<{EVIL}>",
    f"<{VICTIM}",
    f"{VICTIM}>",
    f"<<{VICTIM}>>",
    f"< {VICTIM}>",
    f"<{VICTIM} >",
    f"<@evil.example:{VICTIM}>",
    f"<@evil.example,@b.example:{VICTIM}>",
    f"Ana <{VICTIM}>@evil.example",
    f"Ana <{VICTIM}@evil.example>",
    f'"ana"@cliente.example <{EVIL}>',
    '"ana@cliente.example"@evil.example',
    "ana@[127.0.0.1]",
    "ana@cliente",
    "ana@cliente..example",
    "ana@.cliente.example",
    "ana@-cliente.example",
    ".ana@cliente.example",
    "ana.@cliente.example",
    "a..na@cliente.example",
    "=?utf-8?q?ana=40cliente=2Eexample?=",
    "=?utf-8?q?ana?=@cliente.example",
    "=?utf-8?b?YW5hQGNsaWVudGUuZXhhbXBsZQ==?=",
    f"Ana ({VICTIM}) <{EVIL}> ({VICTIM})",
    f"({VICTIM}) {EVIL}",
    f"(a(b)) {VICTIM}",
    f'"Ana" {VICTIM}',
    f'"Ana <{VICTIM}>',
    "ana@clíente.example",
    "аna@cliente.example",
    "ana@cliente.example\u200b",
    f"{'a' * 65}@cliente.example",
    f"{'n' * 3000} <{VICTIM}>",
    "ana @cliente.example",
    "ana@ cliente.example",
    f"Ana <{VICTIM}>\r\n\t<{EVIL}>",
]


@pytest.mark.parametrize("value", MALFORMED)
def test_d5_a_shape_that_programs_read_differently_is_unclear(value: str) -> None:
    assert isinstance(clear_sender(block(f"From: {value}")), Unclear)


@pytest.mark.parametrize(
    "name", ["Sender", "Reply-To", "Resent-From", "X-Original-From", "Return-Path"]
)
def test_d8_no_other_header_identifies(name: str) -> None:
    assert sender_of(f"{name}: {VICTIM}", f"From: {EVIL}") == EVIL
    assert isinstance(clear_sender(block(f"{name}: {VICTIM}")), Unclear)


HONEST: list[tuple[str | bytes, str]] = [
    (f"From: {VICTIM}", ""),
    (f"From: <{VICTIM}>", ""),
    (f"From: Ana Lima <{VICTIM}>", "Ana Lima"),
    (f'From: "Lima, Ana" <{VICTIM}>', "Lima, Ana"),
    (f"From: =?utf-8?q?Jo=C3=A3o?= Reis <{VICTIM}>", "João Reis"),
    (f"From: =?iso-8859-1?q?Forma=E7=E3o?= <{VICTIM}>", "Formação"),
    (f"From: Ana L. Direction Ltda. <{VICTIM}>", "Ana L. Direction Ltda."),
    (f"From: Ana (Suporte) <{VICTIM}>", "Ana (Suporte)"),
    (f"From: {VICTIM} (Ana)", ""),
    (f"From: Ana\r\n  Lima\r\n <{VICTIM}>", "Ana Lima"),
    ("From: Formação <".encode("latin-1") + VICTIM.encode() + b">", "Formação"),
    (f"From: Formação <{VICTIM}>".encode(), "Formação"),
    (f"From:{VICTIM}", ""),
]


@pytest.mark.parametrize(("field", "display"), HONEST)
def test_an_honest_from_is_clear_raw_latin_1_names_included(
    field: str | bytes, display: str
) -> None:
    assert clear_sender(block(field)) == Sender(address=VICTIM, display=display)


def test_a_mailbox_file_leaves_its_own_first_line_which_is_no_header() -> None:
    raw = f"From ana@x.example Mon Nov  9 10:12:00 2026\nFrom: {VICTIM}\n".encode()
    assert clear_sender(raw) == Sender(VICTIM, "")
    raw = f"From : {EVIL}\nFrom: {VICTIM}\n".encode()
    assert isinstance(clear_sender(raw), Unclear)


def test_f2_a_header_block_beyond_the_limit_is_unclear() -> None:
    raw = block(f"From: {VICTIM}") + b"X: " + b"a" * 200_000 + b"\r\n"
    assert clear_sender(raw) == Unclear("headers_too_large")
    raw = block(f"From: {VICTIM}") + b"X: a\r\n" * 2000
    assert clear_sender(raw) == Unclear("too_many_headers")


@given(st.text(alphabet='"<>()@,;:\\ .abv=?\r\n\t\0é', max_size=60))
def test_whatever_stands_around_an_address_only_one_ever_comes_out(junk: str) -> None:
    found = clear_sender(block(f"From: {junk} <{EVIL}>"))
    assert isinstance(found, Unclear) or found.address == EVIL
