"""The simulator: what any door would answer to anybody, at any moment. Nothing is stored."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.http import HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from balcao.desk.asking import drafts
from balcao.desk.asking.mail import tabs
from balcao.desk.menu import show
from balcao.entitlements.queries import services
from balcao.policy import gate
from balcao.policy.access import Duty
from balcao.policy.book import Policy
from balcao.policy.gate import Door
from balcao.reports import queries
from balcao.reports.forms import SimulatorForm
from balcao.web import format, words
from balcao.web.format import Tone
from balcao.web.guards import PageRequest, guard
from balcao.web.words import CoverageWords
from balcao.web.words.notices import Told, told

_VERDICTS = {
    "allow": gettext_lazy("Allowed"),
    "ask": gettext_lazy("Sales is asked"),
    "refuse": gettext_lazy("Refused"),
}
_TONES: dict[str, Tone] = {"allow": "ok", "ask": "warning", "refuse": "late"}


@dataclass(frozen=True, slots=True)
class Remark:
    """What a rule would have refused, and why it did not."""

    kind: str
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A deadline as said at the moment asked about, and in full."""

    label: str
    text: str
    full: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What one version of the policy says, in words for the team."""

    version: str
    tone: Tone
    verdict: str
    rules: tuple[tuple[str, str], ...]
    reason: str
    since: str
    next_step: str
    coverage: CoverageWords | None
    remarks: tuple[Remark, ...]
    told: Told
    deadlines: tuple[Moment, ...]


@guard("staff", duty=Duty.SIMULATE)
def simulator(request: PageRequest) -> HttpResponse:
    """The question in the address, and its answer under one version or two, side by side."""
    names = _services()
    form = SimulatorForm(
        request.GET or None,
        actor=request.actor,
        policy=request.policy,
        now=request.now,
        doors=[(door.value, words.door(door.value).text) for door in Door],
        services=names,
    )
    chosen = drafts.chosen(request.actor, request.GET.get("against", ""))
    context: dict[str, object] = {
        "form": form,
        "choices": drafts.choices(request),
        "chosen": chosen,
        "case": None,
        "tabs": tabs("desk_simulator"),
    }
    if form.is_valid() and form.case is not None:
        zone = format.zone(request.policy.timezone)
        context |= {
            "case": form.case,
            "person": form.person,
            "company": form.for_company,
            "moment": format.full(form.case.situation.at, tz=zone),
            "answers": [
                _answer(form, policy, name, zone=zone)
                for policy, name in drafts.side_by_side(request, chosen)
            ],
        }
    return show(request, "desk/simulator.html", context, book="desk_simulator")


def _services() -> list[tuple[str, str]]:
    """The catalogue in the reader's language."""
    portuguese = (get_language() or "").startswith("pt")
    return [(row.slug, row.name if portuguese else row.name_en) for row in services()]


def _answer(form: SimulatorForm, policy: Policy, version: str, *, zone: tzinfo) -> Answer:
    assert form.case is not None
    outcome = queries.judge(form.case, policy)
    decision = outcome.decision
    verdict = decision.verdict.value
    said = words.refusal(decision, form.names(decision, policy)) if decision.refused else None
    cover = decision.coverage
    product = cover.licence.product if cover and cover.licence else ""
    return Answer(
        version=version,
        tone=_TONES[verdict],
        verdict=str(_VERDICTS[verdict]),
        rules=tuple((rule, words.rule(rule)) for rule in decision.rules),
        reason=words.reason(decision.reason) if decision.reason else "",
        since=said.since if said else "",
        next_step=words.next_step(decision.next_step),
        coverage=words.coverage(cover, product=product) if cover else None,
        remarks=_remarks(decision),
        told=told(
            decision,
            form.names(decision, policy),
            fate=outcome.fate,
            known=form.case.is_known,
        ),
        deadlines=_deadlines(outcome, at=form.case.situation.at, zone=zone),
    )


def _remarks(decision: gate.Decision) -> tuple[Remark, ...]:
    found = [
        (_("Would only warn the team"), decision.warnings),
        (_("Would only be recorded"), decision.observed),
        (_("Lifted by an exception"), tuple(lift.finding for lift in decision.lifted)),
    ]
    return tuple(
        Remark(kind, row.rule, words.reason(row.reason)) for kind, rows in found for row in rows
    )


def _deadlines(outcome: queries.Outcome, *, at: datetime, zone: tzinfo) -> tuple[Moment, ...]:
    if outcome.due is None:
        return ()
    rows = (
        (_("Starts by"), outcome.due.start_due),
        (_("Concluded by"), outcome.due.resolution_due),
    )
    return tuple(
        Moment(label, format.both(due, now=at, tz=zone), format.full(due, tz=zone))
        if due
        else Moment(label, _("not known yet"), "")
        for label, due in rows
    )
