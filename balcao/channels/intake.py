"""The one door in: what comes from outside is kept raw, then judged once.

Intake gathers facts and carries out; whether a message may be added to a ticket is the gate's
answer (policy.gate). Nothing a message says sets an owner, a priority or a state, and no header but
From identifies its sender (threats D8, D12).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _

from balcao.channels import actions, judging, queries, reading
from balcao.channels.actions import Draft, Judgement
from balcao.channels.email import proving
from balcao.channels.email.accounts import DEFAULT
from balcao.channels.email.verifying import Unreachable
from balcao.channels.judging import Case
from balcao.channels.models import Inbound, Outcome
from balcao.channels.queries.kept import bytes_of
from balcao.events.registry import Later
from balcao.files import actions as files
from balcao.files.models import StoredFile
from balcao.files.queries import Quota
from balcao.lib.html import resolved
from balcao.lib.mail import headers
from balcao.lib.mail.identity import clear_sender
from balcao.lib.mail.parsing import ParsedMail
from balcao.lib.text import fold_quotes, plain_subject
from balcao.people import queries as people
from balcao.policy import gate, reasons
from balcao.policy.book import Policy
from balcao.policy.gate import Door
from balcao.rulebook import queries as rulebook
from balcao.tickets import actions as tickets
from balcao.tickets.queries import quota_of
from balcao.web import format

DUPLICATE = "duplicate"
# Who judges at once leaves the queue this long before it takes the message over.
_HEAD_START = timedelta(seconds=60)
# Name servers that do not answer are asked again, ever more seldom, for this long.
_PATIENCE = timedelta(hours=24)
_FIRST_WAIT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a message: appended, refused, quarantined, ignored, draft or duplicate.

    ``stored``: it is kept and not yet judged. ``ticket`` is a number.
    """

    outcome: str
    reason: str
    rules: tuple[str, ...]
    ticket: str | None
    message: int | None
    inbound: int


def receive(raw: bytes, *, now: datetime, account: str = DEFAULT) -> Result:
    """Keep a message and judge it at once. Raises OSError or DatabaseError if it cannot be kept."""
    inbound, is_new = _store(raw, account=account, evidence={}, now=now, judge_at=now + _HEAD_START)
    try:
        result = judge(inbound.pk, now=now)
    except Later:
        result = _result(queries.inbound(inbound.pk))
    return result if is_new else replace(result, outcome=DUPLICATE)


def store(
    raw: bytes,
    *,
    now: datetime,
    account: str = DEFAULT,
    evidence: Mapping[str, str] | None = None,
) -> int:
    """Keep a message and leave it to the queue to judge; the id of its row.

    ``evidence``: what the connection showed, where it was our own ("peer", "helo", "from"). When
    this returns, the bytes are on disk and the row is committed. Raises OSError or
    DatabaseError otherwise.
    """
    shown = dict(evidence or {})
    return _store(raw, account=account, evidence=shown, now=now, judge_at=now)[0].pk


def _store(
    raw: bytes, *, account: str, evidence: dict[str, str], now: datetime, judge_at: datetime
) -> tuple[Inbound, bool]:
    external_id = proving.external_id(raw, account, evidence)
    if known := queries.known_inbound(account, external_id):
        return known, False
    kept = files.put(raw, name="message.eml", now=now)
    try:
        made = actions.keep(
            account=account,
            external_id=external_id,
            raw=kept,
            evidence=evidence,
            now=now,
            judge_at=judge_at,
        )
    except IntegrityError:
        files.take_back(kept)
        known = queries.known_inbound(account, external_id)
        if known is None:
            raise
        return known, False
    return made, True


def judge(inbound_id: int, *, now: datetime) -> Result:
    """Decide what becomes of a kept message and do it, once.

    Safe to run again after a crash at any point, and by two workers at once: what was appended is
    found by its key, and the verdict is written by one conditional UPDATE. Raises registry.Later
    while the name servers that could prove its sender do not answer.
    """
    inbound = queries.inbound(inbound_id)
    if inbound.judged_at is not None:
        return _result(inbound)
    waited = now - inbound.received_at
    with rulebook.one_version():
        raw, policy = bytes_of(inbound), rulebook.current()
        last_try = waited >= _PATIENCE
        try:
            judgement = _judgement(inbound, raw, policy=policy, last_try=last_try, now=now)
        except Unreachable as trouble:
            raise Later(max(_FIRST_WAIT, waited / 2)) from trouble
        if not actions.settle(inbound, judgement, policy=policy, now=now):
            return _result(queries.inbound(inbound_id))
    return Result(
        outcome=judgement.outcome.value,
        reason=judgement.reason,
        rules=judgement.rules,
        ticket=judgement.ticket.number if judgement.ticket else None,
        message=judgement.message_id,
        inbound=inbound_id,
    )


def _result(inbound: Inbound) -> Result:
    return Result(
        outcome=inbound.outcome,
        reason=inbound.reason,
        rules=tuple(inbound.rules),
        ticket=inbound.ticket.number if inbound.ticket else None,
        message=inbound.message_id,
        inbound=inbound.pk,
    )


def _judgement(
    inbound: Inbound, raw: bytes, *, policy: Policy, last_try: bool, now: datetime
) -> Judgement:
    seen = judging.look(inbound, raw, policy=policy, last_try=last_try, now=now)
    if seen.mail is None or seen.case is None:
        return seen.about
    return _decided(inbound, seen.about, seen.mail, seen.case, policy=policy, now=now)


def confirm(confirmation_id: int, *, now: datetime) -> None:
    """What somebody said is theirs is judged anew, as from them (R9): the gate decides.

    Safe to run again after a crash. Raises FileNotFoundError when its original is gone.
    """
    row = queries.confirmation(confirmation_id)
    inbound = queries.inbound(row.inbound_id)
    actor = people.actor_by_id(row.user_id, now=now)
    if actor is None or inbound.message_id or inbound.handled not in queries.STILL_OPEN:
        return
    raw = bytes_of(inbound)
    mail = reading.read(raw, max_bytes=settings.MAX_UPLOAD)
    policy = rulebook.current()
    case = judging.case_of(
        inbound,
        raw,
        mail,
        clear_sender(headers.split(raw)[0]),
        policy=policy,
        last_try=True,
        confirmed_by=row.user_id,
        now=now,
    )
    about = Judgement(Outcome.REFUSED, sender=inbound.sender, subject=mail.subject)
    judgement = _decided(inbound, about, mail, case, policy=policy, now=now)
    actions.asking.settle_again(inbound, judgement, policy=policy, actor=actor, now=now)


def _decided(
    inbound: Inbound,
    about: Judgement,
    mail: ParsedMail,
    case: Case,
    *,
    policy: Policy,
    now: datetime,
) -> Judgement:
    decision = gate.decide(case.request, case.facts, policy, now)
    about = replace(about, ticket=case.ticket, rules=decision.rules, reason="", actor=case.actor)
    if not decision.refused:
        return _append(inbound, about, mail, case, policy=policy, now=now)
    if written := case.ticket and queries.message_written(case.ticket, queries.draft_key(inbound)):
        # A crash came between the message and this verdict; what was added stays added.
        return replace(about, outcome=Outcome.APPENDED, rules=(), message_id=written)
    question = (case.request, case.facts, decision)
    about = replace(about, reason=decision.reason or "", question=question)
    return _refused(about, mail, case, policy=policy, now=now)


def _append(
    inbound: Inbound,
    about: Judgement,
    mail: ParsedMail,
    case: Case,
    *,
    policy: Policy,
    now: datetime,
) -> Judgement:
    assert case.ticket is not None
    key = queries.draft_key(inbound)
    # Without files the action alone finds what a crash left: nothing would be kept twice.
    written = queries.message_written(case.ticket, key) if mail.files else None
    if written is None:
        reply, quoted = fold_quotes(mail.text)
        quota = quota_of(case.actor.id, ticket_id=case.ticket.pk)
        stored, pictures, left_out = keep_files(mail, quota, now=now)
        try:
            written = tickets.customer_message(
                actor=case.actor,
                now=now,
                ticket_id=case.ticket.pk,
                body="\n\n".join([reply or mail.subject, *left_out]),
                quoted=quoted,
                html=resolved(mail.html, pictures),
                key=key,
                files=stored,
                door=Door.EMAIL,
                sender=case.facts.sender,
                subject=plain_subject(mail.subject),
                goes_on=case.goes_on,
            ).pk
        except tickets.Refused as refusal:
            # The ticket changed since it was looked at; the action has recorded its decision.
            decision = refusal.decision
            about = replace(about, reason=decision.reason or "", rules=decision.rules)
            return _refused(about, mail, case, policy=policy, now=now)
    return replace(about, outcome=Outcome.APPENDED, message_id=written)


def keep_files(
    mail: ParsedMail, quota: Quota, *, now: datetime
) -> tuple[list[StoredFile], dict[str, str], list[str]]:
    """The mail's files, the pictures among them by their Content-ID, and in words those that were
    not kept because a quota is used up (I5).
    """
    stored, pictures, left_out = [], {}, []
    for part in mail.files:
        try:
            stored += files.store_within([(part.content, part.name)], now=now, quota=quota)
        except files.Full:
            names = {"name": part.name, "size": format.file_size(len(part.content))}
            said = _("[File not accepted, there is no room left: %(name)s (%(size)s)]")
            left_out.append(said % names)
            continue
        pictures[part.cid] = stored[-1].pk.hex
    return stored, pictures, left_out


def _refused(
    about: Judgement, mail: ParsedMail, case: Case, *, policy: Policy, now: datetime
) -> Judgement:
    """Kept with its reason. Only a proved sender is told anything or gets a draft (R9, R12)."""
    fate, asked = judging.fate_of(about, case, policy=policy)
    about = replace(about, ask=asked if fate.asked else None, warn=fate.warned)
    if fate.apart:
        unproved = case.late and about.reason == reasons.NOT_AUTHENTICATED
        reason = "not_verified" if unproved else about.reason
        return replace(about, outcome=Outcome.QUARANTINED, reason=reason)
    draft = _draft(mail, case, now=now) if fate.drafted else None
    is_new = about.reason == reasons.NEW_MAIL
    outcome = Outcome.DRAFT if draft and is_new else Outcome.REFUSED
    return replace(about, outcome=outcome, notice=fate.told, comes_back=fate.returned, draft=draft)


def _draft(mail: ParsedMail, case: Case, *, now: datetime) -> Draft | None:
    """What was written waits in the portal: for the ticket's contact, else for every owner of the
    address who may sign in.
    """
    found = [case.actor]
    if case.ticket is None:
        first = case.actor.id
        found += [people.actor_of(owner) for owner in case.owners if owner.user_id != first]
    owners = tuple(actor for actor in found if actor.is_contact)
    if not owners:
        return None
    stored, _pictures, left_out = keep_files(mail, quota_of(owners[0].id), now=now)
    body = "\n\n".join([mail.text, *left_out])
    return Draft(owners=owners, subject=mail.subject, body=body, files=stored)
