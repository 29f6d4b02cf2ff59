"""The same hits on both engines, whatever is asked."""

import secrets

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from balcao.search.actions import Text, forget, index
from balcao.search.models import Kind, SearchDoc
from balcao.search.normaliser import Asked, Term, parse, phones_of, words_of
from balcao.search.queries import ENOUGH, NEWEST, Look, hits, looks

TEXTS = {
    1: "A configuração da rede caiu depois da atualização",
    2: "Como configurar o tarifador? As configurações sumiram",
    3: "O cartão de crédito foi recusado no pagamento",
    4: "Carta do banco sobre o pagamento dos ramais",
    5: "Usuário sem acesso; a senha não funciona",
    6: "E-mail do usuario nao chega: user@cliente.example",
    7: "Ramal 2023 mudo, (81) 98765-4321",
    8: "Reunião sobre os relatórios do tarifador",
    9: "Backup <b>completo</b>; DROP TABLE; 'aspas' \"duplas\"",
    10: "Crédito do cartão",
    11: "Привет, ошибка в отчёте",
    12: "chave DIR-1e5-00af versão 1e5",
    13: "Ligue 87654321 ou +55 81 2121.9700",
}


def write(texts: dict[int, str], *, kind: Kind = Kind.MESSAGE, owner: int = 1) -> None:
    index(Text(kind, pk, 100 + pk, owner, words) for pk, words in texts.items())


def found(asked: Asked | str, look: Look = Look.ALL, **how: object) -> list[int]:
    """The objects of the texts found, as the engine gives them."""
    wanted = parse(asked) if isinstance(asked, str) else asked
    hit = hits(wanted, look, **how)  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT object_id FROM ({hit.sql}) AS hit ORDER BY id DESC", hit.values)
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("configurar", [2, 1]),
        ("CONFIGURAÇÕES", [2, 1]),
        ("configuracao rede", [1]),
        ("usuário", [6, 5]),
        ("usuario", [6, 5]),
        ('"cartão de crédito"', [3]),
        ('"crédito cartão"', [10]),
        ("crédito cartão", [10, 3]),
        ("pagam*", [4, 3]),
        ("pagamentos*", [4, 3]),
        ("configurac*", [2, 1]),
        ("tarifador -configurar", [8]),
        ('pagamento -"cartão de crédito"', [4]),
        ("e-mail", [6]),
        ("cliente.example", [6]),
        ("98765-4321", [13, 7]),
        ("987654321", [13, 7]),
        ("8765-4321", [13, 7]),
        ("87654321", [13, 7]),
        ("(81) 8765 4321", [13, 7]),
        ("81987654321 mudo", [7]),
        ("+55 81 98765-4321", [13, 7]),
        ("5581987654321", [13, 7]),
        ("(81)98765-4321 -mudo", [13]),
        ("2121-9700", [13]),
        ("21219700", [13]),
        ("1219700", []),
        ("4321", [7]),
        ("00AF", [12]),
        ("DIR", [12]),
        ("2023", [7]),
        ("202*", [7]),
        ("ramais*", [7, 4]),
        ("не привет", []),
        ("ошибка", [11]),
        ("1e5", [12]),
        ("DIR-1e5-00af", [12]),
        ("não", [6, 5]),
        ("inexistente", []),
        ('aspas" OR (', []),
        ("DROP TABLE; --", [9]),
        ("norm:rede ^ + { NEAR(", []),
        ("'aspas' & !x | y:*", []),
    ],
)
def test_each_query_finds_the_same_texts_on_both_engines_newest_first(
    asked: str, expected: list[int]
) -> None:
    write(TEXTS)
    for look in looks():
        assert found(asked, look) == expected


@pytest.mark.django_db
def test_a_changed_text_is_found_by_its_new_words_only_and_an_erased_one_by_none() -> None:
    write(TEXTS)
    write({1: "Impressora fiscal sem papel"})
    assert found("impressora") == [1]
    assert found("configurar") == [2]
    forget(Kind.MESSAGE, [1, 2])
    assert found("impressora") == found("configurar") == []
    assert SearchDoc.objects.count() == len(TEXTS) - 2


@pytest.mark.django_db
def test_texts_of_other_kinds_and_owners_are_not_looked_through() -> None:
    write({1: "gateway parado"})
    write({2: "gateway parado"}, kind=Kind.NOTE)
    write({3: "gateway parado"}, owner=2)
    assert found("gateway") == [3, 2, 1]
    assert found("gateway", kinds=frozenset({Kind.MESSAGE})) == [3, 1]
    assert found("gateway", owners=frozenset({2})) == [3]
    assert found("gateway", owners=frozenset({2, 7, 1})) == [3, 2, 1]


@pytest.mark.django_db
def test_a_common_word_is_looked_for_among_the_newest_texts_and_never_counted() -> None:
    write(dict.fromkeys(range(1, NEWEST + 200), "gateway parado"))
    newest = found("gateway", Look.NEWEST)
    assert newest == list(range(NEWEST + 199, 199, -1))
    for look in looks():
        assert len(found("gateway", look)) <= ENOUGH


@pytest.mark.django_db
def test_nothing_asked_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError):
        hits(parse("-rede"), Look.ALL)


def holds(words: list[str], term: Term) -> bool:
    """Whether a text's words hold the term, as the language says."""
    if term.phone and term.phone in words:
        return True
    for at in range(len(words)):
        rest = words[at:]
        if tuple(rest[: len(term.words)]) != term.words:
            continue
        if not term.start:
            return True
        last = rest[len(term.words) : len(term.words) + 1]
        if last and (last[0].startswith(term.start) or last[0] in term.shorter):
            return True
    return False


PIECES = st.sampled_from(
    [
        *("rede", "redes", "configuração", "configurar", "ramal", "1e5", "12", "não", "-", '"'),
        *("*", " ", " ", " ", ":", "'", "(", ")", "&", "|", "!", "\\", "\x00", "%", "ошибка", "e"),
        *("NEAR", "AND", "OR", "NOT", "\n", "ß", "İ", "co", "conf", "²", "_", "zzowner1", "\ud7ff"),
        *("98765-4321", "8765 4321", "(81) ", "+55", "21219700"),
    ]
)
HOSTILE = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60)


class Agreement(TestCase):
    """Each engine against the meaning of the language, so that both find the same."""

    @given(texts=st.lists(HOSTILE, min_size=1, max_size=5), asked=HOSTILE)
    def test_the_engine_finds_exactly_what_the_language_means(
        self, texts: list[str], asked: str
    ) -> None:
        wanted = parse(asked)
        if not wanted:
            return
        SearchDoc.objects.all().delete()
        write(dict(enumerate(texts, start=1)))
        expected = [
            pk
            for pk, text in reversed(list(enumerate(texts, start=1)))
            if all(
                holds(["zzowner1", *words_of(text), *phones_of(text)], term) is not term.without
                for term in wanted.terms
            )
        ]
        for look in looks():
            assert found(wanted, look) == expected

    def test_it_would_notice_a_missing_text(self) -> None:
        write({1: "rede", 2: secrets.token_hex(8)})
        assert found("rede") == [1]
