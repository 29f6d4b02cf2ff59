"""What could be taken for an address on file, and what could not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.mail.lookalike import lookalike_of

KNOWN = "ana.lima@cliente.com.br"
OTHERS = ("bruno@outra.com.br", KNOWN)

LOOKALIKES = [
    "ana.lima@c1iente.com.br",
    "ana.lima@cIiente.com.br",
    "ana.lima@cliеnte.com.br",
    "ana.lima@clíente.com.br",
    "ana.lima@xn--clente-4va.com.br",
    "ana.lima@xn--clinte-5of.com.br",
    "ana.lima@cliente.com",
    "ana.lima@cliente.net.br",
    "ana.lima@cliente.com.br.evil.example",
    "ana.lima@mail.cliente.com.br",
    "ana.lima@cliente.co",
    "ana.lima@clientee.com.br",
    "ana.lima@cleinte.com.br",
    "ana.lima@cliete.com.br",
    "ana.lima@cliante.com.br",
    "ana.lima@cli-ente.com.br",
    "ana.lirna@cliente.com.br",
    "аna.lima@cliente.com.br",
    "ana.limma@cliente.com.br",
    "ana.lima+x@cliente.com.br",
    "analima@cliente.com.br",
    "a.n.a.lima@cliente.com.br",
    "Ana Lima <ana.lima@cliente.org>",
    '"ana.lima@cliente.com.br" <ana.lima@cliente.info>',
]
OTHER_PEOPLE = [
    KNOWN,
    KNOWN.upper(),
    "carla@cliente.com.br",
    "ana.lima@gmail.com",
    "bruno@cliente.com.br",
    "joao@outra-empresa.com.br",
    "",
    "ana.lima",
    "@",
    "ana.lima@",
]


@pytest.mark.parametrize("claimed", LOOKALIKES)
def test_d6_d7_a_lookalike_is_pointed_out_with_whom_it_looks_like(claimed: str) -> None:
    assert lookalike_of(claimed, OTHERS) == KNOWN


@pytest.mark.parametrize("claimed", OTHER_PEOPLE)
def test_d6_another_person_or_the_very_same_is_no_lookalike(claimed: str) -> None:
    assert lookalike_of(claimed, OTHERS) is None


def test_d6_names_of_a_few_letters_are_simply_others() -> None:
    assert lookalike_of("ana@x.com.br", ["eva@x.com.br", "ane@x.com.br"]) is None


@given(st.text(max_size=80), st.text(max_size=40))
def test_d6_whatever_is_written_is_compared_in_peace(claimed: str, known: str) -> None:
    lookalike_of(claimed, [known])
    lookalike_of(f"{claimed}@{known}", [KNOWN])
