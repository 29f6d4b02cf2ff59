"""The desk's pages of accounts and of mail that did not arrive."""

import pytest
from django.conf import LazySettings
from django.urls import reverse

from balcao.channels.actions import mark_failed, mark_returned, note_account, post
from balcao.channels.models import AccountState, Delivery
from balcao.desk.tests.desk import at, desk_of, text_of
from balcao.events.queue import run_pending
from balcao.policy.access import Role
from tests.cast import NOW, a_customer, a_member_of_staff, a_ticket

pytestmark = pytest.mark.usefixtures("installation")


def test_administrators_see_each_account_and_have_it_tested_and_auditors_only_see() -> None:
    note_account("mail", problem="connection refused", now=NOW)
    browser = desk_of(a_member_of_staff(Role.ADMINISTRATOR))
    with at():
        shown = text_of(browser.get(reverse("desk_accounts")))
        assert "connection refused" in shown
        assert "suporte@direction.com.br" in shown
        assert "Nobody's: only our signed mark proves a sender" in shown
        done = browser.post(reverse("desk_account_test", args=["mail"]), follow=True)
        assert "Waiting for it to come in" in text_of(done)
        assert 'hx-trigger="every 3s"' in done.content.decode()
        assert browser.post(reverse("desk_account_test", args=["none"])).status_code == 404
        auditor = desk_of(a_member_of_staff(Role.AUDITOR))
        assert "Test this account" not in text_of(auditor.get(reverse("desk_accounts")))
        assert auditor.post(reverse("desk_account_test", args=["mail"])).status_code == 403
    assert AccountState.objects.get().test_state == "sent"


def test_a_fault_in_the_file_of_accounts_is_said_in_its_words(settings: LazySettings) -> None:
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_ACCOUNTS": "/nowhere/accounts.toml"})
    page = desk_of(a_member_of_staff(Role.ADMINISTRATOR)).get(reverse("desk_accounts"))
    assert "/nowhere/accounts.toml cannot be read" in text_of(page)


def test_what_did_not_arrive_is_counted_listed_and_seen_to() -> None:
    row = post(
        kind="reply",
        key="t",
        recipient="ana@cliente.example",
        subject="Ramal",
        text="",
        html="",
        now=NOW,
    )
    mark_failed(row, answer="550 no such user", now=NOW)
    browser = desk_of(a_member_of_staff(Role.SUPERVISOR))
    with at():
        assert 'title="E-mails that did not arrive"' in (
            browser.get(reverse("desk_queue")).content.decode()
        )
        assert "550 no such user" in text_of(browser.get(reverse("desk_undelivered")))
        again = browser.post(reverse("desk_undelivered_retry", args=[row.pk]), follow=True)
        assert "It is being sent again." in text_of(again)
        assert "Everything arrived" in text_of(again)
        mark_failed(Delivery.objects.get(), answer="550 again", now=NOW)
        left = browser.post(reverse("desk_undelivered_leave", args=[row.pk]), follow=True)
    assert "It needs nothing more." in text_of(left)
    assert Delivery.objects.get().settled_at is not None


def test_a_tickets_history_says_of_each_recipient_how_the_mail_stands() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    run_pending(NOW)
    row = Delivery.objects.filter(ticket=ticket).latest("pk")
    browser = desk_of(a_member_of_staff(Role.SUPERVISOR))
    address = reverse("desk_history", args=[ticket.number])
    with at():
        sent = text_of(browser.get(address))
        assert row.recipient in sent
        assert "Did not arrive" not in sent
        mark_returned(row, answer="550 mailbox full", now=NOW)
        failed = text_of(browser.get(address))
    assert "Did not arrive" in failed
    assert "550 mailbox full" in failed
