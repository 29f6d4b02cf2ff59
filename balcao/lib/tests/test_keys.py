"""Parts of licence keys."""

import pytest

from balcao.lib.keys import block_of_key, blocks_of_key, end_of_key, is_key_like, start_of_key


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


@pytest.mark.parametrize(
    ("typed", "start", "blocks"),
    [
        ("th7 4k2m", "TH74K2M", "TH7-4K2M-"),
        ("TH7-4K2M", "TH74K2M", "TH7-4K2M-"),
        ("th7", "", ""),
        ("TH7-4", "TH74", "TH7-4-"),
        ("TH7-4K2M-9Q", "", "TH7-4K2M-9Q-"),
    ],
)
def test_half_a_key_is_a_beginning_and_more_of_it_only_by_whole_blocks(
    typed: str, start: str, blocks: str
) -> None:
    assert is_key_like(typed)
    assert (start_of_key(typed), blocks_of_key(typed)) == (start, blocks)


def test_names_sentences_and_short_words_are_no_keys() -> None:
    assert all(map(is_key_like, ("TH7", "…D-03", "…E-FC", "abcd", "DIR-1e5", "00af")))
    assert not any(
        map(
            is_key_like,
            ("mar", "E-FC", "Maria da Prefeitura", "", "…", "a@b.example", "03", "81 98765"),
        )
    )
