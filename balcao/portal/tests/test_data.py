"""Meus dados: asked for with the password, made by a job, downloaded by its owner alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from balcao.events.models import Access
from balcao.events.queue import run_pending
from balcao.portal.tests.helping import at, at_most, text_of, where
from balcao.tickets.models import Export
from tests.cast import NOW, PASSWORD, Customer, a_customer, a_ticket, signed_in

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def _ask(customer: Customer, **fields: Any) -> Any:
    form = {"what": "", "current": PASSWORD} | fields
    return signed_in(customer.user).post(reverse("account_data"), form)


def test_a_copy_needs_the_password_is_made_by_a_job_and_downloaded_by_its_owner_alone() -> None:
    customer, other = a_customer(), a_customer()
    a_ticket(customer)
    assert _ask(customer, current="errada-de-todo").status_code == 422
    assert not Export.objects.exists()
    assert where(_ask(customer)) == reverse("account_data")
    browser = signed_in(customer.user)
    with at_most(12):
        page = browser.get(reverse("account_data"))
    assert "Em preparo" in text_of(page)
    link = reverse("account_data_download", args=[Export.objects.get().pk])
    assert browser.get(link).status_code == 404
    run_pending(NOW)
    assert "Pronto" in text_of(browser.get(reverse("account_data")))
    answer = browser.get(link)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="balcao-2026-11-13.zip"'
    assert b"".join(answer).startswith(b"PK")
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert signed_in(other.user).get(link).status_code == 404
    seen = Access.objects.filter(act="exported", subject_id=Export.objects.get().pk)
    assert [row.actor_id for row in seen] == [customer.user.pk]
    with at(NOW, days=1):
        assert browser.get(link).status_code == 404
        assert "Removido" in text_of(browser.get(reverse("account_data")))


def test_the_company_s_copy_is_offered_to_its_administrator_and_refused_to_others() -> None:
    chief, member = a_customer(is_admin=True), a_customer()
    offered = text_of(signed_in(chief.user).get(reverse("account_data")))
    assert "Baixar dados da empresa" in offered
    assert _ask(chief, what=str(chief.organisation.pk)).status_code == 302
    plain = text_of(signed_in(member.user).get(reverse("account_data")))
    assert "Baixar dados da empresa" not in plain
    for company in (member.organisation.pk, chief.organisation.pk):
        assert _ask(member, what=str(company)).status_code == 422
    assert Export.objects.get().owner == chief.user
