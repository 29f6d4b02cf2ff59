"""The simulator's question, from a page's address or a command line."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.entitlements.queries import find_licence
from balcao.lib.folding import fold
from balcao.policy import gate
from balcao.policy.access import Actor
from balcao.policy.book import Policy
from balcao.policy.gate import OTHER_SERVICE, Act, Door
from balcao.policy.numbers import parse_number
from balcao.reports import queries
from balcao.reports.forms.reading import Unreadable, moment
from balcao.reports.queries import NOBODY, Case, Company, NotFound, Situation, Unknown, Who
from balcao.tickets.queries import visible_to
from balcao.web import words

Pairs = list[tuple[str, Any]]

_ACTS: Pairs = [
    (Act.OPEN.value, gettext_lazy("Open a ticket")),
    (Act.CONTINUE.value, gettext_lazy("Go on with a ticket, as its customer")),
    (Act.SERVE.value, gettext_lazy("Serve a ticket, as the team")),
]


class SimulatorForm(forms.Form):
    """Who wants what, through which door, about which ticket, at which moment.

    Valid, it holds ``case`` (the facts, ready to be judged), ``person`` and ``for_company``.
    ``doors`` and ``services`` are (code, name) pairs; ``companies`` those to choose from. A moment
    without an offset is local to the policy.
    """

    act = forms.ChoiceField(label=gettext_lazy("What for"), choices=_ACTS)
    door = forms.ChoiceField(label=gettext_lazy("Through which channel"))
    who = forms.CharField(
        label=gettext_lazy("Who"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "A user code, a CNPJ or CPF, or a company's name. Empty: somebody without registration."
        ),
    )
    company = forms.CharField(
        label=gettext_lazy("For which company"), required=False, max_length=200
    )
    ticket = forms.CharField(label=gettext_lazy("Ticket number"), required=False, max_length=30)
    service = forms.ChoiceField(label=gettext_lazy("Service"), required=False)
    licence = forms.CharField(label=gettext_lazy("Licence key"), required=False, max_length=80)
    at = forms.CharField(label=gettext_lazy("When"), required=False, max_length=40)
    unproved = forms.BooleanField(
        label=gettext_lazy("By e-mail: nothing proves who sent it"), required=False
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        actor: Actor,
        policy: Policy,
        now: datetime,
        doors: Pairs,
        services: Pairs,
    ) -> None:
        super().__init__(data)
        self.actor, self.policy, self.now = actor, policy, now
        self.person: Who = NOBODY
        self.for_company: Company | None = None
        self.case: Case | None = None
        self.fields["door"].choices = doors  # type: ignore[attr-defined]
        self.fields["service"].choices = services  # type: ignore[attr-defined]
        if data is not None:
            with suppress(Unknown):
                self.person = queries.find_who(str(data.get("who", "")))

    @property
    def companies(self) -> Pairs:
        """To choose from, when the person acts for several."""
        rows = [(str(row.id), row.name) for row in self.person.companies]
        return [("", _("Choose")), *rows] if len(rows) > 1 else []

    def names(self, decision: gate.Decision, policy: Policy) -> words.Situation:
        """What the sentences of a refusal may name. Only for a valid question."""
        cover = decision.coverage
        services = dict(self.fields["service"].choices)  # type: ignore[attr-defined]
        return words.Situation(
            organisation=self.for_company.name if self.for_company else "",
            product=cover.licence.product if cover and cover.licence else "",
            service=str(services.get(self.cleaned_data["service"], "")),
            number=parse_number(self.cleaned_data["ticket"]) or "",
            sales_phone=policy.company.sales_phone,
        )

    def clean_who(self) -> str:
        typed = str(self.cleaned_data["who"]).strip()
        if typed and self.person is NOBODY:
            raise forms.ValidationError(
                _("Nobody answers to this. Check the code, the number or the name.")
            )
        return typed

    def clean_at(self) -> datetime:
        typed = str(self.cleaned_data["at"]).strip()
        if not typed:
            return self.now
        try:
            return moment(typed, timezone=self.policy.timezone)
        except Unreadable:
            raise forms.ValidationError(
                _("Write a day and a time, such as 2026-11-20T17:00.")
            ) from None

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if self.errors:
            return found
        licence = self._licence(found["licence"])
        self.for_company = self._company(found, licence)
        if self.companies and self.for_company is None and found["act"] == Act.OPEN.value:
            self.add_error("company", _("This person acts for several companies: choose one."))
        if not self.errors:
            self._gather(found, licence[0] if licence else None)
        return found

    def _licence(self, key: str) -> tuple[int, int] | None:
        """Licence and company of a key; never one of somebody else's."""
        if not key.strip():
            return None
        companies = [row.id for row in self.person.companies]
        found = find_licence(key, organisations=companies)
        if found is None:
            self.add_error("licence", _("No licence of this person's companies has this key."))
        return found

    def _company(self, found: Mapping[str, Any], licence: tuple[int, int] | None) -> Company | None:
        """The one chosen by id or name, else the licence's, the ticket's, or the only one."""
        rows = self.person.companies
        wanted: int | None = licence[1] if licence else None
        if typed := found["company"].strip():
            chosen = [row for row in rows if typed == str(row.id) or fold(typed) == fold(row.name)]
            return chosen[0] if chosen else None
        if wanted is None and (number := parse_number(found["ticket"])):
            tickets = visible_to(self.actor).filter(number=number)
            wanted = tickets.values_list("organisation_id", flat=True).first()
        theirs = [row for row in rows if row.id == wanted]
        return next(iter(theirs or (rows if len(rows) == 1 else ())), None)

    def _gather(self, found: Mapping[str, Any], licence: int | None) -> None:
        situation = Situation(
            act=Act(found["act"]),
            door=Door(found["door"]),
            at=found["at"],
            person=self.person.person,
            organisation=self.for_company.id if self.for_company else None,
            ticket=found["ticket"],
            service=found["service"] or OTHER_SERVICE,
            licence=licence,
            proved=not found["unproved"],
        )
        try:
            self.case = queries.case_of(self.actor, situation)
        except NotFound:
            self.add_error("ticket", _("You do not see a ticket with this number."))
