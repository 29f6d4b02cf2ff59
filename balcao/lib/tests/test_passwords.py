"""What looks like a password, and what is a session's number or a name."""

import pytest

from balcao.lib.passwords import looks_like_password


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123 456 789",
        "1 234 567 890",
        "maria-pc01@ad",
        "PC-RECEPCAO",
        "3F7KQX",
        "m12-345-678",
        "Ana Lima, gerente",
        "João 2",
    ],
)
def test_numbers_and_names_are_no_passwords(text: str) -> None:
    assert not looks_like_password(text)


@pytest.mark.parametrize(
    "text",
    [
        "123 456 789 senha 4421",
        "Senha: abc",
        "pwd=1",
        "987654321 k3j9x2",
        "Abcd1234",
        "123456789 Xy!7",
        "PIN 1234",
    ],
)
def test_a9_words_signs_and_shapes_of_passwords_are_seen(text: str) -> None:
    assert looks_like_password(text)
