"""What becomes of a mail that was refused (R9, R12)."""

from datetime import datetime
from itertools import product

import pytest

from balcao.policy import reasons
from balcao.policy.gate import Auth
from balcao.policy.mailbox import (
    CONFIRM_LIFE,
    EXPIRED,
    FREE_PROVIDERS,
    WAITING,
    Fate,
    counted_as,
    fate_of,
    is_free,
    may_vouch,
    purged_at,
    standing,
    told_after_yes,
)
from balcao.policy.tests.builders import DAY, NOW, POLICY, a_policy, a_sender

SILENT = a_policy({"email.unregistered": "silent"}).email
BOUNCE = a_policy({"email.unregistered": "bounce"}).email
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
        (reasons.ONEOFF_EXPIRED, True, TOLD, TOLD),
        (reasons.SERVICE_NOT_COVERED, True, TOLD, TOLD),
        (reasons.OTHER_ADDRESS, True, TOLD, NOTHING),
        (reasons.OTHER_ADDRESS, False, TOLD, NOTHING),
        (reasons.PERSONAL_ADDRESS, True, TOLD, NOTHING),
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


@pytest.mark.parametrize(
    ("registered", "customers", "ticket", "asked", "warned"),
    [
        (True, True, True, True, False),
        (True, True, False, True, False),
        (True, False, True, False, True),
        (False, False, True, False, True),
        (False, False, False, False, False),
    ],
)
def test_r9_who_hears_of_a_mail_that_nobody_proved(
    registered: bool, customers: bool, ticket: bool, asked: bool, warned: bool
) -> None:
    sender = a_sender(registered=registered, auth=Auth.NONE)
    fate = fate_of(
        reasons.NOT_AUTHENTICATED, sender, rules=POLICY.email, customers=customers, ticket=ticket
    )
    assert fate == Fate(apart=True, told=False, drafted=False, asked=asked, warned=warned)
    silent = fate_of(
        reasons.NOT_AUTHENTICATED, sender, rules=SILENT, customers=customers, ticket=ticket
    )
    assert (silent.asked, silent.warned) == (asked, False)


def test_r9_an_unclear_sender_is_nobody_who_could_be_asked() -> None:
    for sender in (None, a_sender(clear=False, auth=Auth.NONE)):
        fate = fate_of(reasons.IDENTITY_UNCLEAR, sender, rules=POLICY.email, ticket=True)
        assert fate == Fate(apart=True, told=False, drafted=False, warned=True)


def test_r9_a_proved_stranger_gets_it_back_where_the_policy_says_so() -> None:
    stranger = a_sender(registered=False, on_ticket=False)
    fate = fate_of(reasons.OTHER_ADDRESS, stranger, rules=BOUNCE)
    assert fate == Fate(apart=False, told=True, drafted=False, returned=True)
    unread = fate_of(reasons.OTHER_ADDRESS, stranger, rules=BOUNCE, nobody_reads=True)
    assert unread == NOTHING
    assert fate_of(reasons.NEW_MAIL, a_sender(), rules=BOUNCE) == TOLD_AND_DRAFTED
    forged = a_sender(registered=False, auth=Auth.NONE)
    assert not fate_of(reasons.OTHER_ADDRESS, forged, rules=BOUNCE).returned


def test_r9_foi_voce_waits_a_week_and_a_yes_is_carried_on_until_it_is_done() -> None:
    ends = NOW + CONFIRM_LIFE

    def stands(answer: str, *, done: bool = False, now: datetime = NOW) -> str:
        return standing(answer, done=done, expires_at=ends, now=now)

    assert stands("") == WAITING
    assert stands("", now=ends) == EXPIRED
    assert stands("no") == "no"
    assert stands("yes") == WAITING
    assert stands("yes", now=ends) == WAITING
    assert stands("yes", done=True) == "yes"


def test_r9_nothing_ever_goes_to_an_address_that_nobody_proved() -> None:
    for reason, known, rules in product(
        reasons.REASONS, (True, False), (POLICY.email, SILENT, QUARANTINE)
    ):
        sender = a_sender(registered=known, auth=Auth.NONE)
        for fate in (fate_of(reason, sender, rules=rules), fate_of(reason, None, rules=rules)):
            assert not fate.told
            assert not fate.drafted


def test_r10_free_providers_are_known_by_their_whole_domain_and_without_case() -> None:
    assert all(is_free(f"ana@{domain}") for domain in FREE_PROVIDERS)
    assert is_free("Ana@GMail.com")
    company = ("ana@gmail.com.evil.example", "ana@cliente-gmail.com", "gmail.com@cliente.example")
    assert not any(is_free(address) for address in (*company, "ana@mail.uol.com.br", ""))


def test_r12_new_mail_may_be_kept_without_a_word() -> None:
    assert fate_of(reasons.NEW_MAIL, a_sender(), rules=QUARANTINE) == APART
    assert fate_of(reasons.TICKET_CLOSED, a_sender(), rules=QUARANTINE) == TOLD_AND_DRAFTED


def test_r12_a_buyer_who_is_asked_for_the_number_gets_no_draft_to_sign_in_for() -> None:
    fate = fate_of(reasons.NUMBER_MISSING, a_sender(), rules=POLICY.email)
    assert fate == Fate(apart=False, told=True, drafted=False)


def test_an_address_that_nobody_reads_is_told_nothing_and_keeps_its_draft() -> None:
    fate = fate_of(reasons.NEW_MAIL, a_sender(), rules=POLICY.email, nobody_reads=True)
    assert fate == Fate(apart=False, told=False, drafted=True)


def test_r9_the_team_vouches_for_a_sender_and_never_for_a_ticket_or_its_coverage() -> None:
    vouched = {reason for reason in reasons.REASONS if may_vouch(reason)}
    sender = {"identity_unclear", "not_authenticated", "other_address", "personal_address"}
    assert vouched == {*sender, "new_mail", "number_missing"}


def test_r9_kept_mail_goes_after_its_days_and_what_became_a_message_after_its_own() -> None:
    days = {"kept_mail": 30, "raw_mail": 365}
    assert purged_at(NOW, appended=False, retention=days) == NOW + 30 * DAY
    assert purged_at(NOW, appended=True, retention=days) == NOW + 365 * DAY


def test_r9_what_others_made_us_send_never_uses_up_the_notice_of_a_proved_sender() -> None:
    proved = {counted_as(proved=True, ticket=ticket) for ticket in (None, 7, 8)}
    unproved = [counted_as(proved=False, ticket=ticket) for ticket in (None, 7, 8)]
    assert len(proved) == 1
    assert len(set(unproved)) == 3
    assert proved.isdisjoint(unproved)


def test_r12_who_says_yes_is_mailed_only_what_can_be_answered_with_the_number() -> None:
    assert [one for one in reasons.REASONS if told_after_yes(one)] == [reasons.NUMBER_MISSING]
