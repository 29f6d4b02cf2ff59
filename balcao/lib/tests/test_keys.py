"""Parts of licence keys."""

import pytest

from balcao.lib.keys import block_of_key, end_of_key, is_key_like


@pytest.mark.parametrize(
    ("typed", "block", "end"),
    [
        ("TH7", "TH7", ""),
        ("th7-", "TH7", "TH7"),
        ("…d-03", "", "D03"),
        ("XD-03", "", "XD03"),
        ("9qxd03", "9QXD03", "9QXD03"),
        ("9QXD-03", "", "9QXD03"),
        ("M-9QXD-03", "", ""),
        ("TH7-4K2M-9QXD-03", "", ""),
        ("****-11", "", ""),
    ],
)
def test_a_key_is_remembered_by_its_first_block_or_its_last_signs_and_by_nothing_between(
    typed: str, block: str, end: str
) -> None:
    assert (block_of_key(typed), end_of_key(typed)) == (block, end)


def test_names_sentences_and_short_words_are_no_keys() -> None:
    assert all(map(is_key_like, ("TH7", "…D-03", "…E-FC", "abcd", "DIR-1e5", "00af")))
    assert not any(
        map(is_key_like, ("mar", "E-FC", "Maria da Prefeitura", "", "…", "a@b.example", "03"))
    )
