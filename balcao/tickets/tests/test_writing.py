"""Drafts of the team, and replies that wait a moment before they leave."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from balcao.events import queue
from balcao.events.models import Event, Job, JobState
from balcao.files.actions import store
from balcao.people import actions as people
from balcao.people.models import User
from balcao.policy.access import SYSTEM
from balcao.policy.lifecycle import State, Verb
from balcao.tickets import actions, queries
from balcao.tickets.actions import Conflict, NotAllowed, Refused, Writing
from balcao.tickets.models import Message, StaffDraft, Ticket
from tests.cast import NOW, a_customer, a_queue, a_ticket, acting, an_agent, an_answer

pytestmark = pytest.mark.usefixtures("installation")

TEXT = "Reinicie o serviço e confirme, por favor."
KEY = "a" * 32
UNDO = timedelta(seconds=15)
LATER = NOW + timedelta(minutes=5)


def _case() -> tuple[Ticket, User]:
    line = a_queue()
    return a_ticket(a_customer(), queue=line), an_agent(line)


def _keep(agent: User, ticket: Ticket, body: str = TEXT, *, version: int = 0, **more: Any) -> Any:
    kind = more.pop("kind", "reply")
    return actions.keep_writing(
        actor=acting(agent),
        now=more.pop("now", LATER),
        ticket_id=ticket.pk,
        writing=Writing(kind=kind, body=body, key=more.pop("key", KEY), version=version),
        **more,
    )


def _send(agent: User, ticket: Ticket, body: str = TEXT, **more: Any) -> Message | None:
    seen = more.pop("page", None)
    return actions.send_later(
        actor=acting(agent),
        now=LATER,
        ticket_id=ticket.pk,
        writing=Writing("reply", body, more.pop("key", KEY), **more),
        after=UNDO,
        seen=seen,
    )


def _due(ticket: Ticket, now: datetime = LATER + UNDO) -> None:
    """The job's moment, whoever runs it."""
    draft = StaffDraft.objects.get(ticket=ticket)
    actions.send_due(now=now, draft_id=draft.pk, version=draft.version)


def _undo(agent: User, ticket: Ticket) -> None:
    version = StaffDraft.objects.values_list("version", flat=True).get(ticket=ticket)
    actions.undo_send(actor=acting(agent), now=LATER, ticket_id=ticket.pk, version=version)


def _replies(ticket: Ticket) -> list[str]:
    return list(ticket.messages.filter(kind="reply").values_list("body", flat=True))


def test_of_two_windows_the_second_to_save_is_told_and_the_first_text_stays() -> None:
    ticket, agent = _case()
    first = _keep(agent, ticket, "Um")
    _keep(agent, ticket, "Um, dois", version=first.version)
    with pytest.raises(Conflict, match="draft_changed"):
        _keep(agent, ticket, "Outra janela", version=first.version)
    with pytest.raises(Conflict, match="draft_changed"):
        _keep(agent, ticket, "Janela sem rascunho")
    assert StaffDraft.objects.get(ticket=ticket).body == "Um, dois"
    assert _keep(agent, ticket, "Um, dois", version=first.version).body == "Um, dois"


def test_b8_colleagues_who_may_note_read_a_draft_and_nobody_else_does() -> None:
    ticket, agent = _case()
    colleague, outsider = an_agent(ticket.queue), an_agent(a_queue())
    _keep(agent, ticket, "canario-do-rascunho")

    def read(user: User) -> list[str]:
        return [row.body for row in queries.drafts_on(acting(user), ticket)]

    assert read(agent) == read(colleague) == ["canario-do-rascunho"]
    assert read(outsider) == read(ticket.opener) == []
    with pytest.raises(NotAllowed):
        _keep(outsider, ticket, "Não é da minha fila")
    with pytest.raises(NotAllowed):
        _keep(ticket.opener, ticket, "Sou o cliente")


def test_files_stay_with_the_draft_until_they_are_taken_off_or_sent() -> None:
    ticket, agent = _case()
    one, two = (store(b"x", name=f"{n}.txt", now=NOW) for n in (1, 2))
    draft = _keep(agent, ticket, files=[one])
    draft = _keep(agent, ticket, TEXT + ".", version=draft.version, files=[two])
    draft = _keep(agent, ticket, version=draft.version, without=[one.pk])
    row = queries.draft_on(acting(agent), ticket)
    assert row
    assert [file.name for file in row.files] == ["2.txt"]
    _send(agent, ticket, version=draft.version)
    _due(ticket)
    message = ticket.messages.get(kind="reply")
    assert list(message.attachments.values_list("file", flat=True)) == [two.pk]
    left = queries.draft_on(acting(agent), ticket)
    assert left
    assert left.empty


def test_a_discarded_draft_is_taken_back_until_it_is_written_over() -> None:
    ticket, agent = _case()
    draft = _keep(agent, ticket, files=[store(b"x", name="a.txt", now=NOW)])
    actor = acting(agent)
    with pytest.raises(Conflict):
        actions.discard_writing(actor=actor, now=LATER, ticket_id=ticket.pk, version=9)
    actions.discard_writing(actor=actor, now=LATER, ticket_id=ticket.pk, version=draft.version)
    assert queries.my_drafts(actor) == []
    actions.restore_writing(actor=actor, now=LATER, ticket_id=ticket.pk)
    assert [row.body for row in queries.my_drafts(actor)] == [TEXT]
    draft.refresh_from_db()
    actions.discard_writing(actor=actor, now=LATER, ticket_id=ticket.pk, version=draft.version)
    new = _keep(agent, ticket, "De novo", version=draft.version + 1)
    assert not new.files.exists()
    with pytest.raises(Conflict):
        actions.restore_writing(actor=actor, now=LATER, ticket_id=ticket.pk)


def test_a_reply_leaves_when_its_moment_has_come_and_not_before() -> None:
    ticket, agent = _case()
    _send(agent, ticket, then="wait")
    _due(ticket, LATER + UNDO - timedelta(microseconds=1))
    assert _replies(ticket) == []
    queue.run_pending(LATER + UNDO)
    assert _replies(ticket) == [TEXT]
    message = ticket.messages.get(kind="reply")
    assert (message.author_id, message.key) == (agent.pk, KEY)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee_id) == (State.WAITING_CUSTOMER.value, agent.pk)
    assert queries.my_drafts(acting(agent)) == []


def test_a_reply_taken_back_is_a_draft_again_and_its_job_does_nothing() -> None:
    ticket, agent = _case()
    _send(agent, ticket)
    with pytest.raises(Conflict, match="draft_sending"):
        _keep(agent, ticket, "Mais uma coisa", version=1)
    _undo(agent, ticket)
    queue.run_pending(LATER + UNDO)
    assert _replies(ticket) == []
    row = queries.draft_on(acting(agent), ticket)
    assert row
    assert (row.body, row.sends_at, row.stopped) == (TEXT, None, "")
    _send(agent, ticket, version=row.version)
    _due(ticket)
    assert _replies(ticket) == [TEXT]
    with pytest.raises(Conflict, match="already_sent"):
        _undo(agent, ticket)


def test_nobody_undoes_or_hurries_the_reply_of_another() -> None:
    ticket, agent = _case()
    other = acting(an_agent(ticket.queue))
    _send(agent, ticket)
    for act in (actions.undo_send, actions.send_now):
        with pytest.raises(Conflict, match="already_sent"):
            act(actor=other, now=LATER, ticket_id=ticket.pk, version=1)
    actions.send_now(actor=acting(agent), now=LATER, ticket_id=ticket.pk, version=1)
    assert _replies(ticket) == [TEXT]


def test_o2_a_job_that_runs_twice_and_a_press_that_comes_twice_are_one_message() -> None:
    ticket, agent = _case()
    _send(agent, ticket)
    _send(agent, ticket)
    assert Job.objects.filter(task="tickets.send", args__draft__gt=0, state=JobState.READY).exists()
    draft = StaffDraft.objects.get(ticket=ticket)
    for _ in range(2):
        actions.send_due(now=LATER + UNDO, draft_id=draft.pk, version=draft.version)
    assert _send(agent, ticket) == ticket.messages.get(kind="reply")
    assert _replies(ticket) == [TEXT]


def test_s22_what_can_no_longer_be_sent_is_kept_and_its_author_told() -> None:
    ticket, agent = _case()
    boss = acting(an_agent(ticket.queue))
    said = an_answer(ticket, agent, now=NOW)
    _send(agent, ticket)
    actions.change_state(actor=boss, now=LATER, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    _due(ticket)
    assert _replies(ticket) == [said.body]
    row = queries.draft_on(acting(agent), ticket)
    assert row
    assert (row.body, row.stopped, row.sends_at) == (TEXT, "refused", None)
    event = Event.objects.get(verb="ticket.reply_stopped", subject_id=ticket.pk)
    assert event.data == {"author": agent.pk, "cause": "refused"}
    with pytest.raises(Refused):
        _send(agent, ticket, version=row.version)


def test_a_second_half_that_became_impossible_stops_the_whole_reply() -> None:
    ticket, agent = _case()
    _send(agent, ticket, then="wait")
    other = acting(an_agent(ticket.queue))
    actions.change_state(actor=other, now=LATER, ticket_id=ticket.pk, verb=Verb.ASK_SALES)
    _due(ticket)
    assert _replies(ticket) == []
    assert StaffDraft.objects.get(ticket=ticket).stopped == "state_changed"
    with pytest.raises(Conflict, match="state_changed"):
        _send(agent, ticket, then="wait", version=2)


def test_a_colleague_who_answers_or_takes_the_ticket_stops_a_reply_that_has_not_left() -> None:
    def answer(ticket: Ticket, other: User) -> None:
        actions.staff_reply(
            actor=acting(other), now=LATER, ticket_id=ticket.pk, body="E a versão?", key="b"
        )

    def take(ticket: Ticket, other: User) -> None:
        actions.assign_to_me(actor=acting(other), now=LATER, ticket_id=ticket.pk)

    def remark(ticket: Ticket, other: User) -> None:
        actions.note(actor=acting(other), now=LATER, ticket_id=ticket.pk, body="Vi.", key="n")

    for act, stopped in ((answer, "answered"), (take, "taken"), (remark, "")):
        ticket, agent = _case()
        _send(agent, ticket)
        act(ticket, an_agent(ticket.queue))
        _due(ticket)
        draft = StaffDraft.objects.get(ticket=ticket)
        assert draft.stopped == stopped
        assert (TEXT in _replies(ticket)) == (draft.body == "") == (not stopped)


def test_what_its_author_has_seen_stops_nothing() -> None:
    ticket, agent = _case()
    other = an_agent(ticket.queue)
    actions.staff_reply(actor=acting(other), now=LATER, ticket_id=ticket.pk, body="Um", key="b")
    with pytest.raises(Conflict, match="changed"):
        _send(agent, ticket, page=actions.Seen(1, "open:0"))
    ticket.refresh_from_db()
    _send(agent, ticket, page=actions.Seen(2, queries.standing(ticket)))
    _due(ticket)
    assert _replies(ticket) == ["Um", TEXT]


def test_what_the_customer_writes_after_the_press_does_not_stop_it() -> None:
    ticket, agent = _case()
    _send(agent, ticket)
    actions.customer_message(
        actor=acting(ticket.opener), now=LATER, ticket_id=ticket.pk, body="Mais isto", key="c"
    )
    _due(ticket)
    assert _replies(ticket) == [TEXT]


def test_the_reply_of_somebody_who_was_deactivated_stays_a_draft() -> None:
    ticket, agent = _case()
    _send(agent, ticket)
    people.deactivate(actor=SYSTEM, now=LATER, user=agent)
    _due(ticket)
    assert StaffDraft.objects.get(ticket=ticket).stopped == "not_allowed"
    assert _replies(ticket) == []


def test_the_tidy_takes_old_empty_and_discarded_drafts_and_nothing_on_its_way() -> None:
    cases = [_case() for _ in range(4)]
    kept, discarded, sent, pending = cases
    for ticket, agent in cases[:2]:
        _keep(agent, ticket)
    actions.discard_writing(
        actor=acting(discarded[1]), now=LATER, ticket_id=discarded[0].pk, version=1
    )
    for ticket, agent in cases[2:]:
        _send(agent, ticket)
    _due(sent[0])

    def left(now: datetime) -> set[int]:
        actions.tidy_writing(now)
        ids = [ticket.pk for ticket, _ in cases]
        return set(StaffDraft.objects.filter(ticket__in=ids).values_list("ticket", flat=True))

    assert left(LATER + timedelta(hours=23)) == {ticket.pk for ticket, _ in cases}
    assert left(LATER + timedelta(days=2)) == {kept[0].pk, pending[0].pk}
    assert left(LATER + timedelta(days=89, hours=23)) == {kept[0].pk, pending[0].pk}
    assert left(LATER + timedelta(days=90, hours=1)) == {pending[0].pk}


def _race(*acts: Callable[[], object]) -> list[str]:
    """Run all at once; what each came to: "done" or the conflict's code."""
    start = threading.Barrier(len(acts))
    found: list[str] = []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            found.append("done")
        except Conflict as conflict:
            found.append(conflict.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(found)


@pytest.mark.django_db(transaction=True)
def test_o2_of_undo_and_sending_at_once_exactly_one_has_its_way(transactional_db: None) -> None:
    for _ in range(5):
        ticket, agent = _case()
        _send(agent, ticket)
        came = _race(lambda: _due(ticket), lambda: _undo(agent, ticket))  # noqa: B023
        undone = StaffDraft.objects.get(ticket=ticket).body == TEXT
        assert came == (["done", "done"] if undone else ["already_sent", "done"])
        assert len(_replies(ticket)) == (0 if undone else 1)


@pytest.mark.django_db(transaction=True)
def test_o2_of_two_windows_saving_at_once_one_is_told(transactional_db: None) -> None:
    ticket, agent = _case()
    saves = [lambda n=n: _keep(agent, ticket, f"Janela {n}") for n in range(4)]
    assert _race(*saves) == ["done", *["draft_changed"] * 3]
    assert StaffDraft.objects.filter(ticket=ticket).count() == 1
    version = StaffDraft.objects.get(ticket=ticket).version
    saves = [lambda n=n: _keep(agent, ticket, f"Depois {n}", version=version) for n in range(4)]
    assert _race(*saves).count("done") == 1


@pytest.mark.django_db(transaction=True)
def test_o3_of_two_replies_that_leave_at_once_one_does_and_the_other_is_a_draft_again(
    transactional_db: None,
) -> None:
    for _ in range(5):
        ticket, first = _case()
        second = an_agent(ticket.queue)
        _send(first, ticket, "Um")
        _send(second, ticket, "Dois", key="b" * 32)
        _both_leave(ticket)


def _both_leave(ticket: Ticket) -> None:
    drafts = list(StaffDraft.objects.filter(ticket=ticket).values_list("pk", "version"))
    came = _race(
        *(
            lambda pk=pk, version=version: actions.send_due(
                now=LATER + UNDO, draft_id=pk, version=version
            )
            for pk, version in drafts
        )
    )
    assert came == ["done", "done"]
    (sent,) = _replies(ticket)
    (kept,) = StaffDraft.objects.filter(ticket=ticket).exclude(body="")
    assert {sent, kept.body} == {"Um", "Dois"}
    assert (kept.stopped, kept.sends_at) == ("answered", None)
    ticket.refresh_from_db()
    assert (ticket.message_count, ticket.state) == (2, State.IN_SERVICE.value)
    assert Message.objects.filter(ticket=ticket, author=ticket.assignee).exists()


@pytest.mark.django_db(transaction=True)
def test_o3_of_two_who_answer_one_page_at_once_the_second_is_told(transactional_db: None) -> None:
    for _ in range(5):
        ticket, first = _case()
        page = actions.Seen(1, queries.standing(ticket))

        def answer(agent: User, at: Ticket = ticket, seen: actions.Seen = page) -> object:
            return actions.staff_reply(
                actor=acting(agent),
                now=LATER,
                ticket_id=at.pk,
                body=f"De {agent.pk}",
                key=f"{agent.pk}",
                seen=seen,
            )

        people = (first, an_agent(ticket.queue))
        came = _race(*(lambda agent=agent, act=answer: act(agent) for agent in people))
        assert came == ["changed", "done"]
        assert len(_replies(ticket)) == 1
