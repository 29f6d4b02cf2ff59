""" "Abertura assistida": typed by the agent, foretold by the gate, confirmed by the customer."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from balcao.desk.calls import parts
from balcao.desk.calls.forms import AssistedForm
from balcao.desk.forms import new_key
from balcao.people.queries import register
from balcao.policy.access import Duty
from balcao.tickets import actions, queries
from balcao.tickets.queries import CallRow, Choices
from balcao.web import words as common
from balcao.web.guards import PageRequest, guard
from balcao.web.words import calls as words


@dataclass(frozen=True, slots=True)
class Contact:
    """For whom it is typed, and what they may open."""

    id: int
    name: str
    choices: tuple[Choices, ...]
    services: list[tuple[str, str]]

    @property
    def abouts(self) -> list[tuple[str, str]]:
        """What it may be about: products of each company, or none in particular."""
        several = len(self.choices) > 1
        found = []
        for choice in self.choices:
            place = f" · {choice.organisation}" if several else ""
            found += [
                (f"{choice.organisation_id}-{row.id}", f"{row.product} ({row.masked_key}){place}")
                for row in choice.licences
            ]
            label = _("Another product, or none in particular")
            found.append((f"{choice.organisation_id}-", f"{label}{place}"))
        return found


@guard("desk", methods=("GET", "POST"), duty=Duty.ASSIST_OPENING)
def new(request: PageRequest) -> HttpResponse:
    """For ``?pessoa=``: the form, what the gate would say of it, and sending it."""
    contact = _contact(request)
    call = _call(request, contact)
    if request.method != "POST":
        return _page(request, contact, call, _form(contact, initial=_initial(request, contact)))
    form = _form(contact, data=request.POST)
    if not form.is_valid():
        return _page(request, contact, call, form, status=422)
    if request.POST.get("do") == "ask":
        return _page(request, contact, call, form, foretold=True)
    try:
        row = actions.propose_opening(
            actor=request.actor,
            now=request.now,
            wanted=_wanted(contact, form),
            key=form.cleaned_data["key"],
            call_id=call.id if call else None,
        )
    except actions.Conflict as conflict:
        trouble = words.conflict(conflict.code)
        return _page(request, contact, call, form, trouble=trouble, status=409)
    return redirect("desk_assisted", pk=row.pk)


def _contact(request: PageRequest) -> Contact:
    """The contact in the address. Raises NotFound for whoever opens nothing."""
    given = request.GET.get("pessoa", "")
    pk = int(given) if given.isdecimal() and len(given) < 18 else 0
    user = register.person_for(request.actor, pk)
    choices, services = queries.contact_choices(
        request.actor, user.pk, policy=request.policy, now=request.now
    )
    portuguese = (get_language() or "").startswith("pt")
    names = [(row.slug, row.name if portuguese else row.name_en) for row in services]
    return Contact(user.pk, user.name, choices, names)


def _call(request: PageRequest, contact: Contact) -> CallRow | None:
    """The call on the line, if it is the contact's."""
    call = queries.open_call(request.actor)
    return call if call is not None and call.person_id == contact.id else None


def _form(contact: Contact, **given: object) -> AssistedForm:
    return AssistedForm(abouts=contact.abouts, services=contact.services, **given)


def _initial(request: PageRequest, contact: Contact) -> dict[str, object]:
    """Empty, or what was typed before and never confirmed (``?de=``)."""
    given = request.GET.get("de", "")
    initial: dict[str, object] = {"key": new_key()}
    if given.isdecimal() and len(given) < 18:
        row = queries.opening_for(request.actor, int(given), now=request.now)
        if row.contact_id == contact.id:
            initial |= {"subject": row.subject, "body": row.body}
    return initial


def _wanted(contact: Contact, form: AssistedForm) -> actions.Proposal:
    data = form.cleaned_data
    return actions.Proposal(
        contact_id=contact.id,
        organisation_id=form.organisation_id,
        service=data["service"],
        licence_id=form.licence_id,
        subject=data["subject"],
        body=data["body"],
    )


def _page(
    request: PageRequest,
    contact: Contact,
    call: CallRow | None,
    form: AssistedForm,
    *,
    foretold: bool = False,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    refusal, cover = _foretold(request, contact, form) if foretold else (None, None)
    context = {
        "contact": contact,
        "call": call,
        "form": form,
        "covers": [
            (choice.organisation, common.coverage(choice.coverage)) for choice in contact.choices
        ],
        "asked": foretold,
        "refusal": refusal,
        "cover": cover,
        "trouble": trouble,
        "back": request.get_full_path(),
    }
    return parts.show(request, "desk/calls/assisted_new.html", context, status=status)


def _foretold(
    request: PageRequest, contact: Contact, form: AssistedForm
) -> tuple[common.Refusal | None, common.CoverageWords | None]:
    """What the gate would say now: why not, or what covers it."""
    wanted = _wanted(contact, form)
    decision = queries.foretell_opening(
        contact.id,
        wanted.organisation_id,
        service=wanted.service,
        licence_id=wanted.licence_id,
        policy=request.policy,
        now=request.now,
    )
    names = {row.organisation_id: row.organisation for row in contact.choices}
    licence = decision.coverage.licence if decision.coverage else None
    situation = common.Situation(
        organisation=names[wanted.organisation_id],
        product=licence.product if licence else "",
        service=dict(contact.services)[wanted.service],
        sales_phone=request.policy.company.sales_phone,
    )
    if not decision.allowed:
        return common.refusal(decision, situation), None
    found = decision.coverage
    product = situation.product
    return None, common.coverage(found, product=product) if found else None


@guard("desk")
def one(request: PageRequest, pk: int) -> HttpResponse:
    """How it stands: waiting for the customer, confirmed with its number, declined, too late."""
    row = queries.opening_for(request.actor, pk, now=request.now)
    context = {
        "row": row,
        "badge": words.opening(row.state),
    }
    return parts.show(request, "desk/calls/assisted.html", context)
