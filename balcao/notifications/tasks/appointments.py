"""What the customer, the agent and sales are told of appointments, with the calendar's file."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from balcao.appointments import queries as appointments
from balcao.appointments.models import Appointment
from balcao.channels.actions import post
from balcao.events.registry import task
from balcao.lib import ical
from balcao.notifications import queries
from balcao.notifications.queries import Reader
from balcao.notifications.tasks import appointment_letters as letters
from balcao.notifications.tasks.accounts import post_letter
from balcao.notifications.tasks.appointment_letters import Telling
from balcao.notifications.tasks.letters import (
    Letter,
    as_html,
    as_text,
    first_name,
    for_team,
    page,
    reading,
)
from balcao.notifications.tasks.tickets import letter_about, place_of
from balcao.people.actions import make_token
from balcao.policy.accounts import TokenKind
from balcao.policy.book import Policy
from balcao.policy.numbers import show_number
from balcao.rulebook import queries as rulebook
from balcao.tickets.models import Ticket
from balcao.web import format
from balcao.web.words import appointments as words

_SHOWN = 8


@task("notifications.times_offered")
def times_offered(*, now: datetime, event: int, subject: int, ticket: int, **_data: object) -> None:
    """The times, to whoever opened the request, with a link to choose one without signing in."""
    row, policy = queries.ticket(ticket), rulebook.current()
    offer = appointments.open_offer_of(row, policy=policy, now=now)
    reader = queries.reader(row.opener_id)
    if offer is None or offer.id != subject or reader is None:
        return
    with reading(reader.language, policy):
        zone = format.zone(policy.timezone)
        times = [words.when(one.begins, one.ends, tz=zone) for one in offer.free]
        said = _offered(row, policy)
        local = words.zone(now, tz=zone)
        facts = ((_("Times"), "\n".join((*times[:_SHOWN], local))),) if times else ()
        how = (_("How"), words.how(offer.mode, offer.provider))
        letter = _letter(said, row, reader, policy, now=now)
        letter = replace(letter, facts=(*letter.facts, how, *facts))
    _send(said, row, letter, reader, event=event, now=now)


def _offered(ticket: Ticket, policy: Policy) -> Telling:
    """The first times, others besides what is booked, or others because the agent is away then."""
    what, held = {"what": words.what(ticket.kind)}, appointments.booked_of(ticket)
    link = _("The link works once, and asks for no password.")
    if held is None:
        first = _("We have these times for you. Choose the one that suits you best.")
        return _times(_("Choose a time: %(what)s") % what, first, link)
    agreed = words.when(held.begins, held.ends, tz=format.zone(policy.timezone))
    kept = _("%(when)s stays yours until you choose another.") % {"when": agreed}
    if appointments.agent_is_away(held.pk):
        sorry = _("%(name)s cannot be there at the time we agreed on. We are sorry.")
        heading = _("Please choose another time: %(what)s") % what
        return _times(heading, sorry % {"name": held.agent.name}, kept, link)
    other = _("We have other times for you, if one suits you better.")
    return _times(_("Choose another time: %(what)s") % what, other, kept, link)


def _times(heading: str, *lines: str) -> Telling:
    return Telling("times-offered", heading, lines, button=_("Choose a time"))


@task("notifications.absent_when_booked")
def absent_when_booked(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """Somebody will be away at what was agreed on: to whoever offered those times, as a list, from
    which others are offered with one press (S42).
    """
    absence = queries.absence(subject)
    found: defaultdict[int, list[Appointment]] = defaultdict(list)
    for row in appointments.booked_while_away(absence):
        found[row.offer.by_id].append(row)
    for seller, rows in found.items():
        readers = [one for one in [queries.reader(seller)] if one] or queries.sales()
        for reader in readers:
            _list_beside(absence.user.name, rows, reader, event=event, now=now)


def _list_beside(
    name: str, rows: list[Appointment], reader: Reader, *, event: int, now: datetime
) -> None:
    policy = rulebook.current()
    with reading(reader.language, policy):
        zone = format.zone(policy.timezone)
        heading = _("%(name)s will be away: appointments to move") % {"name": name}
        facts = tuple(
            (
                words.when(row.begins, row.ends, tz=zone),
                f"{row.contact.name}, {show_number(row.ticket.number)}",
            )
            for row in rows[:_SHOWN]
        )
        left = len(rows) - _SHOWN
        more = (_("And %(count)d more.") % {"count": left},) if left > 0 else ()
        letter = Letter(
            subject=heading,
            heading=heading,
            greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)},
            lines=(
                _("Offer the customers other times. Theirs stay theirs until they choose."),
                *more,
            ),
            company=policy.company,
            why=for_team(policy.company.name),
            facts=facts,
            button=_("See the list"),
            link=page("desk_agenda_away"),
        )
        post_letter("appointment-away", letter, reader, event=event, now=now)


@task("notifications.time_agreed")
def time_agreed(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """ "Treinamento marcado", with the invitation, to the customer and to the agent."""
    row = appointments.invited(subject)
    for reader in _people(row):
        _tell(row, reader, letters.agreed, event=event, now=now)


@task("notifications.time_moved")
def time_moved(*, now: datetime, event: int, subject: int, **data: object) -> None:
    """ "Remarcado": the same invitation with another time. Who is no longer needed is let go, and
    sales is told when it was not they (R28).
    """
    row = appointments.invited(subject)
    for reader in _people(row):
        _tell(row, reader, letters.moved, event=event, now=now)
    before = data.get("from")
    if isinstance(before, int) and before != row.agent_id:
        gone = queries.reader(before)
        if gone is not None:
            _tell(row, gone, letters.called_off, event=event, now=now)
    _tell_sales(row, letters.moved, event=event, now=now)


@task("notifications.time_cancelled")
def time_cancelled(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """It does not take place: out of both calendars, and sales is told when it was not they."""
    row = appointments.invited(subject)
    for reader in _people(row):
        _tell(row, reader, letters.called_off, event=event, now=now)
    _tell_sales(row, letters.called_off, event=event, now=now)


@task("notifications.time_is_near")
def time_is_near(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """ "É amanhã", to the customer."""
    _tell_contact(appointments.invited(subject), letters.tomorrow, event=event, now=now)


@task("notifications.time_missed")
def time_missed(*, now: datetime, event: int, subject: int, used: bool, **_data: object) -> None:
    """ "Sentimos sua falta": the warning (R28), or that it counts as used. After a warning whoever
    offered the times offers others.
    """
    row = appointments.invited(subject)
    _tell_contact(row, letters.used_up if used else letters.missed, event=event, now=now)
    if not used:
        _to_seller(row, letters.not_there, _offer_again, event=event, now=now)


@task("notifications.steps_to_confirm")
def steps_to_confirm(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """After a training with a checklist: is everything clear? (S40)."""
    if appointments.steps_of(subject):
        _tell_contact(appointments.invited(subject), letters.learnt, event=event, now=now)


@task("notifications.doubts_left")
def doubts_left(*, now: datetime, event: int, subject: int, doubts: bool, **_data: object) -> None:
    """The customer says that something is still unclear: to the agent who was there."""
    row = appointments.invited(subject)
    reader = queries.reader(row.agent_id)
    if not doubts or reader is None:
        return
    policy = rulebook.current()
    with reading(reader.language, policy):
        number = {"number": show_number(row.ticket.number)}
        heading = _("Doubts are left on request #%(number)s") % number
        letter = _for_team(row, reader, heading, policy)
        letter = replace(letter, author=_("The customer wrote:"), quote=row.doubts)
        post_letter("doubts", letter, reader, event=event, now=now)


def _people(row: Appointment) -> list[Reader]:
    found = (queries.reader(row.contact_id), queries.reader(row.agent_id))
    return [one for one in found if one is not None]


def _tell_contact(
    row: Appointment, words_of: Callable[..., Telling], *, event: int, now: datetime
) -> None:
    reader = queries.reader(row.contact_id)
    if reader is not None:
        _tell(row, reader, words_of, event=event, now=now)


def _tell(
    row: Appointment,
    reader: Reader,
    words_of: Callable[..., Telling],
    *,
    event: int,
    now: datetime,
) -> None:
    """One mail, with the file if there is one; the customer's has a link that acts once."""
    policy = rulebook.current()
    with reading(reader.language, policy):
        said = words_of(row, policy, now)
        customer = reader.user_id == row.contact_id
        if customer:
            letter = _letter(said, row.ticket, reader, policy, now=now)
            letter = replace(letter, facts=(*letter.facts, *_facts(row, policy)))
        else:
            letter = _for_team(row, reader, said.heading, policy)
        file = _file(row, reader, said, policy, customer=customer)
    _send(said, row.ticket, letter, reader, event=event, now=now, file=file)


def _tell_sales(
    row: Appointment, words_of: Callable[..., Telling], *, event: int, now: datetime
) -> None:
    """Whoever offered the times, when the customer did it (R28)."""
    if queries.actor_of(event) == row.contact_id:
        _to_seller(row, words_of, _the_customer_did, event=event, now=now)


def _to_seller(
    row: Appointment,
    words_of: Callable[..., Telling],
    line: Callable[[], str],
    *,
    event: int,
    now: datetime,
) -> None:
    seller = queries.reader(row.offer.by_id)
    if seller is None:
        return
    policy = rulebook.current()
    with reading(seller.language, policy):
        letter = _for_team(row, seller, words_of(row, policy, now).heading, policy)
        letter = replace(letter, lines=(line(),))
        post_letter("appointment-sales", letter, seller, event=event, now=now)


def _the_customer_did() -> str:
    return _("The customer did it.")


def _offer_again() -> str:
    return _("The customer was warned, and waits for other times.")


def _send(
    said: Telling,
    ticket: Ticket,
    letter: Letter,
    reader: Reader,
    *,
    event: int,
    now: datetime,
    file: str = "",
) -> None:
    policy = rulebook.current()
    with reading(reader.language, policy):
        text, html = as_text(letter), as_html(letter)
    post(
        kind=said.kind,
        key=f"{said.kind}:{event}:{reader.user_id}",
        recipient=reader.address,
        user_id=reader.user_id,
        ticket=ticket,
        subject=letter.subject,
        text=text,
        html=html,
        token=True,
        secret=bool(said.button),
        calendar=file,
        now=now,
    )


def _letter(
    said: Telling, ticket: Ticket, reader: Reader, policy: Policy, *, now: datetime
) -> Letter:
    letter = letter_about(ticket, reader, policy, said.heading, *said.lines)
    if not said.button:
        return letter
    secret = make_token(
        now=now,
        kind=TokenKind.APPOINTMENT,
        user_id=reader.user_id,
        payload={"ticket": ticket.pk},
    )
    return replace(
        letter,
        button=said.button,
        link=page("appointment_link", secret),
        also=(letter.button, letter.link),
    )


def _for_team(row: Appointment, reader: Reader, heading: str, policy: Policy) -> Letter:
    ticket = row.ticket
    return Letter(
        subject=heading,
        heading=heading,
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)},
        lines=(),
        company=policy.company,
        why=for_team(policy.company.name),
        facts=(
            (_("Number"), show_number(ticket.number)),
            (_("Customer"), row.contact.name),
            *_facts(row, policy),
        ),
        button=_("See the ticket"),
        link=page("desk_ticket", ticket.number),
    )


def _facts(row: Appointment, policy: Policy) -> tuple[tuple[str, str], ...]:
    zone = format.zone(policy.timezone)
    facts = [
        (_("When"), words.when_there(row.begins, row.ends, tz=zone)),
        (_("With"), row.agent.name),
        (_("How"), words.how(row.mode, row.provider)),
    ]
    if row.link:
        facts.append((_("Link of the meeting"), row.link))
    return tuple(facts)


def _file(
    row: Appointment, reader: Reader, said: Telling, policy: Policy, *, customer: bool
) -> str:
    """The calendar's file as this person gets it: nobody else's address stands in it."""
    if said.file is None:
        return ""
    number = show_number(row.ticket.number)
    meeting = ical.Meeting(
        uid=row.uid,
        sequence=row.sequence,
        begins=row.begins,
        ends=row.ends,
        changed_at=row.changed_at,
        summary=_("%(what)s, request #%(number)s")
        % {"what": words.what(row.ticket.kind), "number": number},
        description=words.how(row.mode, row.provider),
        where=row.link or words.how(row.mode),
        link=place_of(row.ticket, reader) if customer else page("desk_ticket", row.ticket.number),
    )
    organizer = ical.Person(policy.company.name, policy.company.support_address)
    invited = ical.Person(reader.name, reader.address)
    file = said.file(meeting, organizer=organizer, invited=invited, timezone=policy.timezone)
    return file.decode()
