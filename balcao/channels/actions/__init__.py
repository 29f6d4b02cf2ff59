"""Writing what came in and what goes out."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from balcao.channels import queries
from balcao.channels.actions import asking, testing
from balcao.channels.actions.verdicts import JUDGED
from balcao.channels.models import AccountState, Delivery, DeliveryState, Inbound, Outcome
from balcao.events.actions import emit, enqueue, gathering, spend
from balcao.events.changes import Change, insert
from balcao.files import actions as files
from balcao.files.models import StoredFile
from balcao.lib.mail import token as tokens
from balcao.lib.mail.composing import is_id, one_line
from balcao.policy import gate, mailbox
from balcao.policy.access import ANONYMOUS, SYSTEM, Actor
from balcao.policy.book import Policy
from balcao.policy.gate import Door
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions import save_draft
from balcao.tickets.actions.refusal import Judged
from balcao.tickets.models import Ticket
from balcao.tickets.queries.evidence import of_decision

TOKEN_LIFE = timedelta(days=365)
ALARM_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a refused mail said, to be kept for these people."""

    owners: tuple[Actor, ...]
    subject: str
    body: str
    files: Sequence[StoredFile]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of one message from outside.

    ``question``: what the gate was asked and answered, when no ticket action has recorded it.
    ``auth``: the proof that was found. ``machine``: which program wrote it. ``notice``: its sender
    is to be told, only ever one who was authenticated; ``comes_back``: as if it were returned to
    them. ``returned``: our own mails that it
    says did not arrive, with the ``words`` of the server that gave them up. ``ask``: the person on
    whose registered address it lays claim is asked whether it was they; ``warn``: the ticket's
    contact learns that something came (R9). ``tested``: the mark of our test of an account.
    ``unread``: it could not be taken apart, and somebody must look at it.
    """

    outcome: Outcome
    reason: str = ""
    rules: tuple[str, ...] = ()
    sender: str = ""
    subject: str = ""
    mail_id: str = ""
    ticket: Ticket | None = None
    message_id: int | None = None
    question: tuple[gate.Request, gate.Facts, gate.Decision] | None = None
    actor: Actor = ANONYMOUS
    draft: Draft | None = None
    notice: bool = False
    comes_back: bool = False
    unread: bool = False
    auth: str = ""
    machine: str = ""
    returned: tuple[Delivery, ...] = ()
    words: str = ""
    ask: int | None = None
    warn: bool = False
    tested: str = ""


@transaction.atomic
def keep(
    *,
    account: str,
    external_id: str,
    raw: StoredFile,
    evidence: dict[str, str],
    now: datetime,
    judge_at: datetime,
) -> Inbound:
    """Keep a message as it came, its bytes ``raw`` on the disk already, and have it judged.

    Raises IntegrityError when it was kept before.
    """
    files.save(raw, now=now)
    row = Inbound(
        account=account,
        external_id=external_id,
        raw=raw,
        evidence=evidence,
        received_at=now,
    )
    insert([row])
    enqueue(
        "channels.judge",
        now=now,
        run_at=judge_at,
        key=f"channels.judge:{row.pk}",
        inbound_id=row.pk,
    )
    return row


@transaction.atomic
def settle(inbound: Inbound, judgement: Judgement, *, policy: Policy, now: datetime) -> bool:
    """Write down what became of a message, once: False when somebody else was faster.

    The record of the decision, the draft and the notice stand or fall with it. ``policy``: the one
    it was judged by.
    """
    with rulebook.one_version(), gathering():
        return _settle(inbound, judgement, policy=policy, now=now)


def _settle(inbound: Inbound, judgement: Judgement, *, policy: Policy, now: datetime) -> bool:
    changed = JUDGED.make(
        inbound.pk,
        judgement.outcome.value,
        judgement.reason,
        list(judgement.rules),
        judgement.sender[:254],
        judgement.subject[:200],
        judgement.mail_id[:250],
        judgement.ticket.pk if judgement.ticket else None,
        judgement.message_id,
        judgement.auth,
        judgement.machine,
        now,
        purged_at(inbound, judgement, policy=policy),
    )
    if not changed:
        return False
    keep_record(inbound, judgement, now=now)
    if judgement.tested:
        testing.test_came_back(judgement.tested, account=inbound.account, now=now)
    for delivery in judgement.returned:
        mark_returned(delivery, answer=judgement.words, now=now)
    data = {
        "outcome": judgement.outcome.value,
        "reason": judgement.reason,
        "ticket": judgement.ticket.pk if judgement.ticket else None,
        "message": judgement.message_id,
    }
    appended = judgement.outcome is Outcome.APPENDED
    emit("mail.appended" if appended else "mail.kept", inbound, actor=SYSTEM, now=now, data=data)
    sender = judgement.sender
    if judgement.notice and may_answer(sender, proved=True, ticket=judgement.ticket, now=now):
        wanted = data | {"comes_back": judgement.comes_back}
        emit("mail.notice_wanted", inbound, actor=SYSTEM, now=now, data=wanted)
    asking.settle(inbound, judgement, now=now)
    # However many come at once, one letter says so: all of them stand in the list.
    if judgement.unread and spend("mail.unread", limit=1, window=ALARM_WINDOW, now=now):
        emit("mail.unread", inbound, actor=SYSTEM, now=now, data={"reason": judgement.reason})
    return True


def keep_record(inbound: Inbound, judgement: Judgement, *, now: datetime) -> None:
    """The decision on the record, and what was written as a draft where it waits."""
    if judgement.question:
        _record(judgement, now=now)
    if judgement.draft:
        _keep_draft(inbound, judgement.draft, now=now)


def purged_at(inbound: Inbound, judgement: Judgement, *, policy: Policy) -> datetime:
    """When its original goes, as the policy keeps it."""
    appended = judgement.outcome is Outcome.APPENDED
    return mailbox.purged_at(inbound.received_at, appended=appended, retention=policy.retention)


def _record(judgement: Judgement, *, now: datetime) -> None:
    """The refusal on the record, as a refused page or call leaves it."""
    assert judgement.question is not None
    request, facts, decision = judgement.question
    ticket = judgement.ticket
    row = Judged(
        request,
        facts,
        decision,
        actor=judgement.actor,
        organisation_id=ticket.organisation_id if ticket else None,
        ticket_id=ticket.pk if ticket else None,
    ).record()
    emit(
        "ticket.refused",
        row,
        actor=judgement.actor,
        now=now,
        data={
            **of_decision(row),
            "act": decision.act.value,
            "door": decision.door.value,
            "reason": decision.reason or "",
            "rules": list(decision.rules),
            "ticket": ticket.pk if ticket else None,
        },
    )


def _keep_draft(inbound: Inbound, draft: Draft, *, now: datetime) -> None:
    for owner in draft.owners:
        only = next(iter(owner.organisations)) if len(owner.organisations) == 1 else None
        save_draft(
            actor=owner,
            now=now,
            key=queries.draft_key(inbound),
            subject=draft.subject,
            body=draft.body,
            organisation_id=only,
            files=draft.files,
            door=Door.EMAIL,
        )


def may_answer(recipient: str, *, proved: bool, ticket: Ticket | None, now: datetime) -> bool:
    """The cap on all that a mail from outside makes us send: one mail to a recipient in 24 hours
    of those that are counted together (``mailbox.counted_as``), whatever it says (S10, R9).
    """
    name = hashlib.sha256(recipient.encode()).hexdigest()[:32]
    counted = mailbox.counted_as(proved=proved, ticket=ticket.pk if ticket else None)
    return spend(f"mail.{counted}:{name}", limit=1, window=mailbox.ANSWER_WINDOW, now=now)


@transaction.atomic(savepoint=False)
def post(
    *,
    kind: str,
    key: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    now: datetime,
    user_id: int | None = None,
    ticket: Ticket | None = None,
    message_id: int | None = None,
    token: bool = False,
    automatic: bool = True,
    answers: str = "",
    secret: bool = False,
    comes_back: bool = False,
    calendar: str = "",
    paper: StoredFile | None = None,
    qr: str = "",
) -> Delivery:
    """Have a mail sent once: the same ``key`` again is the same mail.

    Its Message-ID is fixed here, before the first try, and signed; with ``token`` its mark lets
    ``recipient`` answer into ``ticket`` (R11). ``automatic``: no human wrote it now.
    ``answers``: the Message-ID of the foreign mail it answers. ``secret``: it holds a link that
    lets its reader in, so that its text is kept only until it was sent or given up (A3).
    ``comes_back``: it says that the recipient's mail was not accepted. ``calendar``: a calendar
    file that goes with it; ``paper``: a PDF that does, unless the virus scanner holds it when the
    mail leaves, or it is too large for mail. ``qr``: what a QR code says that its HTML shows as
    ``cid:picture``.
    """
    thread = queries.thread_ids(ticket.pk, recipient) if ticket else (answers,)
    headers = {"automatic": automatic, "comes_back": comes_back, "secret": secret, "qr": qr}
    row = Delivery(
        key=key,
        kind=kind,
        recipient=recipient,
        user_id=user_id,
        ticket=ticket,
        message_id=message_id,
        mail_id=_mail_id(recipient, ticket if token else None, now=now),
        subject=one_line(subject),
        text=text,
        html=html,
        calendar=calendar,
        paper=paper,
        headers={**headers, "references": [one for one in thread if is_id(one)]},
        created_at=now,
    )
    if not insert([row], unless_there=True):
        return Delivery.objects.get(key=key)
    enqueue("channels.send", now=now, key=f"channels.send:{row.pk}", delivery_id=row.pk)
    return row


def _mail_id(recipient: str, ticket: Ticket | None, *, now: datetime) -> str:
    domain = queries.mail_domain(rulebook.current())
    token = tokens.make(
        queries.token_secret(),
        ticket=ticket.number if ticket else tokens.NO_TICKET,
        recipient=recipient,
        delivery=_random_name(5),
        expires=(now + TOKEN_LIFE).date(),
    )
    return f"<{token}@{domain}>"


def _random_name(size: int) -> str:
    """Letters and digits, eight for every five random bytes."""
    return base64.b32encode(secrets.token_bytes(size)).decode("ascii").lower()


@transaction.atomic
def mark_sent(delivery: Delivery, *, answer: str, now: datetime) -> None:
    """The next server took the mail."""
    if _SENT.make(delivery.pk, now, answer[:300]):
        _forget_secret(delivery)
        emit("mail.sent", delivery, actor=SYSTEM, now=now, data={"ticket": delivery.ticket_id})


_SENT = Change(
    lambda pk, now, answer: (
        Delivery.objects.filter(pk=pk, state=DeliveryState.QUEUED),
        {"state": DeliveryState.SENT, "sent_at": now, "answer": answer},
    ),
    *(int, datetime, str),
)


@transaction.atomic
def mark_failed(delivery: Delivery, *, answer: str, now: datetime) -> None:
    """The mail will not be tried again; ``answer`` is the server's last word."""
    changed = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.QUEUED).update(
        state=DeliveryState.FAILED,
        answer=answer[:300],
        attempts=F("attempts") + 1,
        failed_at=now,
    )
    if changed:
        _forget_secret(delivery)
        emit("mail.failed", delivery, actor=SYSTEM, now=now, data={"ticket": delivery.ticket_id})


@transaction.atomic
def mark_returned(delivery: Delivery, *, answer: str, now: datetime) -> None:
    """The next server had taken the mail, and a later one gave it up; ``answer``: its words."""
    changed = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENT).update(
        state=DeliveryState.FAILED, answer=answer[:300], failed_at=now
    )
    if changed:
        emit("mail.failed", delivery, actor=SYSTEM, now=now, data={"ticket": delivery.ticket_id})


def _forget_secret(delivery: Delivery) -> None:
    if delivery.headers.get("secret"):
        Delivery.objects.filter(pk=delivery.pk).update(text="", html="")


@transaction.atomic
def mark_tried(delivery: Delivery, *, answer: str) -> int:
    """A try failed and another will follow; how many have failed so far."""
    Delivery.objects.filter(pk=delivery.pk).update(answer=answer[:300], attempts=F("attempts") + 1)
    return delivery.attempts + 1


@transaction.atomic
def note_account(name: str, *, problem: str, now: datetime) -> None:
    """An account for incoming mail works, or has trouble; the record tells each change once."""
    row, _ = AccountState.objects.get_or_create(name=name)
    words = problem[:300]
    since = (row.problem_at or now) if problem else None
    news = {"problem": words, "problem_at": since, **({} if problem else {"connected_at": now})}
    # Of two that note the same change, one tells it.
    changed = AccountState.objects.filter(pk=row.pk, problem=row.problem).update(**news)
    if changed and bool(problem) != bool(row.problem):
        verb = "mail.account_failed" if problem else "mail.account_mended"
        emit(verb, row, actor=SYSTEM, now=now, data={})
