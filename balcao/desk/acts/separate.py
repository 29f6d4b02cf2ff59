"""Separar: a second question gets a ticket of its own (R27). It cannot be undone, so it is shown
before.
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from balcao.desk.acts import parts
from balcao.desk.conflicts import Trouble
from balcao.desk.forms import MAX_BODY, new_key
from balcao.desk.place import place_of
from balcao.policy import access
from balcao.policy.access import Permission
from balcao.policy.acts import MAX_COPIES
from balcao.policy.gate import Decision
from balcao.tickets import actions, queries
from balcao.tickets.queries import MessageRow, OneoffRow, Ticket
from balcao.web import format
from balcao.web.guards import PageRequest, guard
from balcao.web.thread import Entry, entries

Oneoffs = dict[int, OneoffRow]
SHOWN = 50
"""How many of the customer's messages may be chosen from, the latest ones."""


class _Ids(forms.TypedMultipleChoiceField):
    """Ids that were chosen from a list, whose list is not known here."""

    def valid_value(self, value: object) -> bool:
        return str(value).isdecimal() and len(str(value)) < 18


class AskedForm(forms.Form):
    """The second question: messages that hold it, or words for it, and what it is about. What may
    be chosen is not known here; the action asks.
    """

    key = forms.CharField(validators=[RegexValidator(r"^[0-9a-f]{32}$")])
    messages: forms.Field = _Ids(coerce=int, required=False)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=parts.MAX_SUBJECT)
    body = forms.CharField(
        label=gettext_lazy("Words of yours"),
        max_length=MAX_BODY,
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy(
            "Needed when no message is chosen. The customer reads them under your name."
        ),
    )
    licence: forms.Field = forms.RegexField(r"^(-|\d{1,17})$")
    service: forms.Field = forms.SlugField()
    oneoff: forms.Field = forms.RegexField(r"^\d{1,17}$", required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        chosen = data.get("messages", [])
        if not chosen and not data.get("body") and "body" not in self.errors:
            self.add_error("body", _("Choose a message above, or write the question."))
        if len(chosen) > MAX_COPIES:
            text = _("Choose %(count)d messages at most.") % {"count": MAX_COPIES}
            self.add_error("messages", text)
        return data


class SplitForm(AskedForm):
    """The same with what may be chosen, for the page."""

    messages = forms.TypedMultipleChoiceField(coerce=int, required=False)
    licence = forms.ChoiceField(label=gettext_lazy("Product"))
    service = forms.ChoiceField(label=gettext_lazy("Service"))
    oneoff = forms.ChoiceField(label=gettext_lazy("What covers it"), required=False)

    def __init__(
        self,
        choices: parts.Choices,
        said: list[MessageRow],
        oneoffs: Oneoffs,
        *args: object,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        ids = [(row.id, str(row.id)) for row in said]
        self.fields["messages"].choices = ids  # type: ignore[attr-defined]
        self.fields["licence"].choices = choices.licences  # type: ignore[attr-defined]
        self.fields["service"].choices = choices.services  # type: ignore[attr-defined]
        covers = [("", _("The customer's contract, if there is one"))]
        covers += [(str(pk), _oneoff(one)) for pk, one in oneoffs.items()]
        self.fields["oneoff"].choices = covers  # type: ignore[attr-defined]


def _oneoff(row: OneoffRow) -> str:
    portuguese = (get_language() or "").startswith("pt")
    names = {
        "number": format.number(row.number),
        "service": row.service if portuguese else row.service_en,
        "date": format.day(row.last_day) if row.last_day else "",
    }
    return _("One-off %(number)s: %(service)s, until %(date)s") % names


@dataclass(frozen=True, slots=True)
class Preview:
    """What goes into the new ticket. ``asks``: sales has to be asked about it. ``oneoff``: the
    number of the one-off that it uses, if any.
    """

    entries: list[Entry]
    product: str
    service: str
    asks: bool
    oneoff: str


@guard("desk", methods=("GET", "POST"))
def separate(request: PageRequest, number: str) -> HttpResponse:
    """Choose, look at it, and do it with the button of the preview."""
    came = _go(request, number) if "go" in request.POST else None
    if isinstance(came, HttpResponse):
        return came
    row = parts.ticket_for(request, number, Permission.SPLIT)
    said = [one for one in queries.thread_for(request.actor, row) if one.kind == "customer"]
    said = said[-SHOWN:]
    choices = parts.choices_of(request, row)
    oneoffs = queries.usable_for(request.actor, row, policy_now=request.policy, now=request.now)
    if request.method != "POST":
        known = {
            "key": new_key(),
            "licence": str(row.licence_id or "-"),
            "service": row.service.slug,
            # A one-off has no contract: its next problem takes the next one-off.
            "oneoff": next(map(str, oneoffs), "") if row.prepaid_id else "",
        }
        return _page(request, row, SplitForm(choices, said, oneoffs, initial=known), said)
    form = SplitForm(choices, said, oneoffs, request.POST)
    if not form.is_valid() or "back" in request.POST:
        return _page(request, row, form, said, status=422 if form.errors else 200)
    if isinstance(came, actions.Refused):
        no = _no(request, row, came.decision, form, choices)
        return _page(request, row, form, said, no=no, status=409)
    if isinstance(came, actions.Conflict):
        trouble = parts.trouble(came.code, row)
        return _page(request, row, form, said, trouble=trouble, status=409)
    return _foretell(request, row, form, said, choices, oneoffs)


def _go(
    request: PageRequest, number: str
) -> HttpResponse | actions.Refused | actions.Conflict | None:
    """Separate at once, without reading what the page shows. None: something was chosen that
    cannot be, as the page will say.
    """
    form = AskedForm(request.POST)
    if not form.is_valid():
        return None
    data = form.cleaned_data
    question = actions.Question(
        subject=data["subject"],
        service=data["service"],
        licence_id=parts.licence_id(data["licence"]),
        message_ids=tuple(data["messages"]),
        body=data["body"],
    )
    try:
        made = _separate(request, number, question, data)
    except (actions.Refused, actions.Conflict) as no:
        return no
    except actions.NotAllowed:
        return None
    if not access.can(request.actor, Permission.VIEW, queries.scope_of(made)):
        return parts.to_ticket(request, number)
    return redirect(place_of(request).ticket_address(made.number))


def _separate(
    request: PageRequest, number: str, question: actions.Question, data: dict[str, Any]
) -> Ticket:
    ticket_id = queries.visible_id(request.actor, number)
    actor, now = request.actor, request.now
    if data["oneoff"]:
        return actions.split_into(
            actor=actor,
            now=now,
            ticket_id=ticket_id,
            oneoff_id=int(data["oneoff"]),
            question=question,
            key=data["key"],
        )
    return actions.split(
        actor=actor, now=now, ticket_id=ticket_id, question=question, key=data["key"]
    )


def _foretell(
    request: PageRequest,
    row: Ticket,
    form: SplitForm,
    said: list[MessageRow],
    choices: parts.Choices,
    oneoffs: Oneoffs,
) -> HttpResponse:
    """What the gate would say now; nothing is written."""
    data, policy, now = form.cleaned_data, request.policy, request.now
    if data["oneoff"]:
        decision = queries.foretell_use(
            int(data["oneoff"]), service=data["service"], policy_now=policy, now=now
        )
    else:
        decision = queries.foretell_opening(
            row.opener_id,
            row.organisation_id,
            service=data["service"],
            licence_id=parts.licence_id(data["licence"]),
            policy=policy,
            now=now,
        )
    if decision.refused:
        no = _no(request, row, decision, form, choices)
        return _page(request, row, form, said, no=no, status=409)
    chosen = set(data["messages"])
    preview = Preview(
        entries=entries(one for one in said if one.id in chosen),
        product=dict(choices.licences)[data["licence"]],
        service=dict(choices.services)[data["service"]],
        asks=not decision.allowed,
        oneoff=oneoffs[int(data["oneoff"])].number if data["oneoff"] else "",
    )
    return _page(request, row, form, said, preview=preview)


def _no(
    request: PageRequest,
    row: Ticket,
    decision: Decision,
    form: SplitForm,
    choices: parts.Choices,
) -> parts.No:
    service = dict(choices.services)[form.cleaned_data["service"]]
    return parts.refused(request, row, decision, decision.rules, service=service)


def _page(
    request: PageRequest,
    row: Ticket,
    form: SplitForm,
    said: list[MessageRow],
    *,
    no: parts.No | None = None,
    trouble: Trouble | None = None,
    preview: Preview | None = None,
    status: int = 200,
) -> HttpResponse:
    chosen = form["messages"].value() or []
    context = {
        "form": form,
        "said": entries(said),
        "chosen": {str(one) for one in chosen},
        "no": no,
        "trouble": trouble,
        "preview": preview,
    }
    return parts.page(request, row, "desk/acts/separate.html", context, status=status)
