"""What a mail refers to, and whether it is proved who sent it (R11, R12)."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from balcao.channels import queries
from balcao.channels.email import verifying
from balcao.channels.email.accounts import account as account_named
from balcao.channels.email.verifying import Unreachable
from balcao.channels.models import Inbound
from balcao.lib.mail import headers
from balcao.lib.mail import token as tokens
from balcao.lib.mail.authentication import aligned
from balcao.lib.mail.identity import Sender, Unclear, clear_sender
from balcao.lib.mail.parsing import ParsedMail
from balcao.lib.mail.trust import Trust
from balcao.lib.text import fold_quotes
from balcao.policy.book import Policy
from balcao.policy.gate import Auth
from balcao.policy.numbers import find_answered_number, find_subject_number

_SAME_WORDS = frozenset(
    "from to cc subject date message-id in-reply-to references content-type mime-version"
    " content-transfer-encoding".split()
)


def external_id(raw: bytes, account: str, evidence: Mapping[str, str]) -> str:
    """What makes two copies one message: its id, its words, and how it was authenticated.

    Traces that servers add on the way do not count. The authentication does, so that a forged copy
    sent ahead cannot make the real message a duplicate (threats Q4); where it is found out here,
    later, who brought and who signed the message stand for it, after a dash.
    """
    truster = account_named(account).truster
    block, body = headers.split(raw)
    sender = clear_sender(block)
    proved = isinstance(sender, Sender) and aligned(block, truster, sender.domain)
    digest = hashlib.sha256(b"1" if proved else b"0")
    try:
        found = headers.strict(block)
    except headers.Malformed:
        digest.update(block.replace(b"\r\n", b"\n"))
        found = []
    for field in found:
        if field.name in _SAME_WORDS:
            digest.update(field.name.encode() + b":" + field.value.replace(b"\r", b"") + b"\n")
    digest.update(b"\n" + body.replace(b"\r\n", b"\n").rstrip(b"\n"))
    name = digest.hexdigest()[:40]
    if truster.trust is not Trust.OURS:
        return name
    brought = hashlib.sha256(f"{evidence.get('peer')}\n{evidence.get('from')}\n".encode())
    for field in found:
        if field.name == "dkim-signature":
            brought.update(field.value)
    return f"{name}-{brought.hexdigest()[:16]}"


def reference(
    mail: ParsedMail, address: str, *, policy: Policy, now: datetime
) -> tuple[str | None, bool]:
    """The ticket a mail refers to, and whether a token made for this very sender says so.

    Our own Message-IDs come first, the subject second (R12). A token made for somebody else, or too
    old, still names the ticket: it just proves nothing. In an answer to a mail of ours that is
    about no ticket, such as the question for a number, the words themselves may name it.
    """
    named = tokens.candidates(mail.references, mail.in_reply_to, domain=queries.mail_domain(policy))
    secret = queries.token_secret()
    for candidate in named:
        held = tokens.read(secret, candidate, sender=address, today=now.date())
        if held and address and held.ticket != tokens.NO_TICKET:
            return held.ticket, True
    for candidate in named:
        if number := tokens.ticket_named(candidate):
            return number, False
    number = find_subject_number(mail.subject)
    if number is None and any(_asks(secret, candidate, address, now) for candidate in named):
        number = find_answered_number(fold_quotes(mail.text)[0])
    return number, False


def _asks(secret: bytes, candidate: str, address: str, now: datetime) -> bool:
    held = tokens.read(secret, candidate, sender=address, today=now.date())
    return held is not None and held.ticket == tokens.NO_TICKET


def proof(raw: bytes, sender: Sender | Unclear, inbound: Inbound, by_token: bool) -> Auth:
    """What proves the sender, by the trust of the account it came by.

    Raises Unreachable when that can only be found out later.
    """
    if not isinstance(sender, Sender):
        return Auth.NONE
    truster = account_named(inbound.account).truster
    fallback = Auth.TOKEN if by_token else Auth.NONE
    if truster.trust is not Trust.OURS:
        block, _ = headers.split(raw)
        return Auth.ALIGNED if aligned(block, truster, sender.domain) else fallback
    try:
        if verifying.verified(raw, sender.domain, inbound.evidence, verifying.resolver()):
            return Auth.ALIGNED
    except Unreachable:
        if not by_token:
            raise
    return fallback
