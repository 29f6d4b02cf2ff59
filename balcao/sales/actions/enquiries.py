"""Questions about coverage that come before a sale, and their answers (S36, R18)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from balcao.entitlements.models import Service
from balcao.events.actions import emit
from balcao.people.actions import Conflict
from balcao.people.actions.refusal import require
from balcao.people.models import Membership, User
from balcao.policy import sale as policy
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.book import ONEOFF_KINDS
from balcao.rulebook import queries as rulebook
from balcao.sales.models import Enquiry


@dataclass(frozen=True, slots=True)
class Question:
    """Would ``service``, a slug of the catalogue, be covered under ``kind``?

    ``organisation`` and ``contact``: who asks, where they are on file; ``who``: their name
    otherwise. ``question``: in their words. ``address``, ``phone``: where the answer reaches them;
    ``calls_again``: they left neither, and ask again themselves.
    """

    kind: str
    service: str
    question: str
    organisation: int | None = None
    contact: int | None = None
    who: str = ""
    address: str = ""
    phone: str = ""
    calls_again: bool = False


@transaction.atomic
def ask_enquiry(*, actor: Actor, now: datetime, asked: Question, key: str) -> Enquiry:
    """Write the question down, with sales' own deadline; the same ``key`` is the same question.

    Raises NotAllowed, Conflict (``service``, ``contact``, ``no_way`` to answer), ValueError for no
    kind of one-off.
    """
    require(policy.keeps_sales(actor))
    asker = User.objects.get(pk=actor.id or 0)
    known = Enquiry.objects.filter(key=key).first()
    if known:
        return known
    if asked.kind not in ONEOFF_KINDS:
        raise ValueError(asked.kind)
    service = Service.objects.filter(slug=asked.service, active=True).first()
    if service is None:
        raise Conflict("service")
    _check_contact(asked)
    due_at = policy.answer_by(now, rulebook.current())
    row = Enquiry(
        organisation_id=asked.organisation,
        contact_id=asked.contact,
        who="" if asked.contact else asked.who,
        address=asked.address.lower(),
        phone=asked.phone,
        kind=asked.kind,
        service=service,
        question=asked.question,
        asked_by=asker,
        asked_at=now,
        due_at=due_at,
        next_at=due_at,
        key=key,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return Enquiry.objects.get(key=key)
    data = {"kind": row.kind, "service": row.service_id}
    emit("enquiry.asked", row, actor=actor, now=now, data=data)
    return row


def _check_contact(asked: Question) -> None:
    """They act for the customer, and the answer has a way to reach them."""
    if asked.contact is None:
        if not (asked.address or asked.phone or asked.calls_again):
            raise Conflict("no_way")
        return
    acting = Membership.objects.filter(
        organisation=asked.organisation, user=asked.contact, ended_at=None
    )
    if not acting.exists():
        raise Conflict("contact")


@transaction.atomic
def answer_enquiry(
    *, actor: Actor, now: datetime, enquiry_id: int, covered: bool, reason: str
) -> Enquiry:
    """Sales says whether it is covered, and why.

    Raises NotAllowed, Conflict (``state_changed``) when somebody answered already.
    """
    require(policy.keeps_sales(actor))
    changed = Enquiry.objects.filter(pk=enquiry_id, answered_at=None).update(
        answered_at=now,
        answered_by=actor.id,
        covered=covered,
        reason=reason.strip(),
        next_at=None,
    )
    if not changed:
        raise Conflict("state_changed")
    row = Enquiry.objects.get(pk=enquiry_id)
    emit("enquiry.answered", row, actor=actor, now=now, data={"covered": covered})
    return row


@transaction.atomic
def tell_by_phone(*, actor: Actor, now: datetime, enquiry_id: int) -> Enquiry:
    """Who asked was called and knows the answer. Told twice is told once.

    Raises NotAllowed, Conflict (``state_changed``) before there is an answer.
    """
    require(policy.keeps_sales(actor))
    row = Enquiry.objects.get(pk=enquiry_id)
    if row.answered_at is None:
        raise Conflict("state_changed")
    untold = Enquiry.objects.filter(pk=enquiry_id, told_at=None)
    if untold.update(told_at=now, told_by=actor.id):
        emit("enquiry.told", row, actor=actor, now=now)
    return row


def run_enquiries(now: datetime, *, limit: int = 100) -> int:
    """Tell of every question that sales left unanswered in its time; how many (R18)."""
    due = Enquiry.objects.filter(next_at__lte=now).order_by("next_at")
    return sum(_overdue(pk, now) for pk in list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _overdue(pk: int, now: datetime) -> int:
    waiting = Enquiry.objects.filter(pk=pk, next_at__lte=now, answered_at=None)
    changed = waiting.update(overdue_at=now, next_at=None)
    if changed:
        row = Enquiry.objects.get(pk=pk)
        emit("enquiry.overdue", row, actor=SYSTEM, now=now, data={"service": row.service_id})
    return changed


def forget_enquiries(now: datetime, *, limit: int = 100) -> int:
    """Let go of the words of questions answered ``retention.tickets`` days ago; how many.

    What was asked for which customer, and whether it is covered, stays. Called by the ticker.
    """
    oldest = now - timedelta(days=rulebook.current().retention["tickets"])
    due = Enquiry.objects.filter(answered_at__lte=oldest, forgotten_at=None)
    ids = list(due.order_by("answered_at").values_list("pk", flat=True)[:limit])
    return sum(_forget(pk, now) for pk in ids)


@transaction.atomic
def _forget(pk: int, now: datetime) -> int:
    """The conditional UPDATE makes it happen once, whatever the number of tickers."""
    rows = Enquiry.objects.filter(pk=pk, forgotten_at=None)
    nothing = {"who": "", "address": "", "phone": "", "question": "", "reason": ""}
    changed = rows.update(**nothing, forgotten_at=now)
    if changed:
        emit("enquiry.forgotten", Enquiry.objects.get(pk=pk), actor=SYSTEM, now=now)
    return changed
