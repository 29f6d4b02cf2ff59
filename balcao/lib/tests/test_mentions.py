"""People called by name, and texts with variables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.mentions import named_in
from balcao.lib.variables import fill, unknown

PEOPLE = [(1, "Ana Lima"), (2, "Ana Lima Prado"), (3, "João d'Ávila"), (4, "Ana  Lima")]


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@Ana Lima, veja", [1, 4]),
        ("@Ana Lima Prado veja", [2]),
        ("@ana\nlima: veja; @JOÃO D'ÁVILA!", [1, 3, 4]),
        ("(@Ana Lima)", [1, 4]),
        ("x@Ana Lima", []),
        ("@Ana Limaverde", []),
        ("Ana Lima", []),
        ("@", []),
    ],
)
def test_a_name_after_an_at_calls_its_bearers_and_nothing_else_does(
    text: str, called: list[int]
) -> None:
    assert named_in(text, PEOPLE) == called


def test_nobody_is_called_where_nobody_is_known() -> None:
    assert named_in("@Ana Lima", []) == []


@given(st.text())
def test_only_people_of_the_list_are_called(text: str) -> None:
    assert set(named_in(text, PEOPLE)) <= {1, 2, 3, 4}


def test_a_variable_is_filled_and_one_without_a_value_stays_visible() -> None:
    text = "Olá {nome}, chamado {numero} ({produto}). {{x}} { nome } {a b} {{b}"
    filled = fill(text, {"nome": "Ana", "numero": "1", "produto": "", "x": "X"})
    assert filled == "Olá Ana, chamado 1 ([produto]). X { nome } {a b} {[b]"
    assert unknown(text, {"nome", "numero", "produto"}) == ("x", "b")


@given(st.text())
def test_a_text_without_braces_comes_out_as_it_went_in(text: str) -> None:
    if "{" not in text:
        assert fill(text, {"nome": "Ana"}) == text
        assert unknown(text, ()) == ()
