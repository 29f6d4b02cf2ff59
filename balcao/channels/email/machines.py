"""What becomes of a mail that no person wrote (threats E1-E5)."""

from dataclasses import replace
from datetime import datetime

from balcao.channels import queries
from balcao.channels.actions import Judgement
from balcao.channels.models import Machine as Program
from balcao.channels.models import Outcome
from balcao.lib.mail.machine import Kind, Machine
from balcao.lib.mail.parsing import ParsedMail


def parked(about: Judgement, mail: ParsedMail, machine: Machine, *, now: datetime) -> Judgement:
    """What no person wrote is never answered and changes nothing but the state of our own mail that
    came back (E1-E5). Where only its subject looks so, a person must look.
    """
    loops = machine.kind is Kind.LOOP
    about = replace(
        about,
        reason="loop" if loops else "automatic",
        machine=Program.OTHER if loops else Program(machine.kind.value),
    )
    if not machine.sure:
        return replace(about, outcome=Outcome.QUARANTINED, reason="looks_automatic")
    if mail.bounce and mail.bounce.final:
        returned = queries.came_back(mail.bounce.mail_ids, now=now)
        ticket = next((row.ticket for row in returned if row.ticket), None)
        return replace(about, returned=returned, words=mail.bounce.words, ticket=ticket)
    return about
