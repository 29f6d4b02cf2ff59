"""The policy of what is sold one by one: one-offs, trainings, slots, payment."""

import pytest

from balcao.policy.book import DOORS, PaymentRules, PolicyError, parse
from balcao.policy.gate import Door
from balcao.policy.tests.builders import POLICY, a_document, a_policy


def problems(changes: dict[str, object]) -> tuple[str, ...]:
    """What is wrong with the shipped document after ``changes``."""
    with pytest.raises(PolicyError) as caught:
        parse(a_document(changes), version=1)
    return caught.value.problems


def test_s28_a_one_off_is_good_for_twelve_months() -> None:
    assert (POLICY.oneoff.months, POLICY.oneoff.on_closed_day) == (12, "keep")
    assert problems({"oneoff.months": 1201}) == ("oneoff.months: must be at most 1200",)


def test_r16_r20_r22_r26_what_the_document_leaves_open_ships_as_decided() -> None:
    rules = POLICY.oneoff
    assert (rules.sla_from, rules.date_basis, rules.in_progress) == (
        "submission",
        "confirmed",
        "finish",
    )
    assert not rules.portal_invite
    assert a_policy({"oneoff.sla_from": "purchase"}).oneoff.sla_from == "purchase"
    assert a_policy({"oneoff.date_basis": "ordered"}).oneoff.date_basis == "ordered"
    assert a_policy({"oneoff.in_progress": "stop"}).oneoff.in_progress == "stop"
    assert a_policy({"oneoff.portal_invite": True}).oneoff.portal_invite


def test_r18_sales_has_four_business_hours_to_answer() -> None:
    assert POLICY.oneoff.answer_hours == 4
    assert problems({"oneoff.answer_hours": 0}) == (
        "oneoff.answer_hours: must be a whole number above zero",
    )


def test_s28_reminders_come_most_days_first() -> None:
    assert POLICY.oneoff.remind_days == (90, 30, 7, 1)
    assert a_policy({"oneoff.remind_days": [2, 60]}).oneoff.remind_days == (60, 2)
    assert problems({"oneoff.remind_days": [30, 7]})


def test_s25_r25_every_door_of_the_gate_can_be_named_and_the_chat_is_shut() -> None:
    assert set(DOORS) == set(Door)
    assert POLICY.oneoff.doors == set(DOORS) - {"chat"}
    assert a_policy({"oneoff.doors": ["phone", "phone"]}).oneoff.doors == {"phone"}
    assert problems({"oneoff.doors": []}) == ("oneoff.doors: must name at least one",)
    [problem] = problems({"oneoff.doors": ["phone", "fax"]})
    assert problem.startswith("oneoff.doors: fax is not one of portal, ")


def test_r28_a_training_is_an_hour_for_one_and_may_forgive_nobody() -> None:
    rules = POLICY.training
    assert (rules.minutes, rules.people, rules.reschedule_hours, rules.warnings) == (60, 1, 24, 1)
    hard = a_policy({"training.warnings": 0, "training.reschedule_hours": 0}).training
    assert (hard.warnings, hard.reschedule_hours) == (0, 0)
    must = "must be a whole number, zero or more"
    for wrong in (-1, 1.5, False, True, "1", None):
        assert problems({"training.warnings": wrong}) == (f"training.warnings: {must}",)
    assert problems({"training.minutes": 1441}) == ("training.minutes: must be at most 1440",)


def test_r29_a_slot_replaces_the_deadline_or_stands_beside_it() -> None:
    assert POLICY.appointment.sla == "replace"
    assert a_policy({"appointment.sla": "keep"}).appointment.sla == "keep"


def test_r30_meetings_are_held_with_any_name_and_skype_is_among_them() -> None:
    assert "Skype" in POLICY.meeting.providers
    own = a_policy({"meeting.providers": [" Sala 3 ", "Jitsi", "Jitsi"]})
    assert own.meeting.providers == ("Sala 3", "Jitsi")
    for wrong in ([], [""], ["x" * 61], [3]):
        assert problems({"meeting.providers": wrong}) == (
            "meeting.providers: must be names of at most 60 signs",
        )


def test_no_pix_is_offered_until_a_key_is_there() -> None:
    assert POLICY.payment == PaymentRules("", "", "", (2,))
    payment = {"pix_key": "11.222.333/0001-81", "pix_name": "Direção", "pix_city": "Recife"}
    assert a_policy({"payment": payment}).payment == PaymentRules(
        "11222333000181", "Direção", "Recife", (2,)
    )


def test_a_pix_that_no_bank_would_read_is_not_saved() -> None:
    found = problems({"payment.pix_key": "chave", "payment.pix_city": "São José do Rio Preto"})
    assert found == (
        "payment.pix_name: is missing",
        "payment.pix_city: must be at most 15 signs",
        "payment.pix_key: must be a PIX key: CNPJ, CPF, e-mail, +55 telephone or random key",
    )
    assert problems({"payment.pix_name": 5}) == ("payment.pix_name: must be a text",)


def test_r22_reminders_of_a_due_date_may_come_on_the_day_or_never() -> None:
    assert POLICY.payment.remind_days == (2,)
    assert a_policy({"payment.remind_days": [0, 5]}).payment.remind_days == (5, 0)
    assert a_policy({"payment.remind_days": []}).payment.remind_days == ()
    for wrong in ([5, 0], [-1], [2, 2], ["2"], [True], [400]):
        [problem] = problems({"payment.remind_days": wrong})
        assert problem.startswith("payment.remind_days: must be whole numbers from 0 to 366")
