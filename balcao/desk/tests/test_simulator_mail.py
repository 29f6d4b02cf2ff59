"""The simulator for e-mail says what intake would do, and does nothing."""

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from balcao.channels.intake import receive
from balcao.channels.judging import simulate
from balcao.channels.tests.mails import a_mail, about, asked, last_mail, trust_our_server
from balcao.desk.tests.desk import at, desk_of, text_of
from balcao.policy.access import Role
from balcao.rulebook import queries as rulebook
from tests.cast import NOW, a_customer, a_member_of_staff

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture(autouse=True)
def _ours(settings: LazySettings) -> None:
    trust_our_server(settings)


def _rows() -> dict[str, list[dict[str, object]]]:
    ours = [one for one in apps.get_models() if one.__module__.startswith("balcao.")]
    return {
        one._meta.label: list(one._default_manager.order_by("pk").values())
        for one in ours
        if one._meta.label_lower != "people.session"
    }


def _messages() -> dict[str, bytes]:
    """One of every kind, by what becomes of it."""
    customer, ticket = asked()
    own, subject = customer.address, about(ticket)
    return {
        "appended": a_mail(own, subject=subject),
        "quarantined": a_mail(own, subject=subject, auth=None),
        "refused": a_mail("ana@gmail.example", subject=subject),
        "draft": a_mail(own, subject="Outro assunto"),
        "ignored": a_mail(own, subject=subject, more=("Auto-Submitted: auto-replied",)),
        "refused stranger": a_mail("x@gmail.example"),
        "quarantined twice": a_mail(own, subject=subject, more=(f"From: {own}",)),
        "quarantined whole": b"Subject: x\r\n" + b"X: y\r\n" * 60_000 + b"\r\noi",
        "appended by token": a_mail(
            own, auth=None, answers=last_mail(ticket, own).mail_id, body="Pelo sinal."
        ),
    }


def test_it_says_what_intake_then_does_for_every_kind_and_changes_no_row() -> None:
    messages, policy = _messages(), rulebook.current()
    before = _rows()
    said = {
        name: simulate(raw, account="mail", policy=policy, now=NOW)
        for name, raw in messages.items()
    }
    browser = desk_of(a_member_of_staff(Role.SUPERVISOR))
    signed_in = _rows()
    with at():
        for raw in messages.values():
            sent = {"account": "mail", "file": SimpleUploadedFile("m.eml", raw)}
            assert browser.post(reverse("desk_simulator_mail"), sent).status_code == 200
    assert _rows() == signed_in
    for label in ("channels.Inbound", "files.StoredFile", "tickets.Message", "events.Event"):
        assert len(before[label]) <= len(signed_in[label])
    for name, raw in messages.items():
        result = receive(raw, now=NOW)
        found = said[name]
        assert found.outcome.value == result.outcome == name.partition(" ")[0], name
        reason = (found.decision.reason if found.decision else None) or found.seen.about.reason
        assert reason == result.reason or found.outcome.value == "appended", name


def test_a_pasted_message_is_answered_with_sender_proof_ticket_rules_and_notice() -> None:
    customer, ticket = asked()
    raw = a_mail(customer.address, subject=about(ticket), auth=None).decode()
    browser = desk_of(a_member_of_staff(Role.AGENT))
    with at():
        opened = text_of(browser.get(reverse("desk_simulator")))
        assert "An e-mail" in opened
        shown = text_of(
            browser.post(reverse("desk_simulator_mail"), {"account": "mail", "message": raw})
        )
    for words in (
        "Kept apart: Sender not authenticated",
        customer.address,
        customer.user.name,
        "Nothing proves who sent it",
        "R11",
        "Nothing goes to the sender",
        "Was it you?",
    ):
        assert words in shown
    number = f"{ticket.number[:3]} {ticket.number[3:6]} {ticket.number[6:]}"
    assert number in shown.replace("\u00a0", " ")


def test_an_empty_form_says_what_it_needs_and_a_script_in_a_mail_stays_text() -> None:
    browser = desk_of(a_member_of_staff(Role.ADMINISTRATOR))
    empty = browser.post(reverse("desk_simulator_mail"), {"account": "mail", "message": " "})
    assert empty.status_code == 422
    assert "Paste a message or choose a file." in text_of(empty)
    raw = a_mail(a_customer().address, from_line="From: <script>alert(1)</script>").decode()
    shown = browser.post(reverse("desk_simulator_mail"), {"account": "mail", "message": raw})
    assert b"<script>alert" not in shown.content
    outsider = desk_of(a_member_of_staff(Role.SALES))
    assert outsider.get(reverse("desk_simulator_mail")).status_code == 403
