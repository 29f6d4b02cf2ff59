"""Made-up values for the design page: every component in every state."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

from django.utils import timezone

from balcao.policy.book import Verdict
from balcao.policy.gate import Act, Decision, Door
from balcao.web import format, words
from balcao.web.shell import Entry

STATES = (
    "open",
    "in_service",
    "asking_sales",
    "waiting_customer",
    "waiting_third",
    "scheduled",
    "resolved",
    "closed",
    "cancelled",
)


def sample(now: datetime, *, focus: str = "ticket") -> SimpleNamespace:
    """Everything the design templates show, as of `now`."""
    chips = _chips(now)
    return SimpleNamespace(
        person="Marina",
        focus=focus,
        at=now - timedelta(hours=3, minutes=20),
        states=STATES,
        chips=chips,
        rows=_rows(chips),
        coverage=_coverage(now.date()),
        rails=(
            words.rail("open"),
            words.rail("in_service"),
            words.rail("waiting_customer"),
            words.rail("resolved"),
        ),
        refusals=_refusals(now.date()),
        files=(
            SimpleNamespace(name="erro-nota.png", size=482_113, href="#", flagged=False, held=""),
            SimpleNamespace(
                name="log-completo-da-impressora-fiscal.txt",
                size=1_430_000,
                href="#",
                flagged=True,
                held="",
            ),
        ),
        options=(
            SimpleNamespace(
                value="1", label="Caixa", text="Válida até 31/12/2026", disabled=False, mark=""
            ),
            SimpleNamespace(
                value="2", label="Estoque", text="Venceu em 03/11/2026", disabled=False, mark=""
            ),
        ),
        menu=(
            Entry("Início", "#", icon="house", current=True),
            Entry("Chamados", "#", icon="ticket", count=3),
            Entry("Como funciona", "#", icon="circle-question-mark"),
        ),
        views=(
            Entry("Fila", "#", icon="list-ordered", current=True, count=12, unread=True),
            Entry("Meus chamados", "#", icon="user-round", count=4),
            Entry("Sem responsável", "#", icon="user-round-x", count=7),
            Entry("Aguardando cliente", "#", icon="hourglass", count=9, group="Acompanhar"),
            Entry("Todos", "#", icon="inbox", count=None),
        ),
    )


def _chips(now: datetime) -> dict[str, format.Chip | None]:
    tz = timezone.get_current_timezone()
    due = {
        "ok": now + timedelta(hours=21, minutes=40),
        "soon": now + timedelta(hours=2, minutes=10),
        "late": now - timedelta(hours=1, minutes=20),
        "met": now + timedelta(hours=5),
        "paused": now + timedelta(days=2, hours=3),
    }
    return {
        name: format.deadline(name, due[name], now=now, tz=tz)  # type: ignore[arg-type]
        for name in due
    }


def _rows(chips: dict[str, format.Chip | None]) -> tuple[SimpleNamespace, ...]:
    rows = (
        ("Nota fiscal não sai desde hoje cedo", "4827193059", "open", "ok", ""),
        ("Relatório de vendas com valores trocados", "1930557284", "in_service", "soon", "Bruno"),
        ("Etiqueta de preço", "7305519284", "waiting_customer", "paused", "Ana Prado"),
        ("Erro ao abrir o caixa depois da atualização", "5519284730", "open", "late", ""),
        ("Instalar em um computador novo", "9284730551", "scheduled", "ok", "Ana Prado"),
        ("Senha do administrador", "2847305519", "resolved", "met", "Bruno Lima"),
    )
    return tuple(
        SimpleNamespace(
            subject=subject,
            number=digits,
            organisation="Padaria Pão Quente Ltda.",
            badge=words.state(state, staff=True),
            customer_badge=words.state(state, staff=False, place=3),
            chip=chips[chip],
            assignee=assignee,
            detail="Caixa",
            needs_you=state == "waiting_customer",
        )
        for subject, digits, state, chip, assignee in rows
    )


def _coverage(today: date) -> tuple[words.CoverageWords, ...]:
    covered = words.CoverageWords(
        tone="ok",
        icon="shield-check",
        word="Coberto",
        what="Contrato SaaS · Caixa",
        until="até 31/12/2026",
    )
    ended = words.not_covered("contract_ended", since=today - timedelta(days=20))
    return covered, words.asking(), ended


def _refusals(today: date) -> tuple[words.Refusal, ...]:
    situation = words.Situation(
        organisation="Padaria Pão Quente",
        product="Caixa",
        service="Relatório personalizado",
        sales_phone="(81) 5550-0197",
    )
    since = today - timedelta(days=20)
    decisions = (
        _decision(Verdict.REFUSE, "licence_expired", "renew", since),
        _decision(Verdict.ASK, "service_not_covered", "talk_to_sales", None),
    )
    return tuple(words.refusal(decision, situation) for decision in decisions)


def _decision(verdict: Verdict, reason: str, next_step: str, since: date | None) -> Decision:
    return Decision(
        verdict=verdict,
        act=Act.OPEN,
        door=Door.PORTAL,
        rules=("S5",),
        reason=reason,
        next_step=next_step,
        since=since,
        coverage=None,
        warnings=(),
        observed=(),
        policy_version=1,
        at=timezone.now(),
    )
