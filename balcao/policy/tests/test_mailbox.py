"""What becomes of a mail that was refused (R9, R12)."""

from itertools import product

import pytest

from balcao.policy import reasons
from balcao.policy.gate import Auth
from balcao.policy.mailbox import Fate, fate_of
from balcao.policy.tests.builders import POLICY, a_policy, a_sender

SILENT = a_policy({"email.unregistered": "silent"}).email
QUARANTINE = a_policy({"email.new": "quarantine"}).email
APART = Fate(apart=True, told=False, drafted=False)
NOTHING = Fate(apart=False, told=False, drafted=False)
TOLD = Fate(apart=False, told=True, drafted=False)
TOLD_AND_DRAFTED = Fate(apart=False, told=True, drafted=True)


@pytest.mark.parametrize(
    ("reason", "known", "fate", "silent"),
    [
        (reasons.NEW_MAIL, True, TOLD_AND_DRAFTED, TOLD_AND_DRAFTED),
        (reasons.NEW_MAIL, False, TOLD, NOTHING),
        (reasons.TICKET_CLOSED, True, TOLD_AND_DRAFTED, TOLD_AND_DRAFTED),
        (reasons.OTHER_ADDRESS, True, TOLD, NOTHING),
        (reasons.OTHER_ADDRESS, False, TOLD, NOTHING),
        (reasons.NO_TICKET, True, NOTHING, NOTHING),
        (reasons.IDENTITY_UNCLEAR, True, APART, APART),
        (reasons.NOT_AUTHENTICATED, True, APART, APART),
    ],
)
def test_s10_r9_who_is_told_and_whose_words_wait(
    reason: str, known: bool, fate: Fate, silent: Fate
) -> None:
    sender = a_sender(registered=known)
    assert fate_of(reason, sender, rules=POLICY.email) == fate
    assert fate_of(reason, sender, rules=SILENT) == silent


def test_r9_nothing_ever_goes_to_an_address_that_nobody_proved() -> None:
    for reason, known, rules in product(
        reasons.REASONS, (True, False), (POLICY.email, SILENT, QUARANTINE)
    ):
        sender = a_sender(registered=known, auth=Auth.NONE)
        for fate in (fate_of(reason, sender, rules=rules), fate_of(reason, None, rules=rules)):
            assert not fate.told
            assert not fate.drafted


def test_r12_new_mail_may_be_kept_without_a_word() -> None:
    assert fate_of(reasons.NEW_MAIL, a_sender(), rules=QUARANTINE) == APART
    assert fate_of(reasons.TICKET_CLOSED, a_sender(), rules=QUARANTINE) == TOLD_AND_DRAFTED


def test_an_address_that_nobody_reads_is_told_nothing_and_keeps_its_draft() -> None:
    fate = fate_of(reasons.NEW_MAIL, a_sender(), rules=POLICY.email, nobody_reads=True)
    assert fate == Fate(apart=False, told=False, drafted=True)
