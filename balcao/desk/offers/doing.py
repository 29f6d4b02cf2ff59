"""What is done on a ticket besides answering: remote access, time, another product, separating."""

from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.desk import reserving
from balcao.desk.offers.types import Asked, Offered
from balcao.policy import acts
from balcao.policy.access import Permission, serves_people_of
from balcao.policy.booking import may_be_offered
from balcao.policy.lifecycle import State, Verb


def remote(asked: Asked) -> Offered | None:
    """Begun on a page that asks for the consent; ended with a press."""
    if not asked.can(Permission.REMOTE):
        return None
    session = asked.ticket.remote
    if session is None:
        return Offered(
            "remote",
            _("Remote access"),
            icon="monitor",
            address=asked.at("desk_remote"),
            reason=asked.serving.reason if asked.serving else "",
        )
    ends = acts.may_end_session(asked.request.actor, asked.scope, agent=session.agent_id)
    address = reverse("desk_remote_end", args=[asked.ticket.number, session.pk])
    return Offered(
        "remote_end",
        _("End the remote access"),
        icon="monitor-off",
        address=address + asked.place.query,
        method="post",
        reason="" if ends else _("%(name)s began it.") % {"name": session.agent.name},
    )


def work(asked: Asked) -> Offered | None:
    """Where time is noted, and what else was done is read."""
    if not asked.can(Permission.VIEW_NOTES):
        return None
    return Offered(
        "work", _("Time spent"), icon="timer", address=asked.at("desk_work"), spot="page"
    )


def product(asked: Asked) -> Offered | None:
    """Another licence or service."""
    if not asked.can(Permission.CHANGE_PRODUCT):
        return None
    fixed = acts.product_fixed(asked.state, asked.ticket.kind)
    reason = _("A one-off stays what was sold.") if fixed == "oneoff" else asked.state_reason
    held = reserving.against(
        asked.ticket, asked.request.actor, now=asked.request.now, reasoned=False
    )
    return Offered(
        "product",
        _("Change product"),
        icon="package",
        address=asked.at("desk_product_change"),
        reason=reason if fixed else held,
    )


def rename(asked: Asked) -> Offered | None:
    """A subject that says what it is about."""
    if not asked.can(Permission.RENAME):
        return None
    return Offered(
        "rename",
        _("Correct the subject"),
        icon="pencil",
        address=asked.at("desk_subject"),
        reason="" if acts.may_rename(asked.state) else asked.state_reason,
    )


def followers(asked: Asked) -> Offered | None:
    """Whom of the customer's people its news go to."""
    if not serves_people_of(asked.request.actor, asked.scope):
        return None
    return Offered(
        "followers",
        _("Who follows it"),
        icon="users-round",
        address=asked.at("desk_followers"),
    )


def split(asked: Asked) -> Offered | None:
    """A ticket of its own for a second question."""
    if not asked.can(Permission.SPLIT):
        return None
    return Offered(
        "split",
        _("Separate a question"),
        icon="split",
        address=asked.at("desk_split"),
        reason="" if acts.may_split(asked.state) else asked.state_reason,
    )


def appointment(asked: Asked) -> Offered | None:
    """Times are offered, and what is booked is attended, on a page of its own."""
    offers, booked = asked.can(Permission.SCHEDULE), asked.state is State.SCHEDULED
    if not (offers or (booked and asked.can_move(Verb.ATTEND))):
        return None
    return Offered(
        "appointment",
        _("Appointment") if booked else _("Offer times"),
        icon="calendar-clock",
        address=asked.at("desk_appointment"),
        reason="" if may_be_offered(asked.state, asked.ticket.kind) else asked.state_reason,
    )
