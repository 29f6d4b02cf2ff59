"""Saved replies, and colleagues called by name."""

from typing import Any

import pytest

from balcao.events.models import Event
from balcao.people.models import User
from balcao.tickets import actions, queries
from balcao.tickets.actions import Conflict, NotAllowed
from balcao.tickets.models import Mention, SavedReply
from balcao.tickets.queries import NotFound
from tests.cast import NOW, a_customer, a_queue, a_supervisor, a_ticket, acting, an_agent

pytestmark = pytest.mark.usefixtures("installation")


def _save(user: User, shortcut: str, body: str = "Olá {nome}", **more: Any) -> SavedReply:
    return actions.save_reply(
        actor=acting(user), now=NOW, title="Saudação", shortcut=shortcut, body=body, **more
    )


def _shortcuts(user: User) -> list[str]:
    return [row.shortcut for row in queries.saved_replies(acting(user))]


def test_m1_everybody_keeps_their_own_and_only_whoever_may_the_teams() -> None:
    one, other, boss = an_agent(), an_agent(), a_supervisor()
    own = _save(one, "ola-um")
    shared = _save(boss, "ola-todos", shared=True)
    assert _shortcuts(one) == ["ola-todos", "ola-um"]
    assert _shortcuts(other) == ["ola-todos"]
    with pytest.raises(NotAllowed):
        _save(one, "de-todos", shared=True)
    with pytest.raises(NotAllowed):
        actions.retire_reply(actor=acting(one), now=NOW, reply_id=shared.pk)
    with pytest.raises(NotFound):
        _save(other, "meu", reply_id=own.pk)
    with pytest.raises(NotAllowed):
        _save(a_customer().user, "cliente")


def test_a_shortcut_stands_for_one_text_until_that_is_retired() -> None:
    agent, boss = an_agent(), a_supervisor()
    first = _save(agent, "oi-x")
    _save(boss, "oi-x", shared=True)
    with pytest.raises(Conflict, match="shortcut_taken"):
        _save(agent, "oi-x")
    changed = _save(agent, "oi-x", body="Bom dia {nome}", reply_id=first.pk)
    assert (changed.pk, changed.owner_id) == (first.pk, agent.pk)
    actions.retire_reply(actor=acting(agent), now=NOW, reply_id=first.pk)
    assert _save(agent, "oi-x").pk != first.pk
    verbs = Event.objects.filter(subject_kind="tickets.savedreply", subject_id=first.pk)
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "saved_reply.saved",
        "saved_reply.saved",
        "saved_reply.retired",
    ]


def test_a_variable_that_nobody_knows_is_refused() -> None:
    agent = an_agent()
    with pytest.raises(Conflict, match="unknown_variable"):
        _save(agent, "x-y", body="Olá {nome} {sobrenome}")
    every = " ".join(f"{{{name}}}" for name in queries.VARIABLES)
    assert _save(agent, "x-y", body=every).body == every


def test_b3_only_colleagues_who_see_the_ticket_are_called() -> None:
    line = a_queue()
    ticket, agent = a_ticket(a_customer(), queue=line), an_agent(line)
    there = an_agent(line, name="Bruno Reis")
    elsewhere = an_agent(a_queue(), name="Caio Melo")
    message = actions.note(
        actor=acting(agent),
        now=NOW,
        ticket_id=ticket.pk,
        body="@Bruno Reis e @Caio Melo, canario-da-nota. @Ana Lima",
        key="k",
    )
    assert list(Mention.objects.filter(message=message).values_list("user", flat=True)) == [
        there.pk
    ]
    assert queries.is_called(queries.get_for(acting(there), ticket.number))
    assert not queries.is_called(queries.get_for(acting(agent), ticket.number))
    actions.see_mentions(actor=acting(there), now=NOW, ticket_id=ticket.pk)
    assert not queries.is_called(queries.get_for(acting(there), ticket.number))
    assert elsewhere.pk not in dict(queries.who_may_see(ticket))
