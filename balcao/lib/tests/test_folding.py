"""Words as a search compares them."""

from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.folding import fold, search_words


def test_accents_case_and_punctuation_make_no_difference() -> None:
    assert fold("  Clínica VALE-Verde, Ltda. ") == "clinica vale verde ltda"


def test_small_words_are_not_searched_for_unless_they_are_all_there_is() -> None:
    assert search_words("a Maria da Prefeitura") == ["maria", "prefeitura"]
    assert search_words("A de O") == ["a", "de", "o"]
    assert search_words("") == []


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
