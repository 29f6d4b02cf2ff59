"""Attachments: for those who may read the message, and never as something that runs (B1, I4)."""

import secrets
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from balcao.files.actions import store
from balcao.files.models import StoredFile
from balcao.files.queries import path_of
from balcao.lib.tests.test_sniff import ACTIVE, CASES
from balcao.people import actions as people
from balcao.policy.access import SYSTEM
from balcao.portal.tests.helping import at, text_of, where
from balcao.tickets.actions import customer_message, note
from balcao.tickets.models import Ticket
from tests.cast import NOW, Customer, a_colleague, a_customer, a_ticket, acting, an_agent, signed_in

pytestmark = pytest.mark.usefixtures("installation")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def _attached(
    customer: Customer, content: bytes = PNG, name: str = "tela.png"
) -> tuple[Ticket, StoredFile]:
    ticket = a_ticket(customer)
    file = store(content, name=name, now=NOW)
    customer_message(
        actor=customer.actor,
        now=NOW,
        ticket_id=ticket.pk,
        body="Segue.",
        key=secrets.token_hex(8),
        files=[file],
    )
    return ticket, file


def _address(file: StoredFile) -> str:
    return reverse("file", args=[file.pk])


def _get(client: Client, file: StoredFile) -> tuple[Any, bytes]:
    """The answer and all it sends."""
    answer = client.get(_address(file))
    body = answer.getvalue()
    return answer, body


def _status(client: Client, file: StoredFile) -> int:
    return int(_get(client, file)[0].status_code)


def test_b1_only_those_who_may_read_the_message_get_its_file() -> None:
    customer, other = a_customer(), a_customer()
    _ticket, file = _attached(customer)
    for user in (customer.user, an_agent()):
        answer, body = _get(signed_in(user), file)
        assert (answer.status_code, body) == (200, PNG)
    assert where(Client().get(_address(file))).startswith(reverse("sign_in"))
    foreign = signed_in(other.user).get(_address(file))
    unknown = signed_in(other.user).get(reverse("file", args=[uuid4()]))
    assert foreign.status_code == unknown.status_code == 404
    assert text_of(foreign) == text_of(unknown)


def test_b1_a_removed_member_gets_no_file_any_more() -> None:
    customer = a_customer()
    _ticket, file = _attached(customer)
    client = signed_in(customer.user)
    assert _status(client, file) == 200
    people.leave(actor=SYSTEM, now=NOW, user=customer.user, organisation=customer.organisation)
    assert _status(client, file) == 404


def test_b1_the_file_of_a_note_is_for_staff_only() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    file = store(PNG, name="interno.png", now=NOW)
    note(actor=acting(agent), now=NOW, ticket_id=ticket.pk, body="x", key="n1", files=[file])
    assert _status(signed_in(agent), file) == 200
    assert _status(signed_in(customer.user), file) == 404


def test_b1_a_stored_file_of_no_message_is_nobodys() -> None:
    file = store(PNG, name="solto.png", now=NOW)
    for user in (a_customer().user, an_agent()):
        assert _status(signed_in(user), file) == 404


@pytest.mark.parametrize(
    ("name", "content", "content_type", "inline"),
    [
        ("tela.png", PNG, "image/png", True),
        ("nota.pdf", b"%PDF-1.7\n", "application/pdf", False),
        ("log.txt", b"erro 17\n", "text/plain; charset=utf-8", False),
        ("pagina.html", b"<!doctype html><script>alert(1)</script>", None, False),
        ("figura.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', None, False),
        ("tela.png", PNG + b"<script>alert(1)</script>", None, False),
        ("programa.exe", b"MZ\x90\x00", None, False),
        ("tela.png.html", b"GIF89a<script>alert(1)</script>", None, False),
    ],
)
def test_i4_a_file_is_never_served_as_something_a_browser_runs(
    name: str, content: bytes, content_type: str | None, inline: bool
) -> None:
    customer = a_customer()
    _ticket, file = _attached(customer, content, name)
    headers = _get(signed_in(customer.user), file)[0].headers
    assert headers["Content-Type"] == (content_type or "application/octet-stream")
    assert headers["Content-Disposition"].startswith("inline" if inline else "attachment")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "private" in headers["Cache-Control"]
    assert headers["Content-Length"] == str(len(content))


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("relatório ção.txt", "attachment; filename*=utf-8''relat%C3%B3rio%20%C3%A7%C3%A3o.txt"),
        ('a"b.txt', 'attachment; filename="a_b.txt"'),
        ("x\r\nSet-Cookie: a=b.txt", None),
    ],
)
def test_i4_the_name_is_data_in_the_header(name: str, disposition: str | None) -> None:
    customer = a_customer()
    _ticket, file = _attached(customer, b"erro 17\n", name)
    headers = _get(signed_in(customer.user), file)[0].headers
    assert disposition is None or headers["Content-Disposition"] == disposition
    assert "\n" not in headers["Content-Disposition"]
    assert "Set-Cookie" not in headers


def test_a_file_the_disk_lost_is_said_clearly() -> None:
    customer = a_customer()
    _ticket, file = _attached(customer)
    path_of(file.pk).unlink()
    answer = signed_in(customer.user).get(_address(file))
    assert answer.status_code == 404
    assert "Não temos mais este arquivo" in text_of(answer)
    assert "tela.png" in text_of(answer)


def test_i4_no_polyglot_double_extension_or_page_of_many_is_served_as_something_active() -> None:
    customer = a_customer()
    client, ticket = signed_in(customer.user), a_ticket(customer)
    names = ("x.pht", "x.xml", "x.xhtml", "x.png.html", "x.svg.jpg")
    cases = [*CASES, *((active, name) for active in ACTIVE for name in names)]
    files = [store(content, name=name, now=NOW) for content, name in cases]
    customer_message(
        actor=customer.actor, now=NOW, ticket_id=ticket.pk, body="x", key="varios", files=files
    )
    assert len(files) >= 40
    for file in files:
        headers = _get(client, file)[0].headers
        assert headers["Content-Disposition"].startswith("attachment"), file.name
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("sandbox;")
        kind = headers["Content-Type"]
        assert not any(word in kind for word in ("html", "xml+", "svg", "script", "flash")), kind


def _reply(client: Client, ticket: Ticket, *contents: bytes) -> Any:
    uploads = [SimpleUploadedFile(f"{n}.txt", content) for n, content in enumerate(contents)]
    data = {"key": secrets.token_hex(16), "body": "Segue o registro.", "files": uploads}
    return client.post(reverse("ticket_reply", args=[ticket.number]), data)


EXTENSIONS = (
    "html htm xhtml xht shtml svg svgz xml xsl xslt rdf rss atom mht mhtml js mjs jsp php pht phtml"
    " hta htc swf xaml wsf vbs css json webmanifest manifest"
).split()
DRAWINGS = tuple(
    f'{head}<svg xmlns="http://www.w3.org/2000/svg"{more}'
    for head in ("", '<?xml version="1.0"?>', "\ufeff", " \n", "<!-- x -->", "<!DOCTYPE svg>",
                 "<?xml-stylesheet href='x'?>", "GIF89a/*")
    for more in (" onload='pwned()'/>", "><script>pwned()</script></svg>",
                 "><foreignObject><iframe src='javascript:pwned()'/></foreignObject></svg>",
                 "><animate onbegin='pwned()'/></svg>", "><use href='data:image/svg+xml,x'/></svg>")
)  # fmt: skip


def test_g2_g3_of_thirty_active_types_and_forty_drawings_none_is_shown_in_place() -> None:
    assert len(EXTENSIONS) >= 30
    assert len(DRAWINGS) >= 40
    customer = a_customer()
    page = "<html><script>pwned()</script>"
    sent = [
        *((page, f"nota.{one}") for one in EXTENSIONS),
        *((one, "foto.svg") for one in DRAWINGS),
    ]
    client = signed_in(customer.user)
    ticket = a_ticket(customer)
    files = [store(content.encode(), name=name, now=NOW) for content, name in sent]
    customer_message(
        actor=customer.actor, now=NOW, ticket_id=ticket.pk, body="Segue.", key="g", files=files
    )
    for file in files:
        headers = _get(client, file)[0].headers
        assert headers["Content-Disposition"].startswith("attachment"), file.name
        assert headers["Content-Type"].startswith(("application/octet-stream", "text/plain"))
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_i5_a_full_ticket_says_so_keeps_the_text_and_stores_nothing(settings: Settings) -> None:
    settings.TICKET_QUOTA = 50
    customer = a_customer()
    client, ticket = signed_in(customer.user), a_ticket(customer)
    assert _reply(client, ticket, b"x" * 20, b"x" * 20).status_code == 302
    before = StoredFile.objects.count()
    answer = _reply(client, ticket, b"x" * 11)
    assert answer.status_code == 422
    assert "um chamado comporta no máximo 50 bytes" in text_of(answer)
    assert "Segue o registro." in answer.content.decode()
    assert StoredFile.objects.count() == before
    assert _reply(client, ticket).status_code == 302
    assert _reply(client, a_ticket(customer), b"x" * 11).status_code == 302


def test_i5_many_uploads_stop_at_the_persons_quota_and_others_go_on(settings: Settings) -> None:
    settings.PERSON_QUOTA = 500
    customer = a_customer()
    colleague = a_colleague(customer)
    client, ticket = signed_in(customer.user), a_ticket(customer)
    answers = [_reply(client, ticket, b"x" * 50) for _ in range(20)]
    assert [answer.status_code for answer in answers] == [302] * 10 + [422] * 10
    assert "cada pessoa envia no máximo 500 bytes em 30 dias" in text_of(answers[-1])
    assert sum(row.size for row in StoredFile.objects.filter(owner_id=customer.user.pk)) == 500
    theirs = a_ticket(colleague)
    assert _reply(signed_in(colleague.user), theirs, b"x" * 50).status_code == 302


def test_i5_a_form_that_came_back_counts_what_it_stored(settings: Settings) -> None:
    settings.PERSON_QUOTA = 120
    customer = a_customer()
    client = signed_in(customer.user)
    form = {"key": secrets.token_hex(16), "subject": "", "body": ""}
    for _ in range(4):
        form["files"] = SimpleUploadedFile("a.txt", b"x" * 50)  # type: ignore[assignment]
        client.post(reverse("ticket_new"), form)
    assert StoredFile.objects.filter(owner_id=customer.user.pk).count() == 2
