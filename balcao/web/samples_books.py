"""Made-up values for the design page of the desk's books: forms, what was bought, notices."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

from django import forms
from django.utils import timezone

from balcao.policy.entitlement import Coverage
from balcao.web import format, words
from balcao.web.words import published
from balcao.web.words.timeline import Stretch, Timeline

_DAY = timedelta(days=1)


class SampleForm(forms.Form):
    """One field of each kind that ``ui.bound`` draws."""

    name = forms.CharField(label="Nome", help_text="Como aparece nas páginas.")
    since = forms.DateField(
        label="Desde", widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    kind = forms.ChoiceField(label="Tipo", choices=[("a", "Contrato"), ("b", "Avulso")])
    why = forms.CharField(label="Motivo", widget=forms.Textarea)
    active = forms.BooleanField(label="Em uso", required=False, help_text="Aparece nas listas.")
    file = forms.FileField(label="Planilha", required=False)


def books(now: datetime) -> SimpleNamespace:
    """Everything that ``web/design_books.html`` shows, as of ``now``."""
    tz = timezone.get_current_timezone()
    empty = SampleForm({"kind": "a"}, prefix="erro")
    empty.add_error(None, "Já existe um cadastro com este nome.")
    return SimpleNamespace(
        form=SampleForm(initial={"name": "Padaria Pão Quente", "active": True}),
        wrong=empty,
        card=_card(now.date()),
        timeline=_timeline(now),
        coverage=(
            words.CoverageWords("ok", "shield-check", "Coberto", "Licença perpétua", "sem fim"),
            words.excepted(now + _DAY, tz=tz),
        ),
        banners=tuple(
            published.banner(
                level,
                title,
                "Chamados e e-mail funcionam.\nAvisamos aqui quando voltar.",
                changed_at=now - timedelta(minutes=12),
                ends_at=now + _DAY if level == "maintenance" else None,
                now=now,
                tz=tz,
            )
            for level, title in (
                ("outage", "Não estamos recebendo ligações"),
                ("maintenance", "Atualização do portal no sábado"),
                ("information", "Novo horário de atendimento em dezembro"),
            )
        ),
        remote=SimpleNamespace(
            tone="paused", title="Acesso remoto em andamento", text="Bruno Lima, há 12 min"
        ),
        links=(
            SimpleNamespace(is_origin=True, number="4827193059", subject="Nota fiscal não sai"),
            SimpleNamespace(is_origin=False, number="1930557284", subject="Etiqueta de preço"),
        ),
        call=SimpleNamespace(session={"call": {"address": "#", "since": "17:40"}}),
        other=SimpleNamespace(href="#", label="Portal"),
    )


def _card(today: date) -> SimpleNamespace:
    return SimpleNamespace(
        organisation_id=1,
        organisation="Padaria Pão Quente Ltda.",
        products="Direction PABX",
        coverage=Coverage("saas", None, None, True, today + 35 * _DAY, None, None, ()),
        current_contracts=(
            _contract(today, "C-2026-014", ends=today + 35 * _DAY),
            _contract(today, "C-2026-015", state="suspended", suspended_from=today),
        ),
        past_contracts=(
            _contract(today, "C-2024-002", ends=today - 40 * _DAY, state="ended", replaced=True),
        ),
        current_licences=(
            _licence(today, "7Q2K", until=35, state="valid", unit="Filial Olinda", extensions=12),
        ),
        expired_licences=(_licence(today, "3M9T", until=-20, state="ended"),),
        past_licences=(),
    )


def _contract(
    today: date,
    reference: str,
    *,
    ends: date | None = None,
    state: str = "active",
    replaced: bool = False,
    suspended_from: date | None = None,
) -> SimpleNamespace:
    return SimpleNamespace(
        id=1,
        kind="saas",
        reference=reference,
        starts=today - 300 * _DAY,
        ends=ends,
        units=(),
        state=state,
        replaced=replaced,
        suspended_from=suspended_from,
        suspended_until=None,
        suspension_reason="renewal",
    )


def _licence(
    today: date, key: str, *, until: int, state: str, unit: str = "", extensions: int | None = None
) -> SimpleNamespace:
    return SimpleNamespace(
        id=1,
        product="Caixa",
        version="9.2",
        masked_key=f"••••-{key}",
        valid_from=today - 300 * _DAY,
        valid_until=today + until * _DAY,
        contract="C-2026-014",
        unit=unit,
        extensions=extensions,
        equipment="",
        technical_until=None,
        state=state,
        replaced=False,
    )


def _timeline(now: datetime) -> Timeline:
    looks = (
        ("counted", format.Look(tone="brand", icon="timer"), "Contado", 0, 420),
        ("paused", format.Look(tone="paused", icon="circle-pause"), "Pausado", 420, 180),
        ("late", format.Look(tone="late", icon="circle-alert"), "Atrasado", 600, 400),
    )
    begins = now - timedelta(hours=30)
    return Timeline(
        deadline="resolution",
        title="Conclusão",
        promised="40 h",
        used="21 h 40",
        by_business=False,
        begins=begins,
        due=now - timedelta(hours=2),
        met=None,
        stretches=tuple(
            Stretch(
                kind=kind,
                look=look,
                text=text,
                start=begins + place * timedelta(hours=10),
                end=begins + (place + 1) * timedelta(hours=10),
                length="10 h",
                x=x,
                width=width,
            )
            for place, (kind, look, text, x, width) in enumerate(looks)
        ),
        marker=980,
    )
