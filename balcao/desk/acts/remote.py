"""Acesso remoto: beginning one, with whose consent, and ending it (R3, S22)."""

from django import forms
from django.core.validators import RegexValidator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.desk.acts import parts
from balcao.desk.conflicts import Trouble
from balcao.desk.forms import new_key
from balcao.desk.place import place_of
from balcao.lib.passwords import looks_like_password
from balcao.policy.access import Permission
from balcao.policy.gate import Door
from balcao.tickets import actions, queries
from balcao.tickets.queries import Ticket
from balcao.web.guards import PageRequest, guard
from balcao.web.words.acts import CONSENT

TOOLS = ("AnyDesk", "TeamViewer", "RustDesk", "Quick Assist")


class RemoteForm(forms.Form):
    """The tool, its session id and who agreed; whatever looks like a password is not taken."""

    key = forms.CharField(validators=[RegexValidator(r"^[0-9a-f]{32}$")])
    tool = forms.CharField(label=gettext_lazy("Tool"), max_length=40)
    session = forms.CharField(
        label=gettext_lazy("Session id"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("The number or name of the machine. Never the password."),
    )
    consent = forms.CharField(
        label=gettext_lazy("Who agreed"),
        max_length=120,
        help_text=gettext_lazy("The customer reads this name in the conversation."),
    )
    door = forms.ChoiceField(label=gettext_lazy("How they agreed"), choices=list(CONSENT.items()))

    def clean_tool(self) -> str:
        return self._harmless("tool")

    def clean_session(self) -> str:
        return self._harmless("session")

    def clean_consent(self) -> str:
        return self._harmless("consent")

    def _harmless(self, name: str) -> str:
        """A password would stay here for good, for everybody to read (A9)."""
        text: str = self.cleaned_data[name]
        if looks_like_password(text):
            raise forms.ValidationError(
                _(
                    "This looks like a password. It would stay on the ticket for everybody to read:"
                    " leave it out."
                )
            )
        return text


@guard("desk", methods=("GET", "POST"))
def remote(request: PageRequest, number: str) -> HttpResponse:
    """Begin a remote access, or see the one that goes on."""
    row = parts.ticket_for(request, number, Permission.REMOTE)
    if request.method != "POST":
        first = {"key": new_key(), "door": Door.PHONE.value, "consent": row.opener.name}
        return _page(request, row, RemoteForm(initial=first))
    form = RemoteForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    data = form.cleaned_data
    wanted = actions.RemoteAccess(
        data["tool"], data["session"], data["consent"], Door(data["door"])
    )
    try:
        actions.begin_remote(
            actor=request.actor, now=request.now, ticket_id=row.pk, wanted=wanted, key=data["key"]
        )
    except actions.Refused as refusal:
        no = parts.refused(request, row, refusal.decision, refusal.decision.rules)
        return _page(request, row, form, no=no, status=409)
    except actions.Conflict as conflict:
        fresh = queries.get_for(request.actor, number)
        trouble = parts.trouble(conflict.code, fresh)
        return _page(request, fresh, form, trouble=trouble, status=409)
    return redirect(place_of(request).ticket_address(row.number))


@guard("desk", methods=("POST",))
def end(request: PageRequest, number: str, session_id: int) -> HttpResponse:
    """The remote access is over."""
    row = parts.ticket_for(request, number, Permission.REMOTE)
    if session_id not in {one.id for one in queries.sessions_of(request.actor, row)}:
        raise queries.NotFound
    actions.end_remote(actor=request.actor, now=request.now, session_id=session_id)
    return redirect(place_of(request).ticket_address(row.number))


def _page(
    request: PageRequest,
    row: Ticket,
    form: RemoteForm,
    *,
    no: parts.No | None = None,
    trouble: Trouble | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "tools": TOOLS,
        "people": [row.opener.name, *(one.name for one in row.participants.all())],
        "sessions": queries.sessions_of(request.actor, row) if row.remote_id else [],
        "no": no,
        "trouble": trouble,
    }
    return parts.page(request, row, "desk/acts/remote.html", context, status=status)
