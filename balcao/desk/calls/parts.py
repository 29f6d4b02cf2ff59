"""What the pages of calls share: how a call's card is drawn, and the call that is on the line."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from balcao.desk import menu
from balcao.desk.calls.forms import CallerForm, SummaryForm, WithoutForm
from balcao.entitlements.queries import card_of, services
from balcao.lib.phones import show_phone
from balcao.people.queries import register
from balcao.policy import reasons
from balcao.policy.access import Duty, Permission, can, may
from balcao.policy.book import Mode, Verdict, mode_of
from balcao.policy.calls import COOL_DOWN, may_take_down
from balcao.policy.entitlement import Coverage
from balcao.policy.gate import Decision
from balcao.policy.lifecycle import State
from balcao.policy.numbers import show_number
from balcao.policy.sale import under
from balcao.tickets import queries
from balcao.tickets.actions import Checked
from balcao.tickets.queries import CallRow, Ticket
from balcao.web import words as common
from balcao.web.guards import PageRequest
from balcao.web.words import calls as words
from balcao.web.words.calls import Script

BOOK = "desk_calls"
NOTICES = {
    "encerrada": ("ok", gettext_lazy("The call ended.")),
    "ao-comercial": (
        "ok",
        gettext_lazy(
            "The call ended. Sales says whether it is covered: nothing is used until then."
        ),
    ),
    "anotada": (
        "ok",
        gettext_lazy("The call ended. What was said is in line, and is served when we open."),
    ),
}
SENT = "sent"
"""The masked address that a number was just sent to."""
ON_CALL = "call"
"""What a session knows of the call its person is on: its address, when it began, and what was typed
as the number.
"""


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who may be the caller."""

    id: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a number: what to say, the rules that spoke, and whether any stands."""

    script: Script | None
    title: str
    rules: tuple[tuple[str, str], ...]
    refused: bool


def show(
    request: PageRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of calls."""
    found = NOTICES.get(request.GET.get("aviso", ""))
    notices = [{"tone": found[0], "text": str(found[1])}] if found else []
    common_ = {"messages": notices, "now": request.now}
    return menu.show(request, template, {**common_, **context}, book=BOOK, status=status)


def begin(request: PageRequest, call_id: int) -> None:
    """Have every page of the desk show the way back to the call: the session keeps it."""
    if request.session.get(ON_CALL, {}).get("id") != call_id:
        since = timezone.localtime(request.now).strftime("%H:%M")
        request.session[ON_CALL] = {
            "id": call_id,
            "address": reverse("desk_call", args=[call_id]),
            "since": since,
        }


def keep_number(request: PageRequest, number: str) -> None:
    """What was typed as the number stays on the card wherever one goes from it."""
    request.session[ON_CALL] = {**request.session[ON_CALL], "number": number}


def hang_up(request: PageRequest) -> None:
    """No call is on the line any more."""
    request.session.pop(ON_CALL, None)


def people_like(request: PageRequest, wanted: str) -> list[Found]:
    """Who acts for a customer and is found by a name, a code, a telephone, an address or a CNPJ."""
    found = register.persons(request.actor, wanted=wanted).rows
    rows = [
        Found(row.id, row.name, ", ".join(name for _pk, name in row.organisations))
        for row in found
        if row.active and row.organisations
    ]
    for company in register.organisations(request.actor, wanted=wanted).rows[:3]:
        rows += [
            Found(one.user_id, one.name, company.name)
            for one in register.members_of(company.id)
            if one.active and one.ended_at is None
        ]
    return list({row.id: row for row in rows}.values())[:12]


def answer_of(request: PageRequest, checked: Checked) -> Answer | None:
    """The gate's answer to a number, in words; None when there is nothing to say."""
    decision = checked.decision
    if decision is None:
        minutes = int(COOL_DOWN.total_seconds() // 60)
        return Answer(words.cooled(minutes), _("No number is looked at now"), (), refused=True)
    if decision.refused or decision.reason:
        return _refused(request, decision)
    if decision.warnings or decision.observed:
        rules = [one.rule for one in (*decision.warnings, *decision.observed)]
        texts = tuple((rule, common.rule(rule)) for rule in rules)
        script = words.script("number_missing")
        title = _("Without a number: you may go on, and it was noted")
        return Answer(script, title, texts, refused=False)
    return None


def _refused(request: PageRequest, decision: Decision) -> Answer:
    said = common.refusal(
        decision, common.Situation(sales_phone=request.policy.company.sales_phone)
    )
    script = words.script(decision.reason or "") or Script(said.why, said.way_out)
    if decision.reason == reasons.CLOSED_HOURS:
        address = request.policy.company.support_address
        script = Script(f"{said.why} {words.closed(address, taken_down=False)}", "")
    rules = tuple((rule, common.rule(rule)) for rule in decision.rules)
    return Answer(script, said.title, rules, refused=True)


@dataclass(frozen=True, slots=True)
class Given:
    """The ticket whose number was good, for whoever may see it. ``groups``: of a one-off that waits
    for its problem, what it may be used for, by what the scope says; ``asked``: what sales must
    be asked about. ``takes_down``: it cannot be served at this hour, and what is said waits for the
    next opening (S27).
    """

    ticket: Ticket
    cover: common.CoverageWords
    badge: common.Badge
    refusal: common.Refusal | None
    serves: bool
    takes_down: bool
    groups: tuple[tuple[str, list[tuple[str, str]]], ...]
    asked: frozenset[str]

    def form(self, data: QueryDict | None = None) -> SummaryForm:
        """What is asked at the end of the call; a one-off is first of all for what it was bought
        for.
        """
        offered = frozenset(slug for _label, rows in self.groups for slug, _name in rows)
        bought = self.ticket.prepaid.service.slug if self.ticket.prepaid else ""
        return SummaryForm(data, offered=offered, initial={"service": bought})


def given(request: PageRequest, call: CallRow) -> Given | None:
    """The coverage bar, the state and whether it may be served now. None: nobody of another queue
    sees it.
    """
    ticket = queries.ticket_of_call(request.actor, call)
    if ticket is None:
        return None
    product = ticket.licence.product.name if ticket.licence else ""
    uses = _uses(request, ticket)
    decision = queries.foretell_service(ticket, policy=request.policy, now=request.now)
    closed = decision.reason == reasons.CLOSED_HOURS
    takes_down = closed and may_take_down(State(ticket.state), ticket.kind)
    return Given(
        ticket=ticket,
        cover=common.coverage(_cover(request, ticket), product=product),
        badge=common.state(ticket.state, staff=True),
        refusal=_said(request, ticket, decision, product, takes_down) if decision.refused else None,
        serves=can(request.actor, Permission.CALL, queries.scope_of(ticket)),
        takes_down=takes_down,
        groups=tuple((str(label), uses[verdict]) for verdict, label in _USES if verdict in uses),
        asked=frozenset(slug for slug, _name in uses.get(Verdict.ASK, ())),
    )


def _said(
    request: PageRequest, ticket: Ticket, decision: Decision, product: str, takes_down: bool
) -> common.Refusal:
    """Why it may not be served now, and what the caller can do."""
    company = request.policy.company
    said = common.refusal(
        decision,
        common.Situation(
            organisation=ticket.organisation.name,
            product=product,
            service=ticket.service.name,
            number=ticket.number,
            sales_phone=company.sales_phone,
        ),
    )
    if decision.reason != reasons.CLOSED_HOURS:
        return said
    return replace(said, way_out=words.closed(company.support_address, taken_down=takes_down))


def _cover(request: PageRequest, ticket: Ticket) -> Coverage:
    """Of a one-off its own, as on its page (S33); of any other ticket its customer's."""
    if ticket.prepaid is not None:
        return queries.coverage_of(ticket, policy=request.policy, now=request.now)
    return card_of(
        (ticket.organisation_id, ticket.organisation.name),
        policy=request.policy,
        now=request.now,
        licence_id=ticket.licence_id,
        person_id=ticket.opener_id,
    ).coverage


_USES = (
    (Verdict.ALLOW, gettext_lazy("Covered by this one-off")),
    (Verdict.ASK, gettext_lazy("Sales says first whether it is covered")),
    (Verdict.REFUSE, gettext_lazy("Not covered: it is refused")),
)


def _uses(request: PageRequest, ticket: Ticket) -> dict[Verdict, list[tuple[str, str]]]:
    """What a one-off that waits for its problem may be used for, by the scope's answer."""
    row = ticket.prepaid
    if row is None or ticket.state != State.SOLD:
        return {}
    agreed = row.service.slug if row.agreed else ""
    portuguese = (get_language() or "").startswith("pt")
    said: dict[Verdict, list[tuple[str, str]]] = {}
    for one in services():
        verdict = under(request.policy, kind=row.kind, service=one.slug, agreed=agreed)
        said.setdefault(verdict, []).append((one.slug, one.name if portuguese else one.name_en))
    return said


def card(
    request: PageRequest,
    call: CallRow | None,
    *,
    form: CallerForm | None = None,
    summary: SummaryForm | None = None,
    without: WithoutForm | None = None,
    found: list[Found] | None = None,
    answer: Answer | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    """The call card: empty, or of the call that is on the line."""
    if form is None:
        typed = request.session.get(ON_CALL, {}).get("number", "") if call else ""
        number = show_number(call.number) if call and call.number else typed
        form = CallerForm(initial={"number": number, "phone": call.phone if call else ""})
    openings = queries.openings_of_call(request.actor, call.id, now=request.now) if call else []
    ticket = given(request, call) if call and call.number else None
    context = {
        "call": call,
        "form": form,
        "found": found,
        "answer": answer,
        "given": ticket,
        "summary": summary or (ticket.form() if ticket else SummaryForm()),
        "without": without or WithoutForm(),
        "openings": [(row, words.opening(row.state)) for row in openings],
        "assists": may(request.actor, Duty.ASSIST_OPENING),
        "softened": _softened(request),
        "sales_phone": request.policy.company.sales_phone,
        "ends": call is not None and _hangs_up(call, ticket),
        "trouble": trouble,
        "sent": request.session.pop(SENT, ""),
    }
    return show(request, "desk/calls/card.html", context, status=status)


def busy(
    request: PageRequest, call: CallRow, *, typed: str = "", status: int = 200
) -> HttpResponse:
    """Somebody is on the line already: go on with them, or end that call first. ``typed``: the
    number that the next caller gave, which is not judged against this one.
    """
    ticket = given(request, call) if call.number else None
    context = {
        "call": call,
        "phone": show_phone(call.phone) if call.phone else "",
        "typed": typed,
        "serves": ticket is not None and ticket.serves and not ticket.refusal,
        "ends": _hangs_up(call, ticket),
        "without": WithoutForm(),
    }
    return show(request, "desk/calls/busy.html", context, status=status)


def _hangs_up(call: CallRow, ticket: Given | None) -> bool:
    """Whether the call may end with no summary: nothing was served on a ticket with a number."""
    return call.outcome == "assisted" or (call.outcome == "number_sent" and ticket is None)


def _softened(request: PageRequest) -> list[str]:
    modes = [(rule, mode_of(request.policy, rule)) for rule in ("S17", "S16")]
    return [words.softened(rule, mode.value) for rule, mode in modes if mode is not Mode.ENFORCE]
