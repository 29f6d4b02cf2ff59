"""The end of a contract or licence, foretold to whoever can renew it (S5)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balcao.events.registry import task
from balcao.notifications import queries
from balcao.notifications.queries import Ending, Reader
from balcao.notifications.tasks.accounts import post_letter
from balcao.notifications.tasks.letters import (
    Letter,
    first_name,
    for_team,
    page,
    reading,
)
from balcao.policy.book import Policy
from balcao.rulebook import queries as rulebook
from balcao.web import format, words


@dataclass(frozen=True, slots=True)
class _News:
    """What ends, how many days are left, and whether a contract or licences end."""

    ending: Ending
    left: int
    contract: bool


@task("notifications.contract_ends")
def contract_ends(*, now: datetime, subject: int, ends: str, left: int, **_data: object) -> None:
    """To the organisation's administrators, else its contacts; and to sales."""
    ending = queries.ending_contract(subject, date.fromisoformat(ends))
    if ending is not None:
        _tell(_News(ending, left, contract=True), key=f"contract:{subject}", now=now)


@task("notifications.licence_ends")
def licence_ends(*, now: datetime, subject: int, ends: str, left: int, **_data: object) -> None:
    """The same; licences of one organisation that end on the same day are told in one mail."""
    ending = queries.ending_licences(subject, date.fromisoformat(ends))
    if ending is not None:
        _tell(
            _News(ending, left, contract=False), key=f"licences:{ending.organisation_id}", now=now
        )


def _tell(news: _News, *, key: str, now: datetime) -> None:
    policy = rulebook.current()
    ending = news.ending
    told = f"{key}:{ending.ends.isoformat()}:{news.left}"
    readers = [(reader, False) for reader in queries.keepers_of(ending.organisation_id)]
    readers += [(reader, True) for reader in queries.sales()]
    for reader, of_sales in readers:
        with reading(reader.language, policy):
            letter = _letter(news, reader, policy, of_sales=of_sales)
            post_letter("end_foretold", letter, reader, event=told, now=now)


def _letter(news: _News, reader: Reader, policy: Policy, *, of_sales: bool) -> Letter:
    ending = news.ending
    facts = [(_("Ends on"), format.day(ending.ends)), *_facts(news)]
    lines: tuple[str, ...]
    if of_sales:
        facts.insert(0, (_("Customer"), ending.organisation))
        lines = (_("The customer was told, too. Renew it before it ends, or register its end."),)
        button, link = _("See the contracts"), page("desk_goods", ending.organisation_id)
    else:
        lines = (
            _("So that you can go on opening requests, talk to sales about the renewal."),
            _("Requests that are already open are served to their end."),
        )
        button, link = _("See contract and licences"), page("entitled")
    return Letter(
        subject=_heading(news, ending.organisation if of_sales else ""),
        heading=_heading(news, ""),
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)},
        lines=lines,
        company=policy.company,
        why=for_team(policy.company.name)
        if of_sales
        else _("You get this e-mail because you act for your company at %(company)s.")
        % {"company": policy.company.name},
        facts=tuple(facts),
        button=button,
        link=link,
        footer=(
            _("Sales: %(sales)s. Support: %(support)s.")
            % {"sales": policy.company.sales_phone, "support": policy.company.support_phone},
        ),
    )


def _heading(news: _News, customer: str) -> str:
    names = {"days": news.left}
    if news.contract:
        text = (
            ngettext(
                "Your support contract ends in %(days)d day",
                "Your support contract ends in %(days)d days",
                news.left,
            )
            if not customer
            else ngettext(
                "A support contract ends in %(days)d day",
                "A support contract ends in %(days)d days",
                news.left,
            )
        )
    else:
        text = ngettext(
            "A licence ends in %(days)d day", "A licence ends in %(days)d days", news.left
        )
    return f"{text % names}: {customer}" if customer else text % names


def _facts(news: _News) -> list[tuple[str, str]]:
    ending = news.ending
    if news.contract:
        kind = words.kind(ending.kind)
        return [(_("Contract"), f"{kind}, {ending.reference}")]
    return [(_("Licence"), f"{name} {key}") for name, key in ending.licences]
