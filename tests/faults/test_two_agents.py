"""O3: several of the team at one ticket at once. Nothing is lost, and who comes second is told."""

import itertools
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from balcao.policy.access import Role
from balcao.tickets.models import Message, StaffDraft, StateSpan, Ticket
from tests.cast import (
    NOW,
    Customer,
    a_customer,
    a_licence,
    a_member_of_staff,
    a_ticket,
    signed_in,
    the_queue,
)
from tests.cast_calls import at_once
from tests.contract.matrix.world import HOUR

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("installation"),
]
TAKEN = frozenset({302, 409})


@pytest.fixture(autouse=True)
def _on_a_working_day() -> Iterator[None]:
    with time_machine.travel(NOW + HOUR):
        yield


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back to one of them."""

    who: int
    status: int
    text: str


class Team:
    """People of the team, each at a desk of their own, before the same ticket."""

    def __init__(self, size: int = 2) -> None:
        self.customer: Customer = a_customer(name="Rute Alves")
        self.ticket = a_ticket(self.customer, now=NOW)
        self.users = [
            a_member_of_staff(Role.AGENT, Role.SUPERVISOR, queues=(the_queue(),), name=f"Ana {n}")
            for n in range(size)
        ]
        self.desks = [signed_in(user) for user in self.users]
        for desk in self.desks:
            desk.raise_request_exception = False

    def post(self, who: int, name: str, **fields: object) -> Answer:
        address = reverse(name, args=[self.ticket.number])
        answer = self.desks[who].post(address, {k: str(v) for k, v in fields.items()})
        return Answer(who, answer.status_code, answer.content.decode())

    def together(self, *acts: Callable[[int], Answer]) -> list[Answer]:
        """Each does theirs at the same moment."""
        found: list[Answer] = at_once(lambda n: acts[n](n), times=len(acts))
        assert len(found) == len(acts), "somebody got no answer"
        return found

    def now(self) -> Ticket:
        return Ticket.objects.get(pk=self.ticket.pk)

    def whole(self) -> None:
        """The ticket is of one piece: as many messages as counted, one state after another."""
        row = self.now()
        assert Message.objects.filter(ticket=row).count() == row.message_count
        spans = list(StateSpan.objects.filter(ticket=row).order_by("began", "pk"))
        assert [span.ended is None for span in spans] == [False] * (len(spans) - 1) + [True]
        assert spans[-1].state == row.state
        for before, after in itertools.pairwise(spans):
            assert before.ended == after.began


def test_o3_of_two_who_take_a_ticket_one_has_it_and_the_other_is_told_who() -> None:
    for _ in range(5):
        team = Team()
        answers = team.together(*[lambda n, team=team: team.post(n, "desk_take")] * 2)
        assert sorted(one.status for one in answers) == [302, 409]
        owner = team.now().assignee_id
        for one in answers:
            if one.status == 302:
                assert owner == team.users[one.who].pk
            else:
                assert f"Ana {1 - one.who}" in one.text
                assert "chegou antes" in one.text
        team.whole()


def _answer(team: Team, n: int, text: str, *, seen: int) -> Answer:
    return team.post(n, "desk_reply", key=secrets.token_hex(16), body=text, seen=seen)


def test_o3_of_two_who_answer_at_once_one_does_and_the_other_reads_that_first() -> None:
    texts = ["Troque o cabo.", "Reinicie o servidor."]
    for _ in range(5):
        team = Team()
        answers = team.together(*[lambda n, at=team: _answer(at, n, texts[n], seen=1)] * 2)
        assert sorted(one.status for one in answers) == [302, 409]
        for one in answers:
            kept = StaffDraft.objects.filter(author=team.users[one.who], body=texts[one.who])
            sent = Message.objects.filter(ticket=team.ticket, body=texts[one.who])
            assert sent.count() == (one.status == 302)
            assert one.status == 302 or (kept.exists() and texts[1 - one.who] in one.text)
        team.whole()


def test_o3_who_answers_after_a_colleague_reads_their_answer_first() -> None:
    team = Team()
    first = _answer(team, 0, "Troque o cabo.", seen=1)
    second = _answer(team, 1, "Reinicie.", seen=1)
    assert (first.status, second.status) == (302, 409)
    assert "Troque o cabo." in second.text
    assert "Reinicie." in second.text


def test_o3_two_windows_of_one_draft_never_write_over_each_other() -> None:
    for _ in range(5):
        team = Team(1)
        texts = ["Primeira janela.", "Segunda janela."]

        def keep(n: int, team: Team = team, texts: list[str] = texts) -> Answer:
            return team.post(0, "desk_draft", kind="reply", key="c" * 32, body=texts[n], version=0)

        answers = at_once(keep, times=2)
        assert {one.status for one in answers} <= {200, *TAKEN}
        kept = StaffDraft.objects.get(ticket=team.ticket)
        lost = next(text for text in texts if text != kept.body)
        assert [lost in one.text for one in answers if one.status == 409] == [True]


def test_o3_of_two_who_end_a_ticket_one_does_and_the_other_is_told() -> None:
    for _ in range(5):
        team = Team()
        assert _answer(team, 0, "Troque o cabo.", seen=1).status == 302
        assert team.post(0, "desk_state", verb="ask_sales").status == 302
        answers = team.together(
            partial(team.post, name="desk_resolve"),
            partial(team.post, name="desk_state", verb="cancel"),
        )
        assert sorted(one.status for one in answers) == [302, 409]
        did = next(one.who for one in answers if one.status == 302)
        assert team.now().state == ("resolved", "cancelled")[did]
        team.whole()


def test_o3_another_product_and_the_end_of_a_ticket_at_once_leave_both_or_say_which() -> None:
    for _ in range(5):
        team = Team()
        other = a_licence(team.customer.organisation, contract=team.customer.contract).pk
        assert _answer(team, 0, "Troque o cabo.", seen=1).status == 302
        answers = team.together(
            partial(team.post, name="desk_product_change", licence=other, service="question"),
            partial(team.post, name="desk_resolve"),
        )
        by = {one.who: one.status for one in answers}
        assert set(by.values()) <= TAKEN
        assert (team.now().licence_id == other) == (by[0] == 302)
        assert (team.now().state == "resolved") == (by[1] == 302)
        team.whole()


def _many(writers: int, rounds: int) -> None:
    """Each does one thing after another at the same ticket; what was accepted is there."""
    team = Team(writers)
    accepted: list[str] = []
    other = a_licence(team.customer.organisation, contract=team.customer.contract)

    def one(n: int, turn: int) -> Answer:
        text = f"Parte {n}-{turn}."
        posts: list[Callable[[], Answer]] = [
            lambda: team.post(n, "desk_reply", key=secrets.token_hex(16), body=text),
            lambda: team.post(n, "desk_note", key=secrets.token_hex(16), body=text),
            lambda: team.post(n, "desk_take"),
            lambda: team.post(n, "desk_give_back"),
            lambda: team.post(
                n, "desk_product_change", licence=other.pk, service=("incident", "question")[n % 2]
            ),
            lambda: team.post(n, "desk_reply", key=secrets.token_hex(16), body=text, then="wait"),
            lambda: team.post(n, "desk_state", verb="resume"),
        ]
        place = (n + turn) % len(posts)
        answer = posts[place]()
        if answer.status == 302 and place in (0, 1, 5):
            accepted.append(text)
        return answer

    def work(n: int) -> list[int]:
        found = []
        for turn in range(rounds):
            found.append(one(n, turn).status)
            connection.close()
        return found

    statuses: list[list[int]] = at_once(work, times=writers)
    assert len(statuses) == writers
    every = list(itertools.chain(*statuses))
    assert len(every) == writers * rounds
    assert set(every) <= TAKEN, sorted(every)
    written = list(Message.objects.filter(ticket=team.ticket).values_list("body", flat=True))
    assert sorted(written[1:]) == sorted(accepted)
    assert len(accepted) > writers
    team.whole()


def test_o3_eight_at_one_ticket_lose_nothing_and_meet_no_error() -> None:
    _many(8, 10)


@pytest.mark.stress
def test_o3_fifty_at_one_ticket_a_hundred_times_lose_nothing_and_meet_no_error() -> None:
    _many(50, 100)
