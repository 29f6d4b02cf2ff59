"""Whom to tell of what is sold: an order that is not paid yet, the answer to a question."""

from dataclasses import dataclass

from django.conf import settings

from balcao.channels.models import Delivery
from balcao.notifications.queries import Reader, reader
from balcao.sales.models import Enquiry

ANSWER = "enquiry_answered"
CHARGE = "charge"


@dataclass(frozen=True, slots=True)
class Answered:
    """A question before a sale that sales answered."""

    kind: str
    service: str
    service_en: str
    service_slug: str
    question: str
    covered: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Mailed:
    """How a mail stands: to whom, since when, and whether it left."""

    recipient: str
    state: str


def answered(enquiry_id: int) -> tuple[Answered, Reader] | None:
    """The answer and who reads it: at the address they gave, else at their registered one; None
    when there is neither.
    """
    row = Enquiry.objects.select_related("service").get(pk=enquiry_id)
    known = reader(row.contact_id) if row.contact_id else None
    if row.address:
        name = known.name if known else row.who
        language = known.language if known else settings.LANGUAGE_CODE
        to = Reader(row.contact_id or 0, name, language, row.address)
    elif known:
        to = known
    else:
        return None
    found = Answered(
        kind=row.kind,
        service=row.service.name,
        service_en=row.service.name_en,
        service_slug=row.service.slug,
        question=row.question,
        covered=bool(row.covered),
        reason=row.reason,
    )
    return found, to


def about_charge(order_id: int, nth: int, contact_id: int) -> str:
    """What names the letter about an order, one for each time it was told how to pay it."""
    return f"{CHARGE}:{order_id}:{nth}:{contact_id}"


def about_answer(enquiry_id: int) -> str:
    """What names the letter with the answer to a question."""
    return f"{ANSWER}:{enquiry_id}"


def mailed(key: str) -> Mailed | None:
    """How the letter stands that ``key`` names; None before it is written. One statement."""
    row = Delivery.objects.filter(key=key).values_list("recipient", "state").first()
    return Mailed(*row) if row else None
