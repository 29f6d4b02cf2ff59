"""Judging a message: what it is, who sent it, what it refers to. Nothing is written here.

Intake carries out what is found, the simulator only says it; both ask the same.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from balcao.channels import queries, reading
from balcao.channels.actions import Judgement
from balcao.channels.email import machines, proving
from balcao.channels.email.verifying import Unreachable
from balcao.channels.models import Inbound, Outcome
from balcao.channels.queries import answering
from balcao.channels.queries.accounts import test_marked
from balcao.lib.mail import headers
from balcao.lib.mail.identity import Sender, Unclear, clear_sender
from balcao.lib.mail.parsing import ParsedMail, Unparseable, glimpse
from balcao.people import queries as people
from balcao.people.queries import Owner
from balcao.policy import gate, mailbox
from balcao.policy.access import ANONYMOUS, Actor
from balcao.policy.book import Policy
from balcao.policy.entitlement import local_day
from balcao.policy.gate import Auth
from balcao.policy.mailbox import Fate
from balcao.tickets.models import Ticket

__all__ = ["Case", "Seen", "Simulated", "case_of", "fate_of", "look", "simulate"]

_NOBODY_READS = ("noreply", "no-reply", "no_reply", "nao-responda", "naoresponda", "donotreply")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a message is. Without a ``case``, ``about`` is the whole judgement: it could not be
    taken apart, a program wrote it, or we did. Otherwise the gate is asked about the case.
    """

    about: Judgement
    mail: ParsedMail | None = None
    sender: Sender | Unclear | None = None
    case: "Case | None" = None


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a mail: its ticket, who wrote it, and the facts for the gate.

    ``late``: its sender could not be proved in time, because name servers did not answer.
    ``goes_on``: it is about what sales found not covered, and describes no other problem.
    """

    ticket: Ticket | None
    actor: Actor
    owners: tuple[Owner, ...]
    request: gate.Request
    facts: gate.Facts
    auth: Auth
    late: bool
    goes_on: bool = False


def case_of(
    inbound: Inbound,
    raw: bytes,
    mail: ParsedMail,
    sender: Sender | Unclear,
    *,
    policy: Policy,
    last_try: bool,
    now: datetime,
    confirmed_by: int | None = None,
) -> Case:
    """Whose it is and what it refers to. ``confirmed_by``: the person who said that it is theirs,
    which proves it. Raises Unreachable while name servers do not answer, but for the last try.
    """
    address = sender.address if isinstance(sender, Sender) else ""
    owners = tuple(people.owners_of(address)) if address else ()
    if confirmed_by is not None:
        owners = tuple(owner for owner in owners if owner.user_id == confirmed_by)
    number, by_token = proving.reference(mail, address, policy=policy, now=now)
    ticket = queries.ticket_numbered(number) if number else None
    goes_on = ticket is not None and answering.goes_on(ticket, mail)
    auth, late = Auth.NONE, False
    try:
        auth = Auth.CONFIRMED if confirmed_by else proving.proof(raw, sender, inbound, by_token)
    except Unreachable:
        late = True
        if not last_try:
            raise
    writer, (request, facts) = queries.question_by_mail(
        ticket,
        number,
        owners,
        clear=isinstance(sender, Sender),
        auth=auth,
        address=address,
        today=local_day(now, policy.timezone),
        goes_on=goes_on,
    )
    actor = people.actor_of(writer) if writer else None
    return Case(ticket, actor or ANONYMOUS, owners, request, facts, auth, late, goes_on)


def look(inbound: Inbound, raw: bytes, *, policy: Policy, last_try: bool, now: datetime) -> Seen:
    """What the message is and what is known of it; ``inbound`` may be a row that is not stored.

    Raises Unreachable while name servers do not answer, but for the last try.
    """
    try:
        mail = reading.read(raw, max_bytes=settings.MAX_UPLOAD)
    except Unparseable as problem:
        claimed, subject = glimpse(raw)
        return Seen(
            Judgement(
                Outcome.QUARANTINED,
                reason=problem.reason,
                sender=claimed,
                subject=subject,
                unread=True,
            )
        )
    # Of the bytes as they came: the process that read the mail is not asked who wrote it.
    block, _body = headers.split(raw)
    sender = clear_sender(block)
    claimed = sender.address if isinstance(sender, Sender) else _claimed(block)
    about = Judgement(
        Outcome.IGNORED,
        reason="own_mail",
        sender=claimed,
        subject=mail.subject,
        mail_id=mail.message_id,
    )
    if mark := test_marked(mail.message_id):
        return Seen(replace(about, reason="own_test", tested=mark), mail, sender)
    if mail.machine:
        return Seen(machines.parked(about, mail, mail.machine, now=now), mail, sender)
    if claimed == policy.company.support_address.lower():
        return Seen(about, mail, sender)
    case = case_of(inbound, raw, mail, sender, policy=policy, last_try=last_try, now=now)
    return Seen(replace(about, auth=case.auth.value), mail, sender, case)


def _claimed(block: bytes) -> str:
    return headers.decode(headers.first(headers.fields(block), "from"))


def fate_of(about: Judgement, case: Case, *, policy: Policy) -> tuple[Fate, int | None]:
    """What becomes of a mail that the gate refused, and whom "Foi você?" would ask (R9, R12)."""
    customers = [owner.user_id for owner in case.owners if owner.organisations]
    fate = mailbox.fate_of(
        about.reason,
        case.facts.sender,
        rules=policy.email,
        nobody_reads=about.sender.startswith(_NOBODY_READS),
        customers=bool(customers),
        ticket=case.ticket is not None,
    )
    asked = case.actor.id if case.actor.id in customers else next(iter(customers), None)
    return fate, asked


@dataclass(frozen=True, slots=True)
class Simulated:
    """What would become of a message: ``seen``, and what the gate says of it, if it is asked.

    ``fate`` of one that it refuses. ``outcome`` is what intake would write down.
    """

    seen: Seen
    outcome: Outcome
    decision: gate.Decision | None = None
    fate: Fate | None = None


def simulate(raw: bytes, *, account: str, policy: Policy, now: datetime) -> Simulated:
    """Judge a message as intake would if it came by ``account`` now, and do nothing."""
    never_stored = Inbound(account=account, evidence={}, received_at=now)
    seen = look(never_stored, raw, policy=policy, last_try=True, now=now)
    case = seen.case
    if case is None:
        return Simulated(seen, seen.about.outcome)
    decision = gate.decide(case.request, case.facts, policy, now)
    if not decision.refused:
        return Simulated(seen, Outcome.APPENDED, decision)
    about = replace(seen.about, reason=decision.reason or "")
    fate, _asked = fate_of(about, case, policy=policy)
    return Simulated(seen, _outcome(fate, case, about.reason), decision, fate)


def _outcome(fate: Fate, case: Case, reason: str) -> Outcome:
    if fate.apart:
        return Outcome.QUARANTINED
    drafted = fate.drafted and reason == "new_mail" and any(case.owners)
    return Outcome.DRAFT if drafted else Outcome.REFUSED
