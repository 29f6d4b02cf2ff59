"""Copies that customers take along, told once for the story of a desk's life."""

from datetime import timedelta

from balcao.tickets import actions as tickets
from tests import cast
from tests.cast import NOW

HOUR = timedelta(hours=1)


def tell_of_copies(word: str) -> None:
    """One is made and its day ends, one is never finished."""
    customer = cast.a_customer(name=word, is_admin=True)
    cast.a_ticket(customer, subject=word, body=word)
    row = tickets.ask_export(actor=customer.actor, now=NOW)
    tickets.make_export(now=NOW, export_id=row.pk)
    tickets.tidy_exports(NOW + 24 * HOUR)
    company = customer.organisation.pk
    tickets.ask_export(actor=customer.actor, now=NOW, organisation_id=company)
    tickets.tidy_exports(NOW + HOUR)
