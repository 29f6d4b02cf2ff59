"""What the demo's people said and kept besides tickets: texts, notices, opinions, other calls."""

from datetime import timedelta

from balcao.appointments import actions as appointments
from balcao.appointments.models import WorkingHours
from balcao.knowledge import actions as knowledge
from balcao.people.models import User
from balcao.people.queries import actor_for
from balcao.policy.access import Actor, Role
from balcao.policy.book import Span
from balcao.policy.calls import NoTicket
from balcao.server.demo.cast import EVERYBODY, STAFF
from balcao.server.demo.timeline import Past, stories
from balcao.tickets import actions as tickets
from balcao.tickets.models import Call, SavedReply

_CODES = {member.key: member.code for member in EVERYBODY}
_RANG = timedelta(minutes=3)
_WEEK = ((Span(480, 720), Span(780, 1080)),) * 5 + ((),) * 2


def play_around(past: Past) -> None:
    """All of it; what is there already, from a run that was interrupted, stays."""
    book = stories()
    _keep_hours(past)
    for row in book["saved_reply"]:
        if SavedReply.objects.filter(shortcut=row["shortcut"]).exists():
            continue
        tickets.save_reply(
            actor=_actor(row["who"]),
            now=past.moment(row["at"]),
            title=row["title"],
            shortcut=row["shortcut"],
            body=" ".join(row["body"].split()),
            shared=row["shared"],
        )
    for place, row in enumerate(book["notice"]):
        _notice(row, past, key=f"demo:{place}")
    for place, row in enumerate(book["opinion"]):
        knowledge.leave_feedback(
            actor=_actor(row["who"]),
            now=past.moment(row["at"]),
            page="policy",
            policy_version=1,
            helpful=row["helpful"],
            comment=row["comment"],
            key=f"demo:{place}",
            machine="demo",
        )
    for row in book["call"]:
        _call(row, past)


def _keep_hours(past: Past) -> None:
    """The agents can be booked from Monday to Friday, but for an hour at noon."""
    for member in STAFF:
        actor = _actor(member.key)
        if Role.AGENT not in member.roles or WorkingHours.objects.filter(agent=actor.id).exists():
            continue
        assert actor.id is not None
        appointments.keep_hours(actor=actor, now=past.moment("240h"), agent_id=actor.id, week=_WEEK)


def _actor(key: str) -> Actor:
    return actor_for(User.objects.get(code=_CODES[key]))


def _notice(row: dict[str, str], past: Past, *, key: str) -> None:
    """``ends``: hours after the first run when it is yet to come, else the moment it was ended."""
    actor, at = _actor(row["who"]), past.moment(row["at"])
    ahead = "begins" in row
    begins = past.anchor + timedelta(hours=float(row["begins"])) if ahead else at
    ends = past.anchor + timedelta(hours=float(row["ends"])) if ahead else None
    said = knowledge.Said(row["level"], row["title"], row["body"], begins, ends)
    made = knowledge.publish_notice(actor=actor, now=at, said=said, key=key)
    if not ahead:
        knowledge.end_notice(actor=actor, now=past.moment(row["ends"]), notice_id=made.pk)


def _call(row: dict[str, str], past: Past) -> None:
    """A call that no ticket came of: to sales without a reason, else why it had no number."""
    actor, at = _actor(row["who"]), past.moment(row["at"])
    if Call.objects.filter(ended_at=at).exists():
        return
    caller = User.objects.get(code=_CODES[row["from"]]) if "from" in row else None
    call = tickets.note_caller(
        actor=actor,
        now=at - _RANG,
        phone=row.get("phone", ""),
        person_id=caller.pk if caller else None,
    )
    if "reason" in row:
        reason = NoTicket(row["reason"])
        tickets.end_without_ticket(actor=actor, now=at, call_id=call.pk, reason=reason)
    else:
        tickets.pass_to_sales(actor=actor, now=at, call_id=call.pk)
