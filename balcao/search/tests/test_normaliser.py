"""The words of a text and of a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.search.normaliser import (
    MAX_TERMS,
    fold,
    marked,
    normalise,
    parse,
    snippet,
    stem,
    words_of,
)


@pytest.mark.parametrize(
    "family",
    [
        "configurar configuração configuracao configurações configuracoes",
        "reunião reuniões reuniao reunioes",
        "cartão cartões cartao cartoes",
        "pagar pagou pagaram pagando",
        "usuário usuários usuario usuarios",
        "licença licenças licenca licencas",
        "Ligação LIGAÇÕES ligacao ligacoes",
        "relatório relatórios relatorio",
        "instalação instalações instalar instalado",
        "conexão conexões conexao",
        "servidor servidores",
        "mensagem mensagens",
        "ramal ramais",
        "painel painéis",
        "erro erros",
        "rede redes",
        "ordem ordens",
        "versão versões",
        "vez vezes",
    ],
)
def test_the_words_of_a_family_meet(family: str) -> None:
    assert len({stem(word) for word in normal(family)}) == 1


def normal(text: str) -> list[str]:
    """The words as they reach the stemmer."""
    return fold(text).split()


def test_other_words_stay_apart() -> None:
    assert len(set(words_of("ramal gateway tarifador backup rede senha"))) == 6


def test_small_words_are_left_out_of_texts_and_queries_alike() -> None:
    assert normalise("o cartão de crédito") == normalise("cartão crédito")
    assert parse("o cartão de crédito") == parse("cartão crédito")
    assert not parse("de para com")
    assert parse("não funciona").wanted[0].words == ("nao",)


def test_what_is_only_excluded_asks_nothing() -> None:
    assert not parse("-backup")
    assert not parse('-"em falta"')
    assert parse("rede -backup")


def test_a_word_with_a_dash_inside_is_a_phrase() -> None:
    assert parse("e-mail") == parse("mail")
    assert parse("tele-fone").wanted[0].words == ("tel", stem("fone"))


def test_somebody_who_is_still_typing_finds_what_the_last_word_may_become() -> None:
    assert parse("rede conf", unfinished=True).terms[-1].start == "conf"
    assert parse("rede conf ", unfinished=True).terms[-1].start == ""
    assert parse("rede com", unfinished=True) == parse("rede")
    assert parse("rede -conf", unfinished=True).terms[-1].without


def test_a_short_beginning_is_a_word() -> None:
    assert parse("co*") == parse("co")
    assert parse("con*").terms[0].start == "con"


@given(st.text(max_size=500))
def test_every_text_becomes_plain_words_and_every_query_is_understood(text: str) -> None:
    for word in normalise(text).split():
        assert word.isascii()
        assert word.isalnum()
        assert word[0].isalpha()
    asked = parse(text, unfinished=True)
    assert len(asked.terms) <= MAX_TERMS
    assert "".join(piece for piece, _hit in marked(text, asked)) == text


def test_marks_are_on_the_words_that_were_looked_for_as_they_were_written() -> None:
    pieces = marked("As configurações, <b>não</b> a rede", parse("configurar"))
    assert pieces == [("As ", False), ("configurações", True), (", <b>não</b> a rede", False)]
    assert ("tarifador", True) in marked("o tarifador parou", parse("tarif*"))
    assert ("Pagamento", True) in marked("Pagamento", parse("pagamentos*"))
    whole = marked("de (81) 98765-4321.", parse("8765 4321"))
    assert [piece for piece, hit in whole if hit] == ["81", "98765", "4321"]
    assert marked("rede", parse("-rede tudo")) == [("rede", False)]


def test_a_snippet_stands_around_the_first_word_that_was_looked_for() -> None:
    long = f"{'antes ' * 100}tarifador {'depois ' * 100}"
    pieces = snippet(long, parse("tarifador"))
    shown = "".join(piece for piece, _hit in pieces)
    assert ("tarifador", True) in pieces
    assert shown.startswith("… antes")
    assert shown.endswith("depois …")
    assert len(shown) < 200
    assert snippet("curto", parse("ausente")) == [("curto", False)]
    assert "".join(piece for piece, _hit in snippet(long, parse("ausente"))).startswith("antes")


@given(st.text(max_size=400), st.text(max_size=30))
def test_a_snippet_of_anything_is_short(text: str, asked: str) -> None:
    assert sum(len(piece) for piece, _hit in snippet(text, parse(asked))) <= 190
