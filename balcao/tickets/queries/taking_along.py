"""What a customer takes along: tickets and public messages, people, contracts, licences, one-offs.

Never a note (B8), whatever other hat the customer wears, and licence keys only in part. The rooms
above add what they keep of the same customer (``also``).
"""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from django.db.models import Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.entitlements.queries import Card, cards_of
from balcao.lib.copies import write_csv, write_json
from balcao.people.models import Address, Phone, User
from balcao.people.queries.colleagues import colleagues
from balcao.policy.access import Actor
from balcao.policy.book import Policy
from balcao.tickets.models import Attachment, Draft, Message, MessageKind, Ticket
from balcao.tickets.queries import oneoffs
from balcao.tickets.queries.access import visible_to
from balcao.tickets.queries.rating import rating_of
from balcao.web import format, words
from balcao.web.words import oneoffs as oneoff_words

MOST_TICKETS = 20_000
"""The newest ones: a copy is never endless."""

_CHUNK = 200
_PUBLIC = (MessageKind.CUSTOMER, MessageKind.REPLY)

Facts = Mapping[str, object]

_LABELS: Mapping[str, str | Promise] = {
    "number": gettext_lazy("Number"),
    "subject": gettext_lazy("Subject"),
    "state": gettext_lazy("State"),
    "company": gettext_lazy("Company"),
    "unit": gettext_lazy("Unit"),
    "service": gettext_lazy("Kind of help"),
    "product": gettext_lazy("Product"),
    "opened_by": gettext_lazy("Opened by"),
    "followed_by": gettext_lazy("Followed by"),
    "opened": gettext_lazy("Opened"),
    "started": gettext_lazy("Started"),
    "resolved": gettext_lazy("Resolved"),
    "closed": gettext_lazy("Closed"),
    "rating": gettext_lazy("Rating"),
    "comment": gettext_lazy("Comment"),
    "at": gettext_lazy("When"),
    "by": gettext_lazy("Written by"),
    "text": gettext_lazy("Text"),
    "quoted": gettext_lazy("Earlier text"),
    "files": gettext_lazy("Files"),
    "name": gettext_lazy("Name"),
    "emails": gettext_lazy("E-mail"),
    "phones": gettext_lazy("Telephone"),
    "administrator": gettext_lazy("Administrator"),
    "kind": gettext_lazy("Kind"),
    "reference": gettext_lazy("Contract number"),
    "begins": gettext_lazy("Begins"),
    "ends": gettext_lazy("Ends"),
    "bought": gettext_lazy("Bought on"),
    "key": gettext_lazy("Licence key"),
    "version": gettext_lazy("Version"),
    "contact": gettext_lazy("Contact"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose copy: the actor's own, or of an ``organisation`` they administer; as of ``now``."""

    actor: Actor
    organisation: int | None
    policy: Policy
    now: datetime

    def moment(self, at: datetime | None) -> str:
        """A moment in the policy's time zone, to the second."""
        zone = format.zone(self.policy.timezone)
        return at.astimezone(zone).isoformat(sep=" ", timespec="seconds") if at else ""


@dataclass(frozen=True, slots=True)
class Part:
    """One more table of the copy: ``rows`` of what is wanted, given the tickets it reaches, and the
    ``labels`` of those keys that no other table has.
    """

    name: str
    labels: Mapping[str, str | Promise]
    rows: Callable[[Wanted, QuerySet[Ticket]], Iterable[Facts]]


_parts: dict[str, Part] = {}


def also(part: Part) -> None:
    """Take this along, too. Called in ``ready()`` of a room above."""
    _parts[part.name] = part


def write_archive(out: IO[bytes], wanted: Wanted) -> int:
    """The whole copy as a ZIP; how many tickets it holds. Words in the active language."""
    kept = _register(wanted)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("leia-me.txt", _read_me(wanted))
        with archive.open("chamados.json", "w", force_zip64=True) as part:
            count = write_json(part, _with_messages(wanted))
        _table(archive, "chamados", (_ticket(row, wanted) for row in _tickets(wanted)))
        _table(archive, "mensagens", _messages(wanted))
        for name, rows in kept.items():
            _table(archive, name, rows, _parts[name].labels if name in _parts else _LABELS)
            with archive.open(f"{name}.json", "w") as part:
                write_json(part, rows)
    return count


def _table(
    archive: zipfile.ZipFile,
    name: str,
    rows: Iterable[Facts],
    labels: Mapping[str, str | Promise] = _LABELS,
) -> None:
    """A CSV whose heads are the labels of the first row's keys; nothing when there is no row."""
    with archive.open(f"{name}.csv", "w", force_zip64=True) as part:
        found = iter(rows)
        first = next(found, None)
        if first is None:
            return
        lines = ([_flat(value) for value in row.values()] for row in (first, *found))
        heads = [str(labels[key] if key in labels else _LABELS[key]) for key in first]
        write_csv(part, heads, lines)


def _flat(value: object) -> object:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(value) if isinstance(value, list) else value


def _read_me(wanted: Wanted) -> str:
    names = {"company": wanted.policy.company.name, "moment": wanted.moment(wanted.now)}
    lines = (
        _("Your data at %(company)s, as of %(moment)s.") % names,
        _("The .csv files open in a spreadsheet; the .json files are for programs."),
        _("Files attached to requests are named here; download them on the request's page."),
        _("The copy holds the %(count)d newest requests at most.") % {"count": MOST_TICKETS},
    )
    return "\r\n".join(lines) + "\r\n"


def _reached(wanted: Wanted) -> QuerySet[Ticket]:
    """Of the company: all that its administrator sees. Of a person: what they are part of."""
    rows = visible_to(wanted.actor).filter(organisation__in=wanted.actor.organisations)
    if wanted.organisation is not None:
        return rows.filter(organisation=wanted.organisation)
    taking_part = Ticket.participants.through.objects.filter(user=wanted.actor.id)
    return rows.filter(Q(opener=wanted.actor.id) | Q(pk__in=taking_part.values("ticket")))


def _tickets(wanted: Wanted) -> Iterator[Ticket]:
    """Newest first, in parts, each with its public messages and the names of their files."""
    files = Prefetch("attachments", Attachment.objects.select_related("file").order_by("pk"))
    public = Message.objects.filter(kind__in=_PUBLIC).defer("html")
    public = public.prefetch_related(files).order_by("pk")
    rows = (
        _reached(wanted)
        .select_related("organisation", "unit", "opener", "service", "licence__product", "rating")
        .prefetch_related(Prefetch("messages", public, to_attr="public"))
        .prefetch_related(Prefetch("participants", User.objects.only("pk", "name")))
        .order_by("-pk")
    )
    last, left = None, MOST_TICKETS
    while left > 0:
        part = list((rows.filter(pk__lt=last) if last else rows)[: min(_CHUNK, left)])
        yield from part
        if len(part) < _CHUNK:
            return
        last, left = part[-1].pk, left - len(part)


def _ticket(row: Ticket, wanted: Wanted) -> dict[str, object]:
    rating = rating_of(row)
    return {
        "number": format.number(row.number),
        "subject": row.subject,
        "state": words.state(row.state, staff=False).text,
        "company": row.organisation.name,
        "unit": row.unit.name if row.unit else "",
        "service": row.service.name,
        "product": row.licence.product.name if row.licence else "",
        "opened_by": row.opener.name,
        "followed_by": [one.name for one in row.participants.all()],
        "opened": wanted.moment(row.submitted_at),
        "started": wanted.moment(row.started_at),
        "resolved": wanted.moment(row.resolved_at),
        "closed": wanted.moment(row.closed_at),
        "rating": rating.score if rating else None,
        "comment": rating.comment if rating else "",
    }


def _message(row: Message, wanted: Wanted) -> dict[str, object]:
    return {
        "at": wanted.moment(row.created_at),
        "by": row.author_name,
        "text": row.body,
        "quoted": row.quoted,
        "files": [one.file.name for one in row.attachments.all()],
    }


def _public(ticket: Ticket) -> list[Message]:
    found: list[Message] = getattr(ticket, "public")  # noqa: B009 - made by the prefetch
    return found


def _with_messages(wanted: Wanted) -> Iterator[Facts]:
    for row in _tickets(wanted):
        said = [_message(message, wanted) for message in _public(row)]
        yield {**_ticket(row, wanted), "messages": said}


def _messages(wanted: Wanted) -> Iterator[Facts]:
    for row in _tickets(wanted):
        for message in _public(row):
            yield {"number": format.number(row.number), **_message(message, wanted)}


def _register(wanted: Wanted) -> dict[str, list[Facts]]:
    """People, contracts and licences as the actor's own pages show them, what other rooms keep, and
    the actor's drafts.
    """
    cards = [
        card
        for card in cards_of(wanted.actor, policy=wanted.policy, now=wanted.now)
        if wanted.organisation in (None, card.organisation_id)
    ]
    found: dict[str, list[Facts]] = {
        "pessoas": _people(wanted),
        "contratos": [one for card in cards for one in _contracts(card)],
        "licencas": [one for card in cards for one in _licences(card)],
        "avulsos": list(_oneoffs(wanted)),
    }
    for part in _parts.values():
        found[part.name] = list(part.rows(wanted, _reached(wanted)))
    if wanted.organisation is None:
        drafts = Draft.objects.filter(owner=wanted.actor.id, discarded_at=None).order_by("pk")
        found["rascunhos"] = [
            {"at": wanted.moment(one.changed_at), "subject": one.subject, "text": one.body}
            for one in drafts
        ]
    return found


def _people(wanted: Wanted) -> list[Facts]:
    if wanted.organisation is None:
        user = User.objects.get(pk=wanted.actor.id or 0)
        addresses = Address.objects.filter(user=user, retired_at=None).order_by("-primary", "pk")
        phones = Phone.objects.filter(user=user, retired_at=None).order_by("pk")
        return [
            {
                "name": user.name,
                "emails": list(addresses.values_list("address", flat=True)),
                "phones": list(phones.values_list("number", flat=True)),
            }
        ]
    return [
        {
            "name": one.name,
            "emails": [one.address],
            "phones": list(one.phones),
            "unit": one.unit,
            "administrator": one.is_admin,
        }
        for one in colleagues(wanted.actor, wanted.organisation)
    ]


def _contracts(card: Card) -> Iterator[Facts]:
    for row in card.contracts:
        yield {
            "company": card.organisation,
            "kind": words.kind(row.kind),
            "reference": row.reference,
            "begins": day_of(row.starts),
            "ends": day_of(row.ends),
            "state": words.goods.contract_badge(row.state, replaced=row.replaced).text,
            "unit": list(row.units),
        }


def _licences(card: Card) -> Iterator[Facts]:
    for row in card.licences:
        yield {
            "company": card.organisation,
            "product": row.product,
            "version": row.version,
            "key": row.masked_key,
            "reference": row.contract,
            "begins": day_of(row.valid_from),
            "ends": day_of(row.valid_until),
            "state": words.goods.licence_badge(row.state, replaced=row.replaced).text,
            "unit": row.unit,
        }


def _oneoffs(wanted: Wanted) -> Iterator[Facts]:
    found = oneoffs.rows_of(
        _reached(wanted), policy_now=wanted.policy, now=wanted.now, most=MOST_TICKETS
    )
    for row in found:
        yield {
            "number": format.number(row.number),
            "company": row.organisation,
            "kind": words.kind(row.kind),
            "service": row.service,
            "opened_by": row.holder,
            "bought": day_of(row.bought_on),
            "ends": day_of(row.last_day),
            "state": oneoff_words.standing(
                row.standing, last_day=row.last_day, slot_at=row.slot_at
            ).text,
        }


def day_of(day: date | None) -> str:
    """A day as programs read it; empty when there is none."""
    return day.isoformat() if day else ""
