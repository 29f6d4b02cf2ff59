"""B3: what one customer's people wrote reaches nobody else, whatever they search or open."""

import secrets
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from balcao.files.actions import store
from balcao.policy.access import Role
from balcao.search.models import Kind, SearchDoc
from balcao.tickets import actions as tickets
from balcao.tickets.models import Message, MessageKind
from tests.cast import (
    NOW,
    Customer,
    a_customer,
    a_member_of_staff,
    a_queue,
    a_ticket,
    acting,
    an_agent,
    signed_in,
)
from tests.contract.story import tell

pytestmark = pytest.mark.usefixtures("installation")
KINDS = ("assunto", "mensagem", "nota", "arquivo", "nome", "empresa")


def plain(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[str]:
    """Every address without a parameter that answers to GET."""
    for entry in patterns:
        route = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from plain(entry.url_patterns, route)
        elif "<" not in route and "GET" in getattr(entry.callback, "methods", ()):
            yield route


def canaries() -> dict[str, str]:
    letters = "".join(chr(97 + int(sign, 16)) for sign in secrets.token_hex(5))
    return {kind: f"{kind}{letters}" for kind in KINDS}


def a_customer_with(words: dict[str, str]) -> Customer:
    customer = a_customer(name=f"Ana {words['nome']}")
    customer.organisation.name = f"Empresa {words['empresa']}"
    customer.organisation.folded = f"empresa {words['empresa']}"
    customer.organisation.save()
    ticket = a_ticket(customer, subject=f"Sobre {words['assunto']}")
    tickets.customer_message(
        actor=customer.actor,
        now=NOW,
        ticket_id=ticket.pk,
        body=f"Ainda {words['mensagem']}",
        key=secrets.token_hex(8),
        files=[store(b"x", name=f"{words['arquivo']}.txt", now=NOW)],
    )
    tickets.note(
        actor=acting(an_agent()),
        now=NOW,
        ticket_id=ticket.pk,
        body=f"Nota {words['nota']}",
        key=secrets.token_hex(8),
    )
    return customer


def asked(words: dict[str, str]) -> list[str]:
    """Each canary by its beginning, so that the page's own echo is not the whole word."""
    return [f"{word[:-3]}*" for word in words.values()]


def leaks(client: Client, addresses: list[str], words: dict[str, str]) -> list[tuple[str, str]]:
    found = []
    for address in addresses:
        answer = client.get(address)
        text = b"".join(answer) if answer.streaming else answer.content
        found += [(address, kind) for kind, word in words.items() if word.encode() in text]
    return found


def searches(words: dict[str, str]) -> list[str]:
    return [
        f"{page}?q={typed}"
        for page in ("/chamados", "/mesa/busca", "/mesa/paleta")
        for typed in asked(words)
    ]


def test_b3_no_word_of_a_customer_reaches_another_by_search_or_any_page() -> None:
    words = canaries()
    owner, stranger = a_customer_with(words), a_customer(is_admin=True)
    a_ticket(stranger)
    everywhere = [*searches(words), *plain(get_resolver().url_patterns)]
    assert len(everywhere) > 60
    assert leaks(signed_in(stranger.user), everywhere, words) == []
    mine = leaks(signed_in(owner.user), searches(words), words)
    assert {kind for _address, kind in mine} >= {"assunto", "mensagem", "nome"}
    assert "nota" not in {kind for _address, kind in mine}


def test_b3_no_word_of_a_ticket_reaches_an_agent_of_another_queue() -> None:
    words = canaries()
    a_customer_with(words)
    written = {kind: words[kind] for kind in ("assunto", "mensagem", "nota", "arquivo")}
    lists = [*searches(words), "/mesa/", "/mesa/?v=abertos", "/mesa/?v=sem-responsavel"]
    assert leaks(signed_in(an_agent(a_queue())), lists, written) == []
    seen = leaks(signed_in(an_agent()), lists, written)
    assert {kind for _address, kind in seen} >= {"assunto", "mensagem", "nota"}
    sales = leaks(signed_in(a_member_of_staff(Role.SALES)), lists, written)
    assert "nota" not in {kind for _address, kind in sales}


def test_every_message_of_a_desks_life_is_in_the_index_as_what_it_is() -> None:
    tell()
    written = {
        (pk, Kind.NOTE if kind == MessageKind.NOTE else Kind.MESSAGE, ticket)
        for pk, kind, ticket in Message.objects.values_list("pk", "kind", "ticket_id")
    }
    assert {kind for _pk, kind, _ticket in written} == set(Kind)
    indexed = SearchDoc.objects.values_list("object_id", "kind", "parent_id")
    assert written == set(indexed)
