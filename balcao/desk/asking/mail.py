"""The simulator for e-mail: what would become of a message. Nothing is stored."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.channels.email.accounts import accounts
from balcao.channels.judging import Simulated, simulate
from balcao.desk.menu import show
from balcao.lib.mail.identity import Sender
from balcao.policy.access import Duty
from balcao.policy.gate import Auth
from balcao.web import words
from balcao.web.format import Tone
from balcao.web.guards import PageRequest, guard
from balcao.web.words.notices import Told, told

_TONES: dict[str, Tone] = {
    "appended": "ok",
    "draft": "warning",
    "refused": "late",
    "quarantined": "late",
    "ignored": "paused",
}


class MailForm(forms.Form):
    """A whole message as its program saves it, headers included."""

    account = forms.ChoiceField(label=gettext_lazy("It comes in by"))
    file = forms.FileField(required=False, label=gettext_lazy("Message as a file (.eml)"))
    message = forms.CharField(
        required=False,
        strip=False,
        label=gettext_lazy("Or the whole message, with its headers"),
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields["account"]
        assert isinstance(account, forms.ChoiceField)
        account.choices = [(name, name) for name in names]

    def clean(self) -> dict[str, Any]:
        """One of the two is needed, and no more than a request may hold."""
        data = super().clean() or {}
        sent = data.get("file")
        if sent is not None and sent.size > settings.MAX_UPLOAD:
            self.add_error("file", _("Too large to be taken apart"))
        elif sent is None and not data.get("message", "").strip():
            self.add_error("message", _("Paste a message or choose a file."))
        return data

    def raw(self) -> bytes:
        """The bytes of a valid form: those of the file before those of the text."""
        if sent := self.cleaned_data["file"]:
            return bytes(sent.read())
        text: str = self.cleaned_data["message"]
        return "\r\n".join(text.lstrip("\r\n").splitlines()).encode() + b"\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What would become of it, in words for the team."""

    tone: Tone
    outcome: str
    reason: str
    sender: str
    clear: bool
    owners: tuple[str, ...]
    proof: str
    ticket: str
    named: bool
    rules: tuple[tuple[str, str], ...]
    told: Told | None
    asked: bool
    warned: bool


@guard("staff", methods=("GET", "POST"), duty=Duty.SIMULATE)
def simulator_mail(request: PageRequest) -> HttpResponse:
    """The question and, once it is sent, its answer by the code that judges what comes in."""
    names = [one.name for one in accounts()]
    form = MailForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        names=names,
    )
    answer = None
    if form.is_valid():
        found = simulate(
            form.raw(),
            account=form.cleaned_data["account"],
            policy=request.policy,
            now=request.now,
        )
        answer = _answer(found)
    context: dict[str, object] = {
        "form": form,
        "answer": answer,
        "tabs": tabs("desk_simulator_mail"),
    }
    status = 422 if form.errors else 200
    return show(request, "desk/simulator_mail.html", context, book="desk_simulator", status=status)


def tabs(current: str) -> list[tuple[str, str, bool]]:
    """The simulator's two pages."""
    pages = (("desk_simulator", _("A question")), ("desk_simulator_mail", _("An e-mail")))
    return [(label, reverse(name), name == current) for name, label in pages]


def _answer(found: Simulated) -> Answer:
    seen, decision, case = found.seen, found.decision, found.seen.case
    reason = (decision.reason if decision else None) or seen.about.reason
    ticket = case.ticket if case else seen.about.ticket
    fate = found.fate
    return Answer(
        tone=_TONES[found.outcome.value],
        outcome=words.mail_outcome(found.outcome.value),
        reason=words.mail_reason(reason),
        sender=seen.about.sender,
        clear=isinstance(seen.sender, Sender),
        owners=tuple(one.name for one in case.owners) if case else (),
        proof=words.mail_proof((case.auth if case else Auth.NONE).value),
        ticket=ticket.number if ticket else "",
        named=bool(case and case.facts.ticket),
        rules=tuple((rule, words.rule(rule)) for rule in decision.rules) if decision else (),
        told=_told(found) if decision else None,
        asked=bool(fate and fate.asked),
        warned=bool(fate and fate.warned),
    )


def _told(found: Simulated) -> Told:
    case, decision = found.seen.case, found.decision
    assert case is not None
    assert decision is not None
    situation = words.Situation(
        number=case.ticket.number if case.ticket else "", sender=found.seen.about.sender
    )
    return told(decision, situation, fate=found.fate, known=bool(case.owners))
