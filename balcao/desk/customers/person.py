"""One person: organisations, addresses, telephones, access and history."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse

from balcao.desk.customers.organisation import at
from balcao.desk.customers.parts import line_of, show, tickets_of
from balcao.desk.seen import PERSON, seen_by
from balcao.people import actions, queries
from balcao.people.actions import Conflict
from balcao.people.forms import NameForm, PhoneForm
from balcao.people.queries import User, history, register
from balcao.policy.access import Duty, may
from balcao.policy.addresses import may_ask_recovery
from balcao.policy.register import keeps_person
from balcao.web.guards import PageRequest, guard
from balcao.web.words import people as words


@guard("staff", duty=Duty.VIEW_CUSTOMERS)
def person(request: PageRequest, user_id: int) -> HttpResponse:
    """Everything on file about somebody."""
    user = register.person_for(request.actor, user_id)
    seen_by(request, PERSON, user.pk)
    return _page(request, user)


def _page(
    request: PageRequest,
    user: User,
    *,
    name_form: NameForm | None = None,
    phone_form: PhoneForm | None = None,
    status: int = 200,
) -> HttpResponse:
    memberships = register.memberships_of(user.pk)
    hats = register.hats_worn(user.pk)
    events = history.history_of(request.actor, type(user), user.pk)
    acting = [one for one in memberships if one.ended_at is None]
    context = {
        "person": user,
        "memberships": acting,
        "units_of": register.units_by_organisation({one.organisation_id for one in acting}),
        "former": [one for one in memberships if one.ended_at is not None],
        "addresses": queries.addresses_of(user.pk),
        "phones": register.phones_of(user.pk),
        "hats": [str(words.ROLES[hat.value]) for hat in sorted(hats)],
        "changes": queries.changes_to_stop(request.actor, [user.pk]),
        "lines": [line_of(event) for event in events],
        "name_form": name_form or NameForm(initial={"name": user.name}),
        "phone_form": phone_form or PhoneForm(),
        "keeps": keeps_person(request.actor, staff=bool(hats)),
        "keeps_customers": may(request.actor, Duty.KEEP_CUSTOMERS),
        "oneself": request.actor.id == user.pk,
        "calls": may(request.actor, Duty.TAKE_CALLS) and bool(acting) and user.is_active,
        "assists": may(request.actor, Duty.ASSIST_OPENING) and bool(acting) and user.is_active,
        "recovers": not hats and user.is_active and may_ask_recovery(request.actor, user.pk),
        "back": reverse("desk_customers"),
        "tickets": [
            (one.organisation, address)
            for one in acting
            if (address := tickets_of(request, one.organisation_id))
        ],
    }
    return show(request, "desk/customers/person.html", context, status=status)


def _kept(request: PageRequest, user_id: int) -> User:
    """The person, for whoever may change them. Raises PermissionDenied."""
    user = register.person_for(request.actor, user_id)
    if not keeps_person(request.actor, staff=bool(register.hats_worn(user.pk))):
        raise PermissionDenied
    return user


@guard("staff", methods=("POST",), duty=Duty.KEEP_CUSTOMERS)
def rename(request: PageRequest, user_id: int) -> HttpResponse:
    """Correct the name."""
    user = _kept(request, user_id)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _page(request, user, name_form=form, status=422)
    actions.rename_person(
        actor=request.actor, now=request.now, user_id=user.pk, name=form.cleaned_data["name"]
    )
    return at("desk_person", user.pk, notice="salvo")


@guard("staff", methods=("POST",), duty=Duty.KEEP_CUSTOMERS)
def phone(request: PageRequest, user_id: int) -> HttpResponse:
    """Register a telephone."""
    user = _kept(request, user_id)
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _page(request, user, phone_form=form, status=422)
    actions.add_phone(
        actor=request.actor, now=request.now, user_id=user.pk, number=form.cleaned_data["phone"]
    )
    return at("desk_person", user.pk, notice="salvo")


@guard("staff", methods=("POST",), duty=Duty.KEEP_CUSTOMERS)
def phone_retire(request: PageRequest, user_id: int, phone_id: int) -> HttpResponse:
    """The number is somebody else's now."""
    user = _kept(request, user_id)
    actions.retire_phone(actor=request.actor, now=request.now, user_id=user.pk, phone_id=phone_id)
    return at("desk_person", user.pk, notice="salvo")


@guard("staff", methods=("POST",), duty=Duty.KEEP_CUSTOMERS)
def invite(request: PageRequest, user_id: int) -> HttpResponse:
    """Send the code and a link to set a password to the address on file."""
    user = _kept(request, user_id)
    sent = actions.invite(actor=request.actor, now=request.now, user_id=user.pk)
    return at("desk_person", user.pk, notice="convite" if sent else "sem-email")


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_CUSTOMERS)
def close(request: PageRequest, user_id: int) -> HttpResponse:
    """End somebody's access at once, by every door; a colleague goes on in each organisation."""
    user = _kept(request, user_id)
    rows = [one for one in register.memberships_of(user.pk) if one.ended_at is None]
    places = [(one, _colleagues(one.organisation_id, user.pk)) for one in rows]
    trouble = ""
    if request.method == "POST":
        try:
            actions.deactivate(
                actor=request.actor,
                now=request.now,
                user=user,
                successors=_successors(request, places),
            )
            return at("desk_person", user.pk, notice="encerrado")
        except Conflict as conflict:
            trouble = words.conflict(conflict.code)
    context = {
        "person": user,
        "places": places,
        "trouble": trouble,
        "back": reverse("desk_person", args=[user.pk]),
    }
    status = 409 if trouble else 200
    return show(request, "desk/customers/close.html", context, status=status)


Place = tuple[register.MembershipRow, list[tuple[int, str]]]


def _colleagues(organisation_id: int, user_id: int) -> list[tuple[int, str]]:
    members = register.members_of(organisation_id)
    return [
        (one.user_id, one.name)
        for one in members
        if one.ended_at is None and one.active and one.user_id != user_id
    ]


def _successors(request: PageRequest, places: list[Place]) -> dict[int, int]:
    """Organisation -> who goes on there, of those who were offered."""
    found = {}
    for membership, colleagues in places:
        chosen = request.POST.get(f"successor-{membership.organisation_id}", "")
        if chosen in {str(pk) for pk, _name in colleagues}:
            found[membership.organisation_id] = int(chosen)
    return found


@guard("staff", methods=("POST",), duty=Duty.KEEP_CUSTOMERS)
def reopen(request: PageRequest, user_id: int) -> HttpResponse:
    """Give somebody's access back."""
    user = _kept(request, user_id)
    actions.reactivate(actor=request.actor, now=request.now, user=user)
    return at("desk_person", user.pk, notice="devolvido")
