"""What the demo's sales desk did: orders of every state, one-offs used and not, questions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from balcao.entitlements.actions import run_prepaid
from balcao.entitlements.models import PrepaidTicket
from balcao.people.models import User
from balcao.people.queries import actor_for
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.entitlement import local_day
from balcao.policy.lifecycle import Verb
from balcao.policy.prepaid import Entry
from balcao.rulebook import actions as book
from balcao.rulebook import queries as rulebook
from balcao.rulebook.models import PolicyVersion
from balcao.sales import actions as sales
from balcao.sales.models import Enquiry, Order, OrderState
from balcao.server.demo.cast import EVERYBODY
from balcao.tickets import actions as tickets
from balcao.tickets.models import ScopeQuestion, Ticket

_CODES = {member.key: member.code for member in EVERYBODY}
_SELLER, _AGENT = "otavio", "bruno"
_HOUR = timedelta(hours=1)
# No moment of a story is the same: an interrupted telling knows its steps by their moments.
_APART = timedelta(microseconds=123_457)
_PIX = {
    "pix_key": "financeiro@direction.example",
    "pix_name": "Direction",
    "pix_city": "Recife",
}


@dataclass(frozen=True, slots=True)
class Bought:
    """One order, so many days before the first run. ``due``: days from then. ``then``: what came of
    it, by name, two hours after the sale or so many ``hours`` before the first run.
    """

    key: str
    who: str
    kind: str
    service: str
    days: float
    cents: int
    payment: str
    quantity: int = 1
    reference: str = ""
    purchase_order: str = ""
    due: int | None = None
    agreed: bool = False
    paid: bool = True
    then: str = ""
    hours: float | None = None


_PROBLEM, _INSTALL, _TRAINING = "oneoff_problem", "oneoff_install", "oneoff_training"
_BOUGHT = (
    Bought("vencido", "ademar", _PROBLEM, "incident", 402, 22000, "cash", agreed=True),
    Bought("a-vencer", "ademar", _PROBLEM, "incident", 358, 22000, "cash", agreed=True),
    Bought(
        "empenho",
        "vera",
        _INSTALL,
        "remote_install",
        325,
        38000,
        "invoiced",
        quantity=2,
        purchase_order="2025NE000417",
        due=-290,
    ),
    Bought("usado", "vera", _PROBLEM, "incident", 62, 24000, "card", agreed=True, then="used"),
    Bought("estorno", "vera", _TRAINING, "remote_training", 41, 32000, "card", then="refunded"),
    Bought("treino", "ademar", _TRAINING, "remote_training", 33, 32000, "card"),
    Bought(
        "devolvido", "hebert", _PROBLEM, "incident", 24, 25000, "cash", agreed=True, then="returned"
    ),
    Bought(
        "fila", "hebert", _PROBLEM, "incident", 3, 25000, "cash",
        agreed=True, then="submitted", hours=0.4,
    ),
    Bought(
        "duvida", "ademar", _PROBLEM, "incident", 2, 25000, "cash",
        agreed=True, then="asking", hours=1.2,
    ),
    Bought(
        "desistencia", "cesar", _TRAINING, "remote_training", 12, 32000, "boleto",
        reference="34191.79001", due=-5, paid=False, then="cancelled",
    ),
    Bought(
        "boleto-vencido", "vera", _INSTALL, "licence_upgrade", 9, 42000, "boleto",
        reference="34191.79002", due=-2, paid=False,
    ),
    Bought(
        "boleto", "tereza", _TRAINING, "remote_training", 1, 32000, "boleto",
        quantity=3, reference="34191.79003", due=6, paid=False,
    ),
    Bought(
        "pedido", "hebert", _TRAINING, "remote_training", 0.2, 32000, "boleto",
        reference="34191.79004", due=7, paid=False,
    ),
    Bought("pix", "ademar", _INSTALL, "remote_install", 0.1, 39000, "pix", paid=False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A question before a sale, so many hours before the first run; ``covered``: the answer."""

    key: str
    who: str
    kind: str
    service: str
    hours: float
    question: str
    covered: bool | None = None
    reason: str = ""


_ASKED = (
    Asked(
        "relatorio",
        "vera",
        _PROBLEM,
        "custom_report",
        190,
        "Um relatório novo, por setor, entra no chamado avulso?",
        covered=False,
        reason="Relatório personalizado é um projeto à parte; enviamos a proposta.",
    ),
    Asked(
        "central",
        "hebert",
        _PROBLEM,
        "integration",
        120,
        "A central parou de enviar as ligações. Um avulso resolve?",
        covered=True,
        reason="É um problema técnico específico: está coberto.",
    ),
    Asked(
        "ramais",
        "ademar",
        _PROBLEM,
        "configuration",
        52,
        "Mudar os ramais da filial para o novo plano: está coberto?",
    ),
    Asked(
        "migracao",
        "cesar",
        _INSTALL,
        "integration",
        0.5,
        "Vamos trocar a central. A integração com a nova entra na instalação?",
    ),
)


def play_sales(anchor: datetime) -> None:
    """All of it; what is there already, from a run that was interrupted, stays."""
    _offer_pix(anchor)
    for one in _BOUGHT:
        _buy(one, anchor)
    for question in _ASKED:
        _ask(question, anchor)


def let_sales_wait(anchor: datetime) -> None:
    """What the ticker would have noticed of sales by now."""
    run_prepaid(anchor)
    tickets.run_questions(anchor)
    sales.run_enquiries(anchor)


def _offer_pix(anchor: datetime) -> None:
    """A key of nobody's, so that the demo shows a picture to pay by."""
    document = PolicyVersion.objects.latest("number").document
    if not document.get("payment", {}).get("pix_key"):
        document["payment"] = dict(_PIX)
        book.save(document, reason="Chave PIX do financeiro.", actor=SYSTEM, now=anchor - _HOUR)


def _actor(key: str) -> Actor:
    return actor_for(User.objects.get(code=_CODES[key]))


def _buy(one: Bought, anchor: datetime) -> None:
    at = anchor - timedelta(days=one.days) + _APART
    buyer = User.objects.get(code=_CODES[one.who])
    today = local_day(anchor, rulebook.current().timezone)
    order = sales.place_order(
        actor=_actor(_SELLER),
        now=at,
        buyer=sales.Buyer(organisation=min(_actor(one.who).organisations), contact=buyer.pk),
        sale=sales.Sale(
            kind=one.kind,
            service=one.service,
            quantity=one.quantity,
            unit_cents=one.cents,
            payment=one.payment,
            reference=one.reference,
            purchase_order=one.purchase_order,
            due_on=today + timedelta(days=one.due) if one.due is not None else None,
            agreed=one.agreed,
            despite_contract=True,
        ),
        key=f"demo:{one.key}",
        tell=not one.paid,
    )
    if one.paid and order.state == OrderState.OPEN:
        sales.confirm_payment(
            actor=_actor(_SELLER), now=at + _HOUR, order_id=order.pk, revision=order.revision
        )
        order.refresh_from_db()
    if one.then:
        later = anchor - one.hours * _HOUR if one.hours is not None else at + 2 * _HOUR
        _THEN[one.then](order, later + _APART)


def _sold(order: Order) -> Ticket | None:
    """The order's ticket, while nothing was done with it."""
    fresh = Ticket.objects.filter(prepaid__item__order=order, prepaid__last=Entry.SOLD.value)
    return fresh.select_related("opener").first()


def _describe(ticket: Ticket, at: datetime, *, subject: str, body: str, service: str = "") -> None:
    tickets.customer_message(
        actor=actor_for(ticket.opener),
        now=at,
        ticket_id=ticket.pk,
        subject=subject,
        body=body,
        service=service,
        key=f"demo:{ticket.pk}:1",
    )


def _submitted(order: Order, at: datetime) -> None:
    if ticket := _sold(order):
        _describe(
            ticket,
            at,
            subject="Tarifador não abre depois da troca do computador",
            body="Trocamos o computador da recepção e o tarifador não abre mais: aparece uma"
            " mensagem de banco de dados não encontrado.",
        )


def _used(order: Order, at: datetime) -> None:
    ticket = _sold(order)
    if ticket is None:
        return
    _describe(
        ticket,
        at,
        subject="Ligações sem valor no relatório de ontem",
        body="O relatório de ontem saiu com todas as ligações zeradas.",
    )
    tickets.staff_reply(
        actor=_actor(_AGENT),
        now=at + _HOUR,
        ticket_id=ticket.pk,
        body="A tabela do dia não tinha sido carregada. Carreguei de novo e reprocessei: os valores"
        " já aparecem.",
        key=f"demo:{ticket.pk}:2",
        then=Verb.RESOLVE,
    )


def _returned(order: Order, at: datetime) -> None:
    if _asked(order, at) is not None:
        ticket = Ticket.objects.get(prepaid__item__order=order)
        tickets.answer_scope(
            actor=_actor(_SELLER),
            now=at + 2 * _HOUR,
            ticket_id=ticket.pk,
            covered=False,
            reason="A integração com outro fabricante é um projeto; enviamos uma proposta.",
        )


def _asking(order: Order, at: datetime) -> None:
    _asked(order, at)


def _asked(order: Order, at: datetime) -> ScopeQuestion | None:
    """The problem turns out to be about something that nobody listed."""
    if ticket := _sold(order):
        _describe(
            ticket,
            at,
            subject="Integração com a catraca do refeitório",
            body="Queremos que a catraca do refeitório mande os acessos para o sistema.",
            service="integration",
        )
    open_now = ScopeQuestion.objects.filter(ticket__prepaid__item__order=order, answered_at=None)
    return open_now.first()


def _refunded(order: Order, at: datetime) -> None:
    unused = PrepaidTicket.objects.filter(item__order=order, last=Entry.SOLD.value)
    if chosen := list(unused.values_list("pk", flat=True)):
        sales.refund(
            actor=_actor(_SELLER),
            now=at,
            order_id=order.pk,
            revision=order.revision,
            prepaid_ids=chosen,
            cause=sales.Cause.REQUESTED,
        )


def _cancelled(order: Order, at: datetime) -> None:
    if order.state == OrderState.OPEN:
        sales.cancel_order(
            actor=_actor(_SELLER),
            now=at,
            order_id=order.pk,
            revision=order.revision,
            cause=sales.Cause.REQUESTED,
        )


_THEN: dict[str, Callable[[Order, datetime], None]] = {
    "used": _used,
    "submitted": _submitted,
    "returned": _returned,
    "asking": _asking,
    "refunded": _refunded,
    "cancelled": _cancelled,
}


def _ask(one: Asked, anchor: datetime) -> None:
    at = anchor - timedelta(hours=one.hours) + _APART
    contact = User.objects.get(code=_CODES[one.who])
    row = sales.ask_enquiry(
        actor=_actor(_SELLER),
        now=at,
        asked=sales.Question(
            kind=one.kind,
            service=one.service,
            question=one.question,
            organisation=min(_actor(one.who).organisations),
            contact=contact.pk,
        ),
        key=f"demo:{one.key}",
    )
    if one.covered is not None and Enquiry.objects.get(pk=row.pk).answered_at is None:
        sales.answer_enquiry(
            actor=_actor(_SELLER),
            now=at + _HOUR,
            enquiry_id=row.pk,
            covered=one.covered,
            reason=one.reason,
        )
