"""The pages of the rules: reading, changing with a look first, four eyes, versions."""

import hashlib
from collections.abc import Mapping
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.rules.topics import PAGES
from balcao.desk.tests.browser_form import form_at
from balcao.desk.tests.desk import at, desk_of, text_of
from balcao.lib.tests.test_png import a_png
from balcao.policy.access import Role
from balcao.policy.book.changes import Topic
from balcao.rulebook import queries
from balcao.rulebook.models import PolicyVersion, Proposal
from tests.cast import (
    a_customer,
    a_member_of_staff,
    a_policy_change,
    a_ticket,
    acting,
    an_administrator,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def admin() -> Client:
    return desk_of(an_administrator())


def send(client: Client, topic: Topic, edits: Mapping[str, object], **query: str | int) -> Any:
    """Change these fields of the topic's form, as its page shows it, and send it."""
    address = reverse(f"rules_{topic.value}")
    page = client.get(address, query)
    assert page.status_code == 200
    data: dict[str, object] = {**form_at(page.content.decode(), address), **edits}
    return client.post(address, data)


def save(client: Client, response: Any, reason: str = "Pedido da diretoria") -> Any:
    """Press save on the page that shows what changes."""
    assert response.status_code == 302, text_of(response)
    return client.post(f"{response.headers['Location']}/salvar", {"reason": reason}, follow=True)


def test_r33_opinions_are_switched_off_on_the_form_of_the_public_page(admin: Client) -> None:
    address = reverse("rules_page")
    data = dict(form_at(admin.get(address).content.decode(), address))
    assert data.pop("kb.feedback")
    save(admin, admin.post(address, data))
    assert not queries.current().kb.feedback


CHRISTMAS_EVE = {"days.33.date": "2026-12-24", "days.33.name": "Véspera", "days.33.spans": "8-12"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.topic.value)
def test_every_topic_is_read_and_sent_back_unchanged_it_changes_nothing(
    admin: Client, page: Any
) -> None:
    response = send(admin, page.topic, {})
    assert response.status_code == 409
    assert "Nothing is different" in text_of(response)
    assert not Proposal.objects.exists()


def test_an_administrator_begins_at_the_rules(admin: Client) -> None:
    response = admin.get(reverse("desk_start"))
    assert response.headers["Location"] == reverse("rules")
    assert admin.get(reverse("rules")).status_code == 200


def test_r31_the_team_and_the_public_page_say_what_sla_stands_for(admin: Client) -> None:
    assert "SLA (service level agreement)" in text_of(admin.get(reverse("rules")))
    assert "SLA (Acordo de Nível de Serviço)" in queries.current().page.pt
    customer = a_customer()
    ticket = a_ticket(customer)
    for name in ("ticket", "ticket_why"):
        page = text_of(signed_in(customer.user).get(reverse(name, args=[ticket.number])))
        assert "Prazo" in page or "prazo" in page
        assert "SLA" not in page


def test_r23_a_holiday_is_added_looked_at_and_saved_with_its_reason(admin: Client) -> None:
    response = send(admin, Topic.CALENDAR, CHRISTMAS_EVE)
    page = admin.get(response.headers["Location"])
    assert "24 Dec 2026 Véspera" in text_of(page)
    assert "08:00–12:00" in text_of(page)
    assert queries.current().version == 1
    done = save(admin, response)
    assert "Version 2 is in force" in text_of(done)
    version = PolicyVersion.objects.get(number=2)
    assert (version.reason, version.topic) == ("Pedido da diretoria", "calendar")
    assert {"date": "2026-12-24", "name": "Véspera", "spans": ["08:00-12:00"]} in (
        version.document["calendar"]["days"]
    )


def test_a_save_without_a_reason_says_so_and_saves_nothing(admin: Client) -> None:
    response = send(admin, Topic.CALENDAR, CHRISTMAS_EVE)
    refused = admin.post(f"{response.headers['Location']}/salvar", {"reason": " "})
    assert refused.status_code == 422
    assert "Say why" in text_of(refused)
    assert queries.current().version == 1


def test_nothing_typed_is_lost_on_an_error(admin: Client) -> None:
    response = send(
        admin, Topic.CALENDAR, {**CHRISTMAS_EVE, "days.33.date": "", "calendar.week.mon": "oito"}
    )
    assert response.status_code == 422
    html = response.content.decode()
    assert 'value="oito"' in html
    assert 'value="Véspera"' in html
    assert 'aria-invalid="true"' in html
    assert 'href="#id_calendar.week.mon"' in html


def test_rows_and_a_years_holidays_are_added_without_script(admin: Client) -> None:
    more = send(admin, Topic.CALENDAR, {**CHRISTMAS_EVE, "act": "year:2029"})
    html = more.content.decode()
    assert more.status_code == 200
    assert 'value="2029-03-30"' in html
    assert 'value="Véspera"' in html
    longer = send(admin, Topic.CALENDAR, {**CHRISTMAS_EVE, "act": "row"})
    assert form_at(longer.content.decode(), reverse("rules_calendar"))["days.count"] == ["35"]
    assert not Proposal.objects.exists()


def test_one_goes_on_editing_from_the_page_that_shows_the_change(admin: Client) -> None:
    first = send(admin, Topic.CALENDAR, CHRISTMAS_EVE)
    draft = Proposal.objects.get()
    again = send(admin, Topic.CALENDAR, {"calendar.week.sat": "8-12"}, de=draft.pk)
    assert again.headers["Location"] != first.headers["Location"]
    save(admin, again)
    calendar = queries.current().calendar
    assert len(calendar.days) == 34
    assert calendar.week[5]


def test_s12_s13_the_example_of_r1_is_computed_from_the_form(admin: Client) -> None:
    with at():
        look = send(admin, Topic.DEADLINES, {"sla.clock": "business", "act": "look"})
    said = text_of(look)
    assert "A ticket opened on Fri, 13 Nov 2026, 17:00" in said
    # Monday is a working day, Friday the 20th a holiday: 24 and 40 business hours later.
    assert "Standard Wed, 18 Nov 2026, 11:00" in said
    assert "Thu, 19 Nov 2026, 17:00" in said
    assert not Proposal.objects.exists()


def test_s44_the_page_is_drawn_from_the_form_and_shows_no_markup_of_its_own(admin: Client) -> None:
    text = queries.version_for(acting(an_administrator())).document["page"]["pt"]
    look = send(admin, Topic.PAGE, {"page.pt": f"{text}\n\n<b>oi</b>", "act": "look"})
    html = look.content.decode()
    assert "&lt;b&gt;oi&lt;/b&gt;" in html
    assert "de segunda-feira a sexta-feira, das 08:00 às 18:00" in html
    missing = send(admin, Topic.PAGE, {"page.pt": "Oi"})
    assert missing.status_code == 422
    assert "{sales_phone}" in text_of(missing)


def test_m1_supervisors_and_auditors_read_and_supervisors_suspend_deadlines() -> None:
    supervisor = desk_of(a_member_of_staff(Role.SUPERVISOR))
    auditor = desk_of(a_member_of_staff(Role.AUDITOR))
    period = {
        "periods.0.begins": "2026-11-12T08:00",
        "periods.0.ends": "2026-11-12T14:00",
        "periods.0.reason": "Temporal",
    }
    for client in (supervisor, auditor):
        for page in PAGES:
            assert client.get(reverse(page.route)).status_code == 200
        assert client.post(reverse("rules_calendar"), {}).status_code == 403
    assert auditor.post(reverse("rules_suspensions"), period).status_code == 403
    save(supervisor, send(supervisor, Topic.SUSPENSIONS, period))
    [found] = queries.current().suspensions
    assert found.reason == "Temporal"


def test_a_colleagues_change_of_the_same_topic_is_shown_and_mine_is_kept(admin: Client) -> None:
    mine = send(admin, Topic.TICKETS, {"ticket.reopen_days": "9"})
    a_policy_change(Topic.TICKETS, {"ticket": {"claim_minutes": 3}})
    page = admin.post(f"{mine.headers['Location']}/salvar", {"reason": "x"})
    assert page.status_code == 409
    assert "Somebody changed the same topic" in text_of(page)
    assert "9 days" in text_of(page)
    assert queries.current().ticket.reopen_days == 7
    save(admin, admin.post(f"{mine.headers['Location']}/juntar"))
    assert (queries.current().ticket.reopen_days, queries.current().ticket.claim_minutes) == (9, 3)
    again = send(admin, Topic.TICKETS, {"ticket.reopen_days": "5"})
    a_policy_change(Topic.TICKETS, {"ticket": {"reopen_days": 4}})
    both = admin.post(f"{again.headers['Location']}/juntar")
    assert both.status_code == 409
    assert "changed the same thing" in text_of(both)


def test_with_four_eyes_the_second_person_approves_on_the_page(admin: Client) -> None:
    a_policy_change(Topic.EXCEPTIONS, {"change": {"second_approver": True}})
    second = desk_of(an_administrator(name="Bia Reis"))
    asked = send(admin, Topic.TICKETS, {"ticket.reopen_days": "9"})
    waiting = save(admin, asked)
    assert "A second administrator has to approve" in text_of(waiting)
    address = asked.headers["Location"]
    assert admin.post(f"{address}/resposta", {"answer": "approve"}).status_code == 403
    assert "A change waits for a second person" in text_of(second.get(reverse("rules")))
    assert second.post(f"{address}/resposta", {"answer": "reject"}).status_code == 422
    done = second.post(f"{address}/resposta", {"answer": "approve"}, follow=True)
    assert "Version 3 is in force" in text_of(done)
    assert "approved by Bia Reis" in text_of(admin.get(reverse("rules_versions")))
    late = second.post(f"{address}/resposta", {"answer": "approve"})
    assert late.status_code == 409
    assert "decided already" in text_of(late)


def test_a_waiting_change_is_rejected_with_a_reason_or_taken_back(admin: Client) -> None:
    a_policy_change(Topic.EXCEPTIONS, {"change": {"second_approver": True}})
    second = desk_of(an_administrator(name="Bia Reis"))
    one, two = (
        send(admin, Topic.TICKETS, {"ticket.reopen_days": days}).headers["Location"]
        for days in ("9", "10")
    )
    for address in (one, two):
        admin.post(f"{address}/salvar", {"reason": "x"})
    said = {"answer": "reject", "reason": "Sem equipe"}
    done = second.post(f"{one}/resposta", said, follow=True)
    assert "Bia Reis rejected this change" in text_of(done)
    assert "Sem equipe" in text_of(done)
    assert "Taken back" in text_of(admin.post(f"{two}/retirar", follow=True))
    assert admin.post(f"{two}/retirar").status_code == 409
    assert queries.current().version == 2


def test_r36_the_look_first_names_decisions_and_deadlines_that_would_change(admin: Client) -> None:
    a_policy_change(Topic.DEADLINES, {"sla": {"clock": "business"}})
    ticket = a_ticket(a_customer())
    with at():
        response = send(
            admin, Topic.CALENDAR, {"days.33.date": "2026-11-16", "days.33.name": "Ponte"}
        )
        page = admin.get(response.headers["Location"])
    said = text_of(page)
    assert "2 deadlines move" in said
    assert ticket.number in said.replace(" ", "")


def test_versions_are_told_compared_and_gone_back_to(admin: Client) -> None:
    save(admin, send(admin, Topic.TICKETS, {"ticket.reopen_days": "9"}), "Mais tempo")
    listed = text_of(admin.get(reverse("rules_versions")))
    assert "Mais tempo" in listed
    assert "as they come with the product" in listed
    one = text_of(admin.get(reverse("rules_version", args=[2])))
    assert "A resolved ticket can be reopened for" in one
    assert "Recife time" in one
    assert admin.get(reverse("rules_version", args=[9])).status_code == 404
    assert admin.get(reverse("rules_compare"), {"de": "9"}).status_code == 404
    compared = text_of(admin.get(reverse("rules_compare"), {"de": "1", "para": "2"}))
    assert "7 days" in compared
    assert "9 days" in compared
    back = admin.post(reverse("rules_go_back", args=[1]))
    save(admin, back, "Voltar")
    assert queries.current().ticket.reopen_days == 7
    assert queries.current().version == 3
    again = admin.post(reverse("rules_go_back", args=[1]))
    assert again.headers["Location"] == reverse("rules_version", args=[1])


def test_b1_somebody_elses_draft_is_not_there(admin: Client) -> None:
    response = send(admin, Topic.TICKETS, {"ticket.reopen_days": "9"})
    other = desk_of(an_administrator())
    assert other.get(response.headers["Location"]).status_code == 404
    assert other.get(reverse("rules_tickets"), {"de": Proposal.objects.get().pk}).status_code == 404


def test_the_pages_ask_the_database_little_however_long_the_book_grew(admin: Client) -> None:
    for days in range(8, 12):
        a_policy_change(Topic.TICKETS, {"ticket": {"reopen_days": days}})
    pages = [reverse("rules"), *(reverse(page.route) for page in PAGES), reverse("rules_versions")]
    pages += [reverse("rules_version", args=[3]), reverse("rules_compare")]
    for address in pages:
        admin.get(address)
        with CaptureQueriesContext(connection) as statements:
            assert admin.get(address).status_code == 200
        assert len(statements) <= 8, address


def test_g3_a_logo_is_chosen_shown_saved_and_taken_away_again(admin: Client) -> None:
    picture = SimpleUploadedFile("marca.png", a_png(120, 40), content_type="image/png")
    edits = {"company.colour": "#8a1c4a", "logo_file": picture, "act": "look"}
    tried = send(admin, Topic.COMPANY, edits)
    assert tried.status_code == 200
    page = tried.content.decode()
    # Shown in its own colours, and kept for the next step although a browser forgets the file.
    digest = hashlib.sha256(a_png(120, 40)).hexdigest()
    assert f'value="{digest}"' in page
    assert "/marca/8a1c4a.css" in page
    assert queries.current().company.logo == ""
    sent = {"company.colour": "#8a1c4a", "company.logo": digest}
    change = send(admin, Topic.COMPANY, sent)
    assert f"a picture of yours ({digest[:8]})" in text_of(admin.get(change.headers["Location"]))
    save(admin, change)
    company = queries.current().company
    assert (company.colour, company.logo) == ("#8a1c4a", digest)
    save(admin, send(admin, Topic.COMPANY, {"logo_none": "on"}))
    assert queries.current().company.logo == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not a PNG picture"),
        (a_png(20, 20), "between 32 and 1024 pixels"),
        (b"x" * 200_000, "larger than 128 KB"),
    ],
    ids=["a drawing", "small", "large"],
)
def test_g3_what_is_no_logo_is_refused_with_what_to_do(
    admin: Client, content: bytes, said: str
) -> None:
    edits = {"company.name": "Outro nome", "logo_file": SimpleUploadedFile("x.png", content)}
    response = send(admin, Topic.COMPANY, edits)
    assert response.status_code == 422
    assert said in text_of(response)
    assert "Outro nome" in response.content.decode()
    assert queries.current().company.name == "Direction"


def test_a_colour_must_be_one(admin: Client) -> None:
    response = send(admin, Topic.COMPANY, {"company.colour": "vinho"})
    assert response.status_code == 422
    assert "a colour such as" in text_of(response)
