"""The words for states, rules, refusals and coverage: one place for pages, mail and the API.

Customers and staff read different words for the same thing: a customer never sees a rule id. The
policy returns codes; nothing here decides. Texts are lazy, so a table is read in any language.
"""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Literal, Protocol

from django.utils import timezone
from django.utils.translation import gettext as _

from balcao.web import format
from balcao.web.format import Look
from balcao.web.memory import by_language
from balcao.web.words import goods as goods
from balcao.web.words import sentences, tables
from balcao.web.words.badges import Badge as Badge

if TYPE_CHECKING:
    from balcao.policy.entitlement import Coverage


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the customer's progress rail. `now` asks the customer to act."""

    text: str
    stage: Literal["done", "current", "now", "ahead", "skipped"]


@dataclass(frozen=True, slots=True)
class Situation:
    """What a refusal's sentences may name; an empty field is left out of the sentence."""

    organisation: str = ""
    product: str = ""
    service: str = ""
    number: str = ""
    sender: str = ""
    sales_phone: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal in the customer's words: what and why, since when, and the way out."""

    title: str
    why: str
    since: str
    way_out: str
    next_step: str
    asks: bool


@dataclass(frozen=True, slots=True)
class CoverageWords:
    """The coverage bar: `tone` ok, ask or no; `what` covers; `until`; the same words everywhere.

    `remark`: what to do about a product that is out of date and was let in all the same (R6).
    """

    tone: Literal["ok", "ask", "no"]
    icon: str
    word: str
    what: str
    until: str
    remark: str = ""


@by_language
def state(value: str, *, staff: bool, place: int | None = None, when: str = "") -> Badge:
    """The badge of a ticket's state, in the customer's words or the staff's.

    `place` is the position in the queue of an open ticket, `when` the date of a scheduled one.
    """
    words = tables.STAFF_STATES.get(value) if staff else None
    text = str(words or tables.STATES[value])
    if value == "open" and place:
        text = _("Open (no. %(place)d in the queue)") % {"place": place}
    if value == "scheduled" and when:
        text = _("Scheduled for %(date)s") % {"date": when}
    look = tables.STAFF_LOOKS.get(value, tables.LOOKS[value]) if staff else tables.LOOKS[value]
    return Badge(tone=look.tone, icon=look.icon, text=text)


def rail(value: str, *, asked: bool = False) -> tuple[Step, ...]:
    """The four steps of the portal's rail. `asked`: the customer was ever waited for."""
    at = tables.RAIL_AT[value]
    steps = []
    for index, text in enumerate(tables.RAIL):
        stage: Literal["done", "current", "now", "ahead", "skipped"] = "ahead"
        if index == at:
            stage = "now" if index == 2 else "done" if index == 3 else "current"
        elif index < at:
            stage = "skipped" if index == 2 and not asked else "done"
        steps.append(Step(text=str(text), stage=stage))
    return tuple(steps)


def rule(identifier: str) -> str:
    """The rule in a staff sentence. An id without words of its own is shown as it is."""
    words = tables.RULES.get(identifier)
    return str(words) if words is not None else identifier


def reason(code: str) -> str:
    """A reason code in a few staff words."""
    return str(tables.REASONS[code])


def mail_reason(code: str) -> str:
    """Why a mail was not added to a ticket, in a few staff words; empty for none."""
    if not code:
        return ""
    return str(tables.MAIL_REASONS.get(code) or tables.REASONS[code])


def mail_handled(code: str) -> str:
    """What somebody did with a kept mail; empty while it waits."""
    return str(tables.MAIL_HANDLED[code]) if code else ""


def delivery_state(code: str) -> Badge:
    """How one of our mails to one recipient stands."""
    look = tables.DELIVERY_LOOKS[code]
    return Badge(tone=look.tone, icon=look.icon, text=str(tables.DELIVERY_STATES[code]))


def mail_outcome(code: str) -> str:
    """What becomes of a mail."""
    return str(tables.MAIL_OUTCOMES[code])


def mail_proof(code: str) -> str:
    """What proves the sender of a mail."""
    return str(tables.MAIL_PROOFS[code])


def mail_way(code: str) -> str:
    """How mail comes in by an account."""
    return str(tables.MAIL_WAYS[code])


def mail_trust(code: str) -> str:
    """Whose word about a sender counts at an account."""
    return str(tables.MAIL_TRUSTS[code])


def mail_trouble(code: str) -> str:
    """Why something cannot be done with a kept mail."""
    return str(tables.MAIL_TROUBLES[code])


def file_held(code: str) -> str:
    """Why nobody gets a file, in a few words for everybody; empty for none."""
    return str(tables.HELD[code]) if code else ""


def next_step(code: str) -> str:
    """The label of the button that leads to a next step; empty for `none`."""
    words = tables.NEXT_STEPS[code]
    return str(words)


@by_language
def door(value: str) -> Badge:
    """The channel a message came through."""
    look = tables.DOOR_LOOKS[value]
    return Badge(tone=look.tone, icon=look.icon, text=str(tables.DOORS[value]))


def kind(value: str) -> str:
    """The kind of an entitlement, as a customer calls it."""
    return str(tables.KINDS[value])


def role(value: str) -> str:
    """A role, as the team calls it."""
    return str(tables.ROLES[value])


class Answer(Protocol):
    """What of the gate's answer is told to people: a Decision, or one read back from its record."""

    @property
    def verdict(self) -> str: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def next_step(self) -> str: ...
    @property
    def since(self) -> date | None: ...
    @property
    def back_at(self) -> datetime | None: ...
    @property
    def at(self) -> datetime: ...


def refusal(decision: Answer, situation: Situation) -> Refusal:
    """The refusal of a decision in the customer's words. Raises KeyError for an unknown reason."""
    asks = str(decision.verdict) == "ask"
    code = "service_unconfirmed" if asks else decision.reason or "not_allowed"
    nameless = {} if situation.product else sentences.NAMELESS
    title, why, dated = nameless.get(code) or (*sentences.REFUSALS[code], sentences.DATED.get(code))
    names = {
        "organisation": situation.organisation or _("your company"),
        "product": situation.product,
        "service": situation.service or _("this service"),
        "number": format.number(situation.number),
        "sender": situation.sender or _("This address"),
        "date": format.day(decision.since) if decision.since else "",
        "back": _back(decision),
    }
    known = decision.back_at if code == "closed_hours" else decision.since
    return Refusal(
        title=_filled(str(title), names),
        why=_filled(str(dated if dated and known else why), names),
        since=_since(code, decision.since),
        way_out=_way_out(decision.next_step, situation),
        next_step=decision.next_step,
        asks=asks,
    )


def coverage(found: "Coverage", *, product: str = "", until: date | None = None) -> CoverageWords:
    """The coverage bar for what the policy found."""
    if found.covered:
        what = kind(found.kind) if found.kind else _("Support contract")
        last = until or found.until
        if found.chosen is not None:
            what, product = _("Accepted under: %(kind)s") % {"kind": what}, ""
        return CoverageWords(
            tone="ok",
            icon=tables.COVERED.icon,
            word=_("Covered"),
            what=f"{what} · {product}" if product else what,
            until=_("until %(date)s") % {"date": format.day(last)} if last else _("no end date"),
            remark=out_of_date(found),
        )
    return not_covered(found.reason or "contract_missing", since=found.since, product=product)


def out_of_date(found: "Coverage") -> str:
    """What is said of a chosen product whose licence had expired; nothing of any other (R6)."""
    chosen = found.chosen
    if not found.covered or chosen is None or chosen.valid_until is None:
        return ""
    names = {"product": chosen.product, "date": format.day(chosen.valid_until)}
    return _("The licence of %(product)s expired on %(date)s: renew it with sales.") % names


def excepted(until: datetime, *, tz: tzinfo) -> CoverageWords:
    """The coverage bar while an exception lets in what nothing covers (R14)."""
    return CoverageWords(
        tone="ok",
        icon=tables.COVERED.icon,
        word=_("Covered"),
        what=_("By an exception of ours"),
        until=_("until %(date)s") % {"date": format.full(until, tz=tz)},
    )


def asking() -> CoverageWords:
    """The coverage bar while sales still has to say."""
    return CoverageWords(
        tone="ask",
        icon=tables.ASKING.icon,
        word=_("Ask sales"),
        what=_("We still have to confirm whether this is covered."),
        until="",
    )


def not_covered(code: str, *, since: date | None = None, product: str = "") -> CoverageWords:
    """The coverage bar of a refusal reason."""
    what = str(sentences.NOT_COVERED.get(code, sentences.NOT_COVERED["contract_missing"]))
    return CoverageWords(
        tone="no",
        icon=tables.UNCOVERED.icon,
        word=_("Not covered"),
        what=f"{product}: {what[0].lower()}{what[1:]}" if product else what,
        until=_since(code, since),
    )


def override_state(value: str) -> Badge:
    """The badge of an exception's state."""
    look = tables.OVERRIDE_LOOKS[value]
    return Badge(tone=look.tone, icon=look.icon, text=str(tables.OVERRIDE_STATES[value]))


def override_heading(state: str, organisation: str) -> str:
    """What a letter about an exception is called."""
    return str(sentences.OVERRIDE_HEADINGS[state]) % {"organisation": organisation}


def override_fault(code: str, *, max_days: int) -> str:
    """What is wrong with a question for an exception."""
    return str(sentences.OVERRIDE_FAULTS[code]) % {"days": max_days}


def copy_state(value: str) -> Badge:
    """How a copy of somebody's data stands."""
    look = tables.COPY_LOOKS[value]
    return Badge(tone=look.tone, icon=look.icon, text=str(tables.COPY_STATES[value]))


def how(value: str) -> str:
    """What became of an objection, as the team calls it."""
    return str(tables.HOWS[value])


def happened(verb: str) -> str:
    """An event of a ticket as a line of its timeline; an unknown verb is shown as it is."""
    words = sentences.EVENTS.get(verb)
    return str(words) if words is not None else verb


def event_look(verb: str) -> Look:
    """The icon and tone of a timeline line."""
    return sentences.EVENT_LOOKS.get(verb, sentences.QUIET)


def _filled(text: str, names: dict[str, str]) -> str:
    """The sentence with its names; one that is unknown leaves no gap, and a capital begins it."""
    filled = (text % names).replace("  ", " ")
    return filled[:1].upper() + filled[1:]


def _back(decision: Answer) -> str:
    if decision.back_at is None:
        return ""
    zone = timezone.get_current_timezone()
    return format.absolute(decision.back_at, now=decision.at, tz=zone)


def _since(code: str, since: date | None) -> str:
    """Since when: what lapsed had `since` as its last good day."""
    if since is None:
        return ""
    lapsed = code.endswith("_expired") or code in ("contract_ended", "entitlement_frozen")
    words = _("Ended on %(date)s") if lapsed else _("Since %(date)s")
    return words % {"date": format.day(since)}


def _way_out(code: str, situation: Situation) -> str:
    if not situation.sales_phone and code in ("renew", "buy_oneoff", "talk_to_sales"):
        return str(sentences.WAYS_WITHOUT_PHONE[code])
    return str(sentences.WAYS[code]) % {"sales_phone": situation.sales_phone}
