"""Mail kept apart, as the desk reads it, and the counts beside the menu's books."""

from datetime import timedelta

import pytest
from django.urls import reverse

from balcao.channels import intake
from balcao.channels.models import Inbound, Outcome
from balcao.channels.tests.mails import a_mail
from balcao.desk.tests.desk import at, desk_of, text_of
from balcao.events.models import Access
from balcao.files.queries import path_of
from balcao.people.models import Address, AddressRequest
from balcao.policy.access import Role
from tests.cast import (
    NOW,
    Customer,
    a_customer,
    a_member_of_staff,
    a_ticket,
    an_agent,
    an_override,
)

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
    assert first.content.decode().count('name="m"') == 50
    last = Inbound.objects.order_by("-received_at", "-pk")[49]
    micros = int(last.received_at.timestamp()) * 10**6
    second = browser.get(reverse("desk_kept"), {"depois": f"{micros}-{last.pk}"})
    assert second.content.decode().count('name="m"') == Inbound.objects.count() - 50
    assert "No mail here" in text_of(browser.get(reverse("desk_kept"), {"v": "ignorados"}))
    for cursor in ("x", "1", "9" * 17 + "-1"):
        assert browser.get(reverse("desk_kept"), {"depois": cursor}).status_code == 200


def test_r9_a_supervisor_puts_kept_mail_on_its_ticket_with_a_reason() -> None:
    row = _forged()
    assert row.ticket
    browser = desk_of(a_member_of_staff(Role.SUPERVISOR))
    here, there = (reverse(name, args=[row.pk]) for name in ("desk_kept_one", "desk_kept_release"))
    with at():
        offered = text_of(browser.get(here))
        assert "A rule speaks against it: Sender not authenticated" in offered
        unknown = browser.get(here, {"chamado": "0000000000"})
        assert "No ticket has this number" in text_of(unknown)
        bare = browser.post(there, {"chamado": row.ticket.number, "motivo": " "})
        assert bare.status_code == 422
        assert "Write the reason" in text_of(bare)
        done = browser.post(
            there, {"chamado": row.ticket.number, "motivo": "Confirmou por telefone."}, follow=True
        )
        assert "It is on the ticket now" in text_of(done)
        assert "Confirmou por telefone." in text_of(done)
        assert "S8, R11" in text_of(done)
        again = browser.post(there, {"chamado": row.ticket.number, "motivo": "De novo."})
        assert again["Location"].endswith("aviso=mudou")
        listed = text_of(browser.get(reverse("desk_kept"), {"v": "tratados"}))
        assert "Put on the ticket" in listed
        assert "No mail here" in text_of(browser.get(reverse("desk_kept")))
        thread = text_of(browser.get(reverse("desk_ticket", args=[row.ticket.number])))
    assert "Kept mail was put here by hand: S8, R11" in thread
    assert "Nada <script>mudou</script>." in thread
    saw = Access.objects.filter(subject_kind="channels.inbound", detail="release")
    assert saw.filter(subject_id=row.pk).exists()


def test_r9_what_is_thrown_away_leaves_the_list_and_comes_back_with_one_press() -> None:
    rows = [_forged(), _forged()]
    ids = [row.pk for row in rows]
    browser = desk_of(a_member_of_staff(Role.SUPERVISOR))
    with at():
        gone = browser.post(reverse("desk_kept_discard"), {"m": ids}, follow=True)
        assert "2 mails were thrown away." in text_of(gone)
        assert "No mail here" in text_of(gone)
        back = browser.post(reverse("desk_kept_restore"), {"m": ids}, follow=True)
    assert "It waits again." in text_of(back)
    assert back.content.decode().count('name="m"') == 2
    auditor = desk_of(a_member_of_staff(Role.AUDITOR))
    assert auditor.post(reverse("desk_kept_discard"), {"m": ids}).status_code == 403
    assert 'name="m"' not in auditor.get(reverse("desk_kept")).content.decode()


def test_r9_the_page_says_who_can_be_told_or_why_nobody_and_what_can_be_done_instead() -> None:
    customer = a_customer()
    claimed, strange, unclear = (
        intake.receive(raw, now=NOW).inbound
        for raw in (
            a_mail(customer.address, auth=None),
            a_mail("ninguem@fora.example", auth=None),
            a_mail("x@fora.example", from_line="From: "),
        )
    )
    browser = desk_of(a_member_of_staff(Role.SUPERVISOR))
    with at(NOW + timedelta(hours=25)):
        offered = browser.get(reverse("desk_kept_one", args=[claimed]))
        assert f"{customer.user.name} is told at {customer.address}" in text_of(offered)
        done = browser.post(reverse("desk_kept_tell", args=[claimed]), follow=True)
        assert "The customer is told at the registered e-mail." in text_of(done)
        for mail, why in (
            (strange, "ninguem@fora.example is not a customer's registered e-mail"),
            (unclear, "it does not say who sent it"),
        ):
            page = browser.get(reverse("desk_kept_one", args=[mail]))
            assert f"Nobody can be told: {why}" in text_of(page)
            assert "register the e-mail; if not, throw it away" in text_of(page)
            assert reverse("desk_kept_tell", args=[mail]) not in page.content.decode()
            refused = browser.post(reverse("desk_kept_tell", args=[mail]), follow=True)
            assert "nothing was sent" in text_of(refused)


def test_d6_an_address_that_only_looks_like_a_registered_one_is_warned_of() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    local, _, domain = customer.address.partition("@")
    for sender, warned in ((f"{local}@{domain}.br", True), ("rui@outra.example", False)):
        raw = a_mail(sender, subject=f"Re: Chamado {ticket.number}", auth=None)
        result = intake.receive(raw, now=NOW)
        browser = desk_of(a_member_of_staff(Role.SUPERVISOR))
        shown = text_of(browser.get(reverse("desk_kept_one", args=[result.inbound])))
        assert ("only looks like a registered one" in shown) is warned
        assert (f"Registered: {customer.address}" in shown) is warned


def test_a9_the_original_is_given_as_a_download_that_no_browser_opens_and_is_noted() -> None:
    row = _forged()
    browser = desk_of(a_member_of_staff(Role.AUDITOR))
    answer = browser.get(reverse("desk_kept_original", args=[row.pk]))
    assert answer.getvalue().endswith(b"</script>.\r\n")
    assert answer["Content-Disposition"] == f'attachment; filename="email-{row.pk}.eml"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert Access.objects.filter(subject_id=row.pk, act="downloaded").count() == 1
    outsider = desk_of(a_member_of_staff(Role.AGENT))
    assert outsider.get(reverse("desk_kept_original", args=[row.pk])).status_code == 404


def test_a_mail_whose_file_is_lost_still_says_why_it_was_kept() -> None:
    row = _forged()
    assert row.raw_id
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


def _from_elsewhere(*, about: bool = True) -> tuple[Customer, Inbound]:
    """A mail from an address that nobody registered, laid out by its writer."""
    customer = a_customer()
    subject = f"Re: Chamado {a_ticket(customer).number}" if about else "Ajuda"
    raw = a_mail(f"celular-{customer.user.pk}@outro.example", subject=subject, auth=None).replace(
        b"Content-Type: text/plain", b"Content-Type: text/html"
    )
    look = b'<p onclick="x()">Sou eu. <img src="https://x.example/a.png"></p>'
    result = intake.receive(raw.replace(b"Ainda falha.", look), now=NOW)
    return customer, Inbound.objects.get(pk=result.inbound)


def test_a8_a_supervisor_leaves_the_address_of_a_kept_mail_with_sales_and_sales_takes_it_up() -> (
    None
):
    customer, row = _from_elsewhere()
    browser = desk_of(a_member_of_staff(Role.SUPERVISOR, name="Paula Sena"))
    here, there = (reverse(name, args=[row.pk]) for name in ("desk_kept_one", "desk_kept_address"))
    with at():
        page = text_of(browser.get(here))
        assert f"Register this e-mail for {customer.user.name}" in page
        done = text_of(browser.post(there, {"pessoa": customer.user.pk}, follow=True))
        assert "Left with sales, under Recoveries of access" in done
        assert f"Left with sales for {customer.user.name}" in done
        again = text_of(browser.post(there, {"pessoa": customer.user.pk}, follow=True))
        assert "left with sales already" in again
        assert browser.post(there, {"pessoa": "1" * 30}).status_code == 302
        sales = desk_of(a_member_of_staff(Role.SALES))
        listed = sales.get(reverse("desk_recoveries"))
        for word in (row.sender, customer.user.name, "Paula Sena", "Call back and register"):
            assert word in text_of(listed)
        form = sales.get(
            reverse("desk_recovery_ask", args=[customer.user.pk]),
            {"endereco": row.sender, "mais": "1"},
        )
        assert form.status_code == 200
        assert "Waits for sales" in text_of(browser.get(reverse("desk_recoveries")))
        left = AddressRequest.objects.get(user=customer.user)
        drop = reverse("desk_request_drop", args=[left.pk])
        assert browser.post(drop).status_code == 403
        assert "is not registered" in text_of(sales.post(drop, follow=True))
        assert "Somebody was faster" in text_of(sales.post(drop, follow=True))
    for role in (Role.AUDITOR, Role.AGENT, Role.SALES):
        outsider = desk_of(a_member_of_staff(role))
        with at():
            answer = outsider.post(there, {"pessoa": customer.user.pk})
        assert answer.status_code == (403 if role is Role.AUDITOR else 404)
    assert Address.objects.get(user=customer.user, retired_at=None).address == customer.address


def test_a8_the_person_is_found_for_a_kept_mail_that_names_no_ticket() -> None:
    customer, row = _from_elsewhere(about=False)
    browser = desk_of(a_member_of_staff(Role.SUPERVISOR))
    here = reverse("desk_kept_one", args=[row.pk])
    with at():
        assert "Whose is it?" in text_of(browser.get(here))
        assert "Nobody registered answers" in text_of(browser.get(here, {"pessoa": "zzzqqq"}))
        found = text_of(browser.get(here, {"pessoa": customer.address}))
        assert f"Register this e-mail for {customer.user.name}" in found
        browser.post(reverse("desk_kept_address", args=[row.pk]), {"pessoa": customer.user.pk})
    assert AddressRequest.objects.get(user=customer.user).address == row.sender


def test_g7_a_kept_mail_is_shown_as_it_was_written_where_nothing_runs_or_loads() -> None:
    _customer, row = _from_elsewhere()
    browser = desk_of(a_member_of_staff(Role.SUPERVISOR))
    there = reverse("desk_kept_written", args=[row.pk])
    with at():
        page = browser.get(reverse("desk_kept_one", args=[row.pk])).content.decode()
        assert f'src="{there}" sandbox="allow-popups' in page
        shown = browser.get(there)
        assert "Show as it was written" not in text_of(
            browser.get(reverse("desk_kept_one", args=[_forged().pk]))
        )
    assert "Sou eu." in text_of(shown)
    for danger in ("onclick", "x.example"):
        assert danger not in shown.content.decode()
    policy = shown.headers["Content-Security-Policy"]
    assert "default-src 'none'; img-src data:;" in policy
    assert "sandbox allow-popups" in policy
    seen = Access.objects.filter(subject_kind="channels.inbound", subject_id=row.pk)
    assert seen.filter(detail="written").exists()
    agent = desk_of(a_member_of_staff(Role.AGENT))
    assert agent.get(there).status_code == 404
    plain = reverse("desk_kept_written", args=[_forged().pk])
    assert browser.get(plain).status_code == 404
