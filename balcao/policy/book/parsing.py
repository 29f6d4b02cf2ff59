"""From the document of a policy version to the typed policy."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from balcao.lib.colour import is_colour
from balcao.policy.book import selling, timing
from balcao.policy.book.reader import Problem, Table, present
from balcao.policy.book.types import (
    ASKING_ROLES,
    KINDS,
    PAGE_PLACEHOLDERS,
    RETENTION_DAYS,
    SETTABLE_RULES,
    AccessRules,
    ChangeRules,
    Company,
    EmailRules,
    EntitlementRules,
    GateRules,
    KnowledgeRules,
    Mode,
    OverrideRules,
    PageText,
    Policy,
    PolicyError,
    QueueOrder,
    QueueRules,
    TicketRules,
    Verdict,
)

_PLACEHOLDER = re.compile(r"\{([a-z_]*)\}")
_SLUG = re.compile(r"\*|[a-z0-9][a-z0-9_-]*")


def parse(document: Mapping[str, object], *, version: int) -> Policy:
    """The typed policy of a document (the shape of ``rulebook/default.toml``).

    Company, time zone and week are required; every other field that is missing has the default of
    the table of decisions (R1-R36), so that a version saved earlier stays readable. Dates may be
    dates or ISO text. Raises PolicyError with every problem, each with its path; a key that nobody
    knows is one, with the known key it resembles.
    """
    problems: list[Problem] = []
    top = Table("", document, problems)
    company = _company(top.table("company"))
    calendar = timing.calendar(top.table("calendar"))
    policy = Policy(
        version=version,
        company=company,
        timezone=calendar.timezone,
        calendar=calendar,
        sla=timing.sla(top.table("sla")),
        entitlement=_entitlement(top.table("entitlement")),
        gate=_gate(top.table("gate")),
        ticket=_ticket(top.table("ticket")),
        queue=_queue(top.table("queue")),
        email=_email(top.table("email")),
        oneoff=selling.oneoff(top.table("oneoff")),
        training=selling.training(top.table("training")),
        appointment=selling.appointment(top.table("appointment")),
        meeting=selling.meeting(top.table("meeting")),
        payment=selling.payment(top.table("payment")),
        override=_override(top.table("override")),
        change=_change(top.table("change")),
        access=_access(top.table("access")),
        page=_page(top.table("page")),
        kb=_knowledge(top.table("kb")),
        suspensions=tuple(timing.suspensions(top.table("suspended"))),
        modes=_modes(top.table("rules")),
        scope=(matrix := _scope(top.table("scope")))[1],
        scope_default=matrix[0],
        retention=_retention(top.table("retention")),
    )
    top.end()
    if problems:
        raise PolicyError(tuple(problems))
    return policy


def _company(table: Table) -> Company:
    company = Company(
        name=table.text("name"),
        portal_url=table.text(
            "portal_url",
            lambda text: re.fullmatch(r"https?://[^\s/]\S*", text) is not None,
            "an address that begins with https:// or http://",
        ),
        support_address=table.text(
            "support_address",
            lambda text: re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", text) is not None,
            "one e-mail address",
        ),
        support_phone=table.text("support_phone"),
        sales_phone=table.text("sales_phone"),
        colour=table.line("colour", is_colour, "a colour such as #0f5c5c"),
        logo=table.line(
            "logo",
            lambda text: re.fullmatch(r"[0-9a-f]{64}", text) is not None,
            "the fingerprint of a picture that was kept",
        ),
    )
    table.end()
    return company


def _entitlement(table: Table) -> EntitlementRules:
    require: tuple[Literal["both", "licence", "contract"], ...] = ("both", "licence", "contract")
    lapse: tuple[Literal["finish", "freeze"], ...] = ("finish", "freeze")
    rules = EntitlementRules(
        require=table.choice("require", require, "both"),
        on_lapse=table.choice("on_lapse", lapse, "finish"),
        warn_days=tuple(reversed(table.days("warn_days", (7, 30, 60)))),
    )
    table.end()
    return rules


def _gate(table: Table) -> GateRules:
    match: tuple[Literal["organisation", "participants"], ...] = ("organisation", "participants")
    rules = GateRules(number_match=table.choice("number_match", match, "organisation"))
    table.end()
    return rules


def _override(table: Table) -> OverrideRules:
    asking = [str(role) for role in table.sequence("ask", ("supervisor",))]
    for role in asking:
        if role not in ASKING_ROLES:
            known = ", ".join(ASKING_ROLES)
            table.problem("ask", "%(value)s is not one of %(known)s", value=role, known=known)
    rules = OverrideRules(
        ask=frozenset(asking),
        approve_hours=table.whole("approve_hours", 24),
        max_days=table.whole("max_days", 30),
    )
    table.end()
    return rules


def _change(table: Table) -> ChangeRules:
    rules = ChangeRules(second_approver=table.flag("second_approver", default=False))
    table.end()
    return rules


def _access(table: Table) -> AccessRules:
    rules = AccessRules(reads_per_hour=table.whole("reads_per_hour", 200))
    table.end()
    return rules


def _page(table: Table) -> PageText:
    texts = PageText(pt=_page_text(table, "pt"), en=_page_text(table, "en"))
    table.end()
    return texts


def _knowledge(table: Table) -> KnowledgeRules:
    rules = KnowledgeRules(feedback=table.flag("feedback", default=True))
    table.end()
    return rules


def _page_text(table: Table, key: str) -> str:
    """A text with every placeholder and no unknown one, or none at all."""
    text = table.take(key, "")
    if not isinstance(text, str):
        table.problem(key, "must be a text")
        return ""
    used = set(_PLACEHOLDER.findall(text))
    if text.strip():
        for name in PAGE_PLACEHOLDERS:
            if name not in used:
                table.problem(key, "must say %(name)s", name=f"{{{name}}}")
    for name in sorted(used - set(PAGE_PLACEHOLDERS)):
        table.problem(key, "%(name)s is not known", name=f"{{{name}}}")
    return text.strip()


def _ticket(table: Table) -> TicketRules:
    days = table.days("silence_days", (2, 5, 7))
    expiry: tuple[Literal["off", "12m_from_opening"], ...] = ("off", "12m_from_opening")
    rules = TicketRules(
        reopen_days=table.whole("reopen_days", 7),
        silence_days=days,
        claim_minutes=table.whole("claim_minutes", 5),
        contract_expiry=table.choice("contract_expiry", expiry, "off"),
    )
    table.end()
    return rules


def _queue(table: Table) -> QueueRules:
    orders: tuple[QueueOrder, ...] = ("fifo", "due")
    rules = QueueRules(order=table.choice("order", orders, "fifo"))
    table.end()
    return rules


def _email(table: Table) -> EmailRules:
    allowed: tuple[Literal["participants", "organisation"], ...] = ("participants", "organisation")
    unregistered: tuple[Literal["notify", "silent", "bounce"], ...] = ("notify", "silent", "bounce")
    auth: tuple[Literal["aligned_or_token", "aligned", "off"], ...] = (
        "aligned_or_token",
        "aligned",
        "off",
    )
    new: tuple[Literal["draft_notice", "quarantine"], ...] = ("draft_notice", "quarantine")
    rules = EmailRules(
        allowed=table.choice("allowed", allowed, "participants"),
        unregistered=table.choice("unregistered", unregistered, "notify"),
        require_auth=table.choice("require_auth", auth, "aligned_or_token"),
        new=table.choice("new", new, "draft_notice"),
        block_freemail=table.flag("block_freemail", default=False),
    )
    table.end()
    return rules


def _modes(table: Table) -> Mapping[str, Mode]:
    modes = {rule: table.choice(rule, Mode, Mode.ENFORCE) for rule in SETTABLE_RULES}
    table.end()
    return MappingProxyType(modes)


def _scope(table: Table) -> tuple[Verdict, Mapping[str, Mapping[str, Verdict]]]:
    default = table.choice("default", Verdict, Verdict.ASK)
    rows: dict[str, Mapping[str, Verdict]] = {}
    for kind in present(table, KINDS):
        row = table.table(kind)
        for slug in row.names():
            if not _SLUG.fullmatch(slug):
                row.problem(slug, 'must be the short name of a service, or "*" for any')
        rows[kind] = MappingProxyType(
            {slug: row.choice(slug, Verdict, default) for slug in row.names()}
        )
    table.end(KINDS)
    return default, MappingProxyType(rows)


def _retention(table: Table) -> Mapping[str, int]:
    days = {name: table.whole(name, default) for name, default in RETENTION_DAYS.items()}
    table.end()
    return MappingProxyType(days)
