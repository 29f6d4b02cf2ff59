"""A desk's whole life through the real actions, in which every text holds one tell-tale word."""

import secrets
from datetime import datetime, timedelta

from balcao.channels import actions as channels
from balcao.channels import intake
from balcao.channels.actions import testing, undelivered
from balcao.channels.models import Delivery, DeliveryState
from balcao.events import queue
from balcao.files import actions as files
from balcao.people import actions as people
from balcao.people.models import User
from balcao.policy.access import SYSTEM, Role
from balcao.policy.lifecycle import Verb
from balcao.policy.override import Wanted
from balcao.policy.routing import TakenBack
from balcao.tickets import actions as tickets
from balcao.tickets.models import Queue, Ticket
from tests import cast
from tests.cast import NOW, Customer, acting
from tests.contract.story_access import tell_of_access
from tests.contract.story_acts import tell_of_acts
from tests.contract.story_appointments import tell_of_appointments
from tests.contract.story_calls import tell_of_calls
from tests.contract.story_copies import tell_of_copies
from tests.contract.story_goods import tell_of_goods
from tests.contract.story_mail import tell_of_forged_mail, tell_of_kept_mail
from tests.contract.story_notices import tell_of_notices
from tests.contract.story_oneoffs import tell_of_oneoffs
from tests.contract.story_people import tell_of_people
from tests.contract.story_rules import tell_of_rules
from tests.contract.story_sales import tell_of_sales
from tests.contract.story_watch import tell_of_watching

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WORD = "canarinho"
"""One plain word, so that no check of shapes keeps it out of an event."""


def tell() -> None:
    """Register everybody, serve one ticket to its end, refuse, receive mail, say goodbye."""
    line = tickets.create_queue(actor=SYSTEM, now=NOW, name=WORD, slug=WORD)
    agent = cast.a_member_of_staff(Role.AGENT, Role.SUPERVISOR, queues=(line,), name=WORD)
    sales = cast.a_member_of_staff(Role.SALES, name=WORD)
    tickets.add_members(actor=SYSTEM, now=NOW, queue=line, members=[sales])
    tell_of_goods(WORD)
    customer = cast.a_customer(name=WORD)
    people.add_address(actor=SYSTEM, now=NOW, user=customer.user, address=_address())
    ticket = _wait(customer, line, agent)
    _serve(ticket, customer, agent, sales)
    _correspond(ticket, customer)
    tell_of_kept_mail(WORD, ticket, customer, agent)
    _end(ticket, customer, agent)
    _except(_refuse(ticket), ticket.queue)
    tell_of_access(WORD)
    _leave(customer)
    tell_of_people(WORD)
    tell_of_copies(WORD)
    tell_of_rules(WORD)
    tell_of_oneoffs(WORD)
    tell_of_notices(WORD, customer)
    tell_of_watching(agent)
    tell_of_calls(WORD)
    tell_of_sales(WORD)
    tell_of_appointments(WORD)


def _address() -> str:
    return f"{WORD}-{secrets.token_hex(4)}@{WORD}.example"


def _opened(customer: Customer, line: Queue) -> Ticket:
    return cast.a_ticket(customer, subject=WORD, body=WORD, queue=line)


def _wait(customer: Customer, line: Queue, agent: User) -> Ticket:
    """In line: taken, let go of, taken by hand, given back; another one is cancelled."""
    ticket = _opened(customer, line)
    tickets.take_next(actor=acting(agent), now=NOW)
    tickets.run_due(NOW + HOUR)
    view = tickets.save_view(actor=acting(agent), now=NOW, name=WORD, query=WORD, shared=True)
    tickets.remove_view(actor=acting(agent), now=NOW, view_id=view.pk)
    tickets.take_next(actor=acting(agent), now=NOW + HOUR)
    tickets.skip(actor=acting(agent), now=NOW + HOUR, ticket_id=ticket.pk, reason=WORD)
    tickets.take_next(actor=acting(cast.an_agent(line)), now=NOW + HOUR)
    why = TakenBack.AWAY
    tickets.give_back(
        actor=acting(cast.a_supervisor()), now=NOW + HOUR, ticket_id=ticket.pk, why=why
    )
    for act in (tickets.assign_to_me, tickets.give_back, tickets.assign_to_me):
        act(actor=acting(agent), now=NOW + HOUR, ticket_id=ticket.pk)
    _hand_on(ticket, agent)
    _move(_opened(customer, line), Verb.CANCEL, customer.user, NOW + HOUR)
    _be_away(ticket, agent)
    tickets.raise_deadlines(NOW + 20 * HOUR)
    tickets.raise_deadlines(NOW + 25 * HOUR)
    _suspend()
    return ticket


def _hand_on(ticket: Ticket, agent: User) -> None:
    """To another queue that the agent serves too, and back again."""
    other = tickets.create_queue(actor=SYSTEM, now=NOW, name=WORD, slug=f"{WORD}-2")
    was = tickets.Holding(agent.pk, ticket.queue_id)
    left = tickets.change_queue(
        actor=acting(agent), now=NOW + HOUR, ticket_id=ticket.pk, queue_id=other.pk
    )
    tickets.undo_holding(
        actor=acting(agent),
        now=NOW + HOUR,
        ticket_id=ticket.pk,
        was=was,
        left=tickets.Holding(left.assignee_id, left.queue_id),
    )


def _be_away(ticket: Ticket, agent: User) -> None:
    """Handed to a colleague who goes away: back in line, and then the owner's again."""
    colleague = cast.an_agent(ticket.queue, name=WORD)
    tickets.transfer(actor=acting(agent), now=NOW + HOUR, ticket_id=ticket.pk, to_id=colleague.pk)
    tickets.announce_absence(
        actor=acting(colleague),
        now=NOW + HOUR,
        user_id=colleague.pk,
        starts_at=NOW + HOUR,
        ends_at=NOW + 2 * HOUR,
    )
    tickets.run_absences(NOW + 2 * HOUR)
    tickets.assign_to_me(actor=acting(agent), now=NOW + 2 * HOUR, ticket_id=ticket.pk)


def _suspend() -> None:
    """Every deadline stood still for a while: the ones that are open move."""
    period = {
        "begins": NOW.isoformat(),
        "ends": (NOW + 2 * HOUR).isoformat(),
        "reason": WORD,
    }
    policy = cast.a_policy_in_force({"suspended.periods": [period]})
    tickets.recompute(now=NOW + 25 * HOUR, number=policy.version)


def _move(ticket: Ticket, verb: Verb, who: User, now: datetime) -> None:
    tickets.change_state(actor=acting(who), now=now, ticket_id=ticket.pk, verb=verb)


def _write(ticket: Ticket, customer: Customer, now: datetime) -> None:
    tickets.customer_message(
        actor=customer.actor,
        now=now,
        ticket_id=ticket.pk,
        body=WORD,
        key=secrets.token_hex(8),
        files=[files.store(WORD.encode(), name=f"{WORD}.txt", now=now)],
    )


def _serve(ticket: Ticket, customer: Customer, agent: User, sales: User) -> None:
    """Every state that a ticket in service can pass."""
    now = NOW + 2 * HOUR
    cast.an_answer(ticket, agent, now=now, body=WORD, then=Verb.WAIT_CUSTOMER)
    _write(ticket, customer, now)
    boss = cast.a_supervisor(name=f"{WORD} {secrets.token_hex(4)}")
    called = f"{WORD} @{boss.name}"
    tickets.note(actor=acting(agent), now=now, ticket_id=ticket.pk, body=called, key=WORD)
    _save_replies(agent, now)
    tell_of_acts(WORD, ticket, customer, agent, now=now)
    for _ in range(2):
        tickets.wait_third(
            actor=acting(agent),
            now=now,
            ticket_id=ticket.pk,
            who=WORD,
            protocol=WORD,
            review_on=cast.TODAY,
        )
    tickets.run_due(now)
    _move(ticket, Verb.RESUME, agent, now)
    _move(ticket, Verb.ASK_SALES, agent, now)
    _move(ticket, Verb.ANSWER_SCOPE, sales, now)
    _stop(ticket, agent, now)
    _write(ticket, customer, now)


def _save_replies(agent: User, now: datetime) -> None:
    """A text of the whole team's is kept, and retired."""
    row = tickets.save_reply(
        actor=acting(agent), now=now, title=WORD, shortcut=WORD, body=WORD, shared=True
    )
    tickets.retire_reply(actor=acting(agent), now=now, reply_id=row.pk)


def _stop(ticket: Ticket, agent: User, now: datetime) -> None:
    """A reply on its way when the ticket is resolved stays with its author."""
    writing = tickets.Writing(kind="reply", body=WORD, key=secrets.token_hex(16))
    tickets.send_later(
        actor=acting(agent), now=now, ticket_id=ticket.pk, writing=writing, after=timedelta(0)
    )
    _move(ticket, Verb.RESOLVE, agent, now)
    queue.run_pending(now)


def _correspond(ticket: Ticket, customer: Customer) -> None:
    """What was said goes out by mail, one mail fails, and the customer answers by mail."""
    now = NOW + 3 * HOUR
    failing = channels.post(
        kind="reply", key=WORD, recipient=_address(), subject=WORD, text=WORD, html=WORD, now=now
    )
    channels.mark_failed(failing, answer=WORD, now=now)
    boss = acting(cast.a_supervisor(name=WORD))
    undelivered.retry(actor=boss, now=now, delivery_id=failing.pk)
    channels.mark_failed(failing, answer=WORD, now=now)
    undelivered.leave(actor=boss, now=now, delivery_id=failing.pk)
    keeper = acting(cast.an_administrator(name=WORD))
    testing.begin_test(actor=keeper, now=now, name="mail")
    for problem in (WORD, ""):
        channels.note_account("mail", problem=problem, now=now)
    queue.run_pending(now)
    intake.receive(_mail(ticket, customer), now=now)
    tell_of_forged_mail(WORD, ticket, customer, now=now)
    intake.receive(f"Subject: {WORD}\n{'X: y' * 50_000}\n\n{WORD}".encode(), now=now)


def _share(ticket: Ticket, customer: Customer) -> None:
    """A colleague follows the ticket for a while."""
    person = cast.a_colleague(customer).user.pk
    for act in (tickets.include, tickets.take_out):
        act(actor=customer.actor, now=NOW, ticket_id=ticket.pk, person_id=person)


def _end(ticket: Ticket, customer: Customer, agent: User) -> None:
    """Resolved, rated and closed; a mail that comes too late is kept, and its sender told."""
    now = NOW + 4 * HOUR
    _share(ticket, customer)
    silent = _opened(customer, ticket.queue)
    cast.an_answer(silent, agent, now=now, body=WORD, then=Verb.WAIT_CUSTOMER)
    tickets.run_due(now + 2 * DAY)
    _move(ticket, Verb.RESOLVE, agent, now)
    tickets.rate(actor=customer.actor, now=now, ticket_id=ticket.pk, score=4, comment=WORD)
    tickets.run_due(now + 8 * DAY)
    intake.receive(_mail(ticket, customer), now=now + 9 * DAY)
    queue.run_pending(now + 9 * DAY)


def _mail(ticket: Ticket, customer: Customer) -> bytes:
    """An answer to the last mail about the ticket, proved by the token in its Message-ID."""
    told = Delivery.objects.filter(ticket=ticket, state=DeliveryState.SENT).latest("pk")
    lines = (
        f"From: {WORD} <{customer.address}>",
        f"Subject: {WORD}",
        f"Message-ID: <{secrets.token_hex(8)}@{WORD}.example>",
        f"In-Reply-To: {told.mail_id}",
        "",
        WORD,
    )
    return "\r\n".join(lines).encode()


def _refuse(ticket: Ticket) -> Customer:
    """An opening that the gate refuses; what was written stays as a draft."""
    lapsed = cast.a_customer(licence_until=cast.TODAY - DAY, name=WORD)
    try:
        _opened(lapsed, ticket.queue)
    except tickets.Refused:
        return lapsed
    raise AssertionError("an expired licence opened a ticket")


def _except(lapsed: Customer, line: Queue) -> None:
    """Exceptions: approved and used, taken back, rejected, without an answer."""
    asker, other = (cast.a_supervisor(name=WORD) for _ in range(2))
    rows = [
        tickets.ask_override(
            actor=acting(asker),
            now=NOW,
            organisation_id=lapsed.organisation.pk,
            wanted=Wanted(rules=("S5",), begins=NOW, ends=NOW + 3 * DAY, reason=WORD),
            key=str(n),
        )
        for n in range(3)
    ]
    for row, approve in zip(rows, (True, False), strict=False):
        tickets.answer_override(
            actor=acting(other), now=NOW, override_id=row.pk, approve=approve, note=WORD
        )
    _opened(lapsed, line)
    tickets.end_override(actor=acting(other), now=NOW, override_id=rows[0].pk)
    tickets.run_overrides(NOW + 2 * DAY)


def _leave(customer: Customer) -> None:
    people.leave(actor=SYSTEM, now=NOW, user=customer.user, organisation=customer.organisation)
    people.retire_address(actor=SYSTEM, now=NOW, user=customer.user, address=customer.address)
    people.deactivate(actor=SYSTEM, now=NOW, user=customer.user)
