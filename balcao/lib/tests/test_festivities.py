"""The days that are offered to a calendar."""

from datetime import date

import pytest

from balcao.lib.festivities import optional, public


def test_r23_holidays_of_brazil_and_pernambuco_are_offered_in_portuguese() -> None:
    found = {festivity.day: festivity.name for festivity in public(2029)}
    assert found[date(2029, 3, 6)].startswith("Revolução Pernambucana")
    assert found[date(2029, 3, 30)] == "Sexta-feira Santa"
    assert len(found) == 11
    assert list(found) == sorted(found)


def test_r23_carnival_ashes_and_recifes_own_days_are_offered_to_be_chosen() -> None:
    found = {festivity.day: festivity for festivity in optional(2027)}
    assert found[date(2027, 2, 9)].name == "Carnaval"
    assert found[date(2027, 2, 10)].spans == ("13:00-18:00",)
    assert {date(2027, 6, 24), date(2027, 7, 16), date(2027, 12, 8)} < set(found)
    assert not set(found) & {festivity.day for festivity in public(2027)}


@pytest.mark.parametrize("year", [1, 1999, 2100, 9999])
def test_years_that_nobody_plans_have_none(year: int) -> None:
    assert public(year) == optional(year) == ()
