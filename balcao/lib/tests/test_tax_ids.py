"""Tax numbers: what counts as one, how it is stored and shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.br import cnpj

from balcao.lib.tax_ids import looks_like_tax_id, parse_tax_id, same_root, show_tax_id


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("11.222.333/0001-81", "11222333000181", "11.222.333/0001-81"),
        (" 11222333000181 ", "11222333000181", "11.222.333/0001-81"),
        ("12.abc.345/01de-35", "12ABC34501DE35", "12.ABC.345/01DE-35"),
        ("529.982.247-25", "52998224725", "529.982.247-25"),
    ],
)
def test_a_number_is_stored_bare_and_shown_with_its_points(
    typed: str, stored: str, shown: str
) -> None:
    assert parse_tax_id(typed) == stored
    assert show_tax_id(stored) == shown
    assert looks_like_tax_id(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        *("", "11.222.333/0001-82", "12ABC34501DE36", "529.982.247-26", "11111111111"),
        *("00000000000000", "1122233300018", "5299822472A", "Hotel Maré Alta"),
    ],
)
def test_a_wrong_number_is_none(typed: str) -> None:
    with pytest.raises(ValueError, match="CNPJ"):
        parse_tax_id(typed)
    assert looks_like_tax_id(typed) == ""


def test_branches_share_their_root_and_a_person_has_none() -> None:
    assert same_root("11222333000181", "11222333000262")
    assert not same_root("11222333000181", "12ABC34501DE35")
    assert not same_root("52998224725", "52998224725")
    assert not same_root(None, "11222333000181")
    assert not same_root("11222333000181", None)


def test_nothing_is_shown_for_no_number() -> None:
    assert show_tax_id(None) == ""


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=12, max_size=12))
def test_every_cnpj_with_right_check_digits_is_one(base: str) -> None:
    digits = cnpj.calc_check_digits(base + "00")
    if not (base + digits).startswith("000000000000"):
        assert parse_tax_id(show_tax_id(base + digits)) == base + digits
