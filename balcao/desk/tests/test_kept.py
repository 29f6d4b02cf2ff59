"""Mail kept apart, as the desk reads it, and the counts beside the menu's books."""

import pytest
from django.urls import reverse

from balcao.channels import intake
from balcao.channels.models import Inbound, Outcome
from balcao.channels.tests.mails import a_mail
from balcao.desk.tests.desk import at, desk_of, text_of
from balcao.files.queries import path_of
from balcao.policy.access import Role
from tests.cast import NOW, a_customer, a_member_of_staff, a_ticket, an_agent, an_override

pytestmark = pytest.mark.usefixtures("installation")


def _forged() -> Inbound:
    """A reply that claims to be the customer's, from a server that vouches for nobody."""
    customer = a_customer()
    ticket = a_ticket(customer)
    subject = f"Re: Chamado {ticket.number}: <b>ramal</b>"
    raw = a_mail(customer.address, subject=subject, body="Nada <script>mudou</script>.", auth=None)
    result = intake.receive(raw, now=NOW)
    assert result.outcome == "quarantined"
    return Inbound.objects.get(pk=result.inbound)


def test_d3_supervisor_and_auditor_read_why_a_mail_was_kept_and_agents_do_not() -> None:
    row = _forged()
    assert row.ticket
    for role in (Role.SUPERVISOR, Role.AUDITOR):
        browser = desk_of(a_member_of_staff(role))
        with at():
            listed = text_of(browser.get(reverse("desk_kept")))
            shown = browser.get(reverse("desk_kept_one", args=[row.pk]))
        assert "Sender not authenticated" in listed
        assert row.sender in listed
        assert "Sender not authenticated" in text_of(shown)
        assert "Nada <script>mudou</script>." in text_of(shown)
        assert "<script>mudou" not in shown.content.decode()
        assert reverse("desk_ticket", args=[row.ticket.number]) in shown.content.decode()
    for role in (Role.AGENT, Role.SALES):
        outsider = desk_of(a_member_of_staff(role))
        assert outsider.get(reverse("desk_kept")).status_code == 403
        assert outsider.get(reverse("desk_kept_one", args=[row.pk])).status_code == 404
        assert "Kept mail" not in text_of(outsider.get(reverse("desk_queue")))


def test_a_mail_that_became_a_message_is_no_kept_mail() -> None:
    row = _forged()
    browser = desk_of(a_member_of_staff(Role.SUPERVISOR))
    Inbound.objects.filter(pk=row.pk).update(outcome=Outcome.APPENDED)
    assert browser.get(reverse("desk_kept_one", args=[row.pk])).status_code == 404
    assert browser.get(reverse("desk_kept_one", args=[10**12])).status_code == 404


def test_each_tab_goes_on_by_keyset_and_holds_its_outcome_only() -> None:
    row = _forged()
    copies = []
    for n in range(60):
        values = {f.attname: getattr(row, f.attname) for f in Inbound._meta.fields}
        copies.append(Inbound(**{**values, "id": None, "external_id": f"copy-{n}"}))
    Inbound.objects.bulk_create(copies)
    browser = desk_of(a_member_of_staff(Role.SUPERVISOR))
    first = browser.get(reverse("desk_kept"))
    assert first.content.decode().count("/mesa/retidos/") == 50
    last = Inbound.objects.order_by("-received_at", "-pk")[49]
    micros = int(last.received_at.timestamp()) * 10**6
    second = browser.get(reverse("desk_kept"), {"depois": f"{micros}-{last.pk}"})
    assert second.content.decode().count("/mesa/retidos/") == Inbound.objects.count() - 50
    assert "No mail here" in text_of(browser.get(reverse("desk_kept"), {"v": "ignorados"}))
    for cursor in ("x", "1", "9" * 17 + "-1"):
        assert browser.get(reverse("desk_kept"), {"depois": cursor}).status_code == 200


def test_a_mail_whose_file_is_lost_still_says_why_it_was_kept() -> None:
    row = _forged()
    path_of(row.raw_id).unlink()
    shown = text_of(
        desk_of(a_member_of_staff(Role.SUPERVISOR)).get(reverse("desk_kept_one", args=[row.pk]))
    )
    assert "Sender not authenticated" in shown
    assert "The text cannot be shown" in shown


def test_r14_the_menu_counts_kept_mail_refusals_and_the_exceptions_that_wait_for_me() -> None:
    _forged()
    an_override(a_customer(), approved=False)
    supervisor = desk_of(a_member_of_staff(Role.SUPERVISOR))
    with at():
        html = supervisor.get(reverse("desk_queue")).content.decode()
    for label in ("Mail that was kept apart", "Refusals of the last 24 hours"):
        assert f'title="{label}"' in html
    waiting = html.split('title="Exceptions that wait for your answer"')[0].rpartition("<a")[2]
    assert "view-unread" in waiting
    assert (
        "Exceptions that wait"
        not in desk_of(an_agent()).get(reverse("desk_queue")).content.decode()
    )
