"""What a person wrote, apart from markup and quotations."""

import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.text import clean_text, fold_quotes, html_to_text, is_answer, is_thanks

SAID = "Sim, o erro continua.\nVeja o anexo."
GMAIL = "Em seg., 9 de nov. de 2026 às 10:12, Direction <suporte@direction.com.br> escreveu:"
OUTLOOK = (
    "De: Direction\nEnviada em: segunda-feira, 9 de novembro de 2026 10:12\nPara: Ana\n"
    "Assunto: Re: erro"
)
BOLD = OUTLOOK.replace("De:", "*De:*").replace("Para:", "*Para:*")
QUOTED = {
    "gmail": f"{SAID}\n\n{GMAIL}\n\n> Olá, Ana.\n> Ainda falha?",
    "gmail wrapped": f"{SAID}\n\n"
    "Em seg., 9 de nov. de 2026 às 10:12, Direction <\nsuporte@direction.com.br> escreveu:\n> Olá",
    "outlook line": f"{SAID}\n\n________________________________\n{OUTLOOK}\n\nOlá, Ana.",
    "outlook headers": f"{SAID}\n\n{OUTLOOK}\n\nOlá, Ana.",
    "outlook bold": f"{SAID}\n\n{BOLD}\n\nOlá",
    "thunderbird": f"{SAID}\n\nEm 09/11/2026 10:12, Direction escreveu:\n> Olá, Ana.",
    "original": f"{SAID}\n\n-----Mensagem original-----\nDe: Direction\nOlá, Ana.",
    "english": f"{SAID}\n\nOn Mon, Nov 9, 2026 at 10:12 AM Direction <a@b.example> wrote:\n\n> Olá",
}


@pytest.mark.parametrize("mail", QUOTED.values(), ids=QUOTED.keys())
def test_the_quotation_is_folded_and_nothing_is_lost(mail: str) -> None:
    said, quoted = fold_quotes(mail)
    assert said == SAID
    assert "".join(f"{said}{quoted}".split()) == "".join(mail.split())


def test_prose_that_only_looks_like_an_introduction_stays() -> None:
    text = "Em resposta ao que o João escreveu: não funciona.\n\nAna"
    assert fold_quotes(text) == (text, "")


def test_answers_between_the_quoted_lines_are_what_was_said() -> None:
    mail = f"{GMAIL}\n> Qual a versão?\n7.2\n> E o sistema?\nWindows 11"
    said, quoted = fold_quotes(mail)
    assert said == "7.2\nWindows 11"
    assert quoted == mail


def test_a_mail_of_nothing_but_quotation_is_shown_whole() -> None:
    mail = "> Olá, Ana.\n> Ainda falha?"
    assert fold_quotes(mail) == (mail, "")


@given(st.text(alphabet=">- \n:Deabcscrvu@", max_size=300))
def test_folding_never_loses_a_word(text: str) -> None:
    said, quoted = fold_quotes(text)
    assert (said != "") == (text.strip() != "")
    if not quoted:
        assert said == text.strip()
    else:
        assert "".join(text.split()).endswith("".join(quoted.split()))


def test_html_becomes_the_words_a_person_sees() -> None:
    html = (
        "<html><head><title>x</title><style>p{color:red}</style></head><body><p>Olá,</p>"
        "<p>não <b>imprime</b>&nbsp;nada &amp; trava</p><div>um<br>dois</div>"
        "<!-- nada --><script>alert(1)</script><table><tr><td>a</td><td>b</td></tr></table>"
        "<blockquote>De: x<div>texto</div></blockquote>fim</body></html>"
    )
    assert html_to_text(html) == (
        "Olá,\n\nnão imprime nada & trava\n\num\ndois\na b\n> De: x\n> texto\nfim"
    )


BOMBS = [
    "<div>" * 200_000,
    "<blockquote>" * 90_000,
    '<a href="' * 110_000,
    "<!--" * 250_000,
    "<" * 1_000_000,
    "&" * 1_000_000,
    "<script>" * 120_000,
    "<![CDATA[" * 110_000,
    "a: b\n" * 200_000,
    "> a: b\n" * 150_000,
    " schrieb " * 110_000,
    "Em a\n" * 200_000,
    ">" * 1_000_000,
    "escreveu:\n" * 100_000,
]


@pytest.mark.parametrize("bomb", BOMBS, ids=[bomb[:12].strip() for bomb in BOMBS])
def test_f6_a_megabyte_made_to_be_slow_is_read_within_a_second(bomb: str) -> None:
    start = time.process_time()
    fold_quotes(html_to_text(bomb))
    fold_quotes(bomb)
    assert time.process_time() - start < 2  # both ways, on a machine shared with other tests


def test_text_keeps_what_can_be_stored() -> None:
    assert clean_text("a\x00b\r\nc\rd\ud800é\x1b[0m") == "ab\nc\ndé[0m"
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    controls = {c for c in every if unicodedata.category(c) in {"Cc", "Cs"}} - set("\t\n\r")
    assert clean_text("".join(every)) == unicodedata.normalize(
        "NFC", "".join(c for c in every if c not in controls).replace("\r", "\n")
    )


@pytest.mark.parametrize(
    "reply",
    [
        "Obrigado!",
        "Obrigado, João!",
        "Muito obrigada pela ajuda.\n\nAtt,\nMaria Silva\nEmpresa X Ltda.",
        "ok, obrigado",
        "Perfeito, resolvido. Obrigada!",
        "Valeu",
        "Thanks a lot!",
        "Bom dia, muito obrigado a todos",
    ],
)
def test_r5_a_mere_thank_you_is_known_as_one(reply: str) -> None:
    assert is_thanks(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "ok",
        "Obrigado, mas ainda falha",
        "Não funcionou. Obrigado",
        "Obrigado. Travou de novo",
        "Obrigado, pode ligar no 81 2121-9700?",
        "Obrigado! E a segunda pergunta?",
        "Obrigado\n\nO erro voltou hoje cedo.",
        "obrigado " * 100,
    ],
)
def test_r5_thanks_that_say_more_are_a_message(reply: str) -> None:
    assert not is_thanks(reply)


@pytest.mark.parametrize(
    ("subject", "answers"),
    [
        ("Re: Parou", True),
        ("RES: Chamado 123", True),
        ("[#123 456 7890] Resp: x", True),
        ("Fwd: Parou", False),
        ("Recomeçou: parou", False),
        ("Parou re: tudo", False),
        ("", False),
    ],
)
def test_a_subject_says_whether_it_answers(subject: str, answers: bool) -> None:
    assert is_answer(subject) is answers
