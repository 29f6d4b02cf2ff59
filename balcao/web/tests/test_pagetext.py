"""The public page's text: filled in from the policy, and never markup of its own."""

from dataclasses import replace

import pytest
from django.utils.translation import override

from balcao.policy.book import Calendar, Span
from balcao.policy.tests.builders import POLICY
from balcao.web import pagetext
from balcao.web.words import hours

MORNING, AFTERNOON = Span(8 * 60, 12 * 60), Span(13 * 60 + 30, 18 * 60)


def week(*days: tuple[Span, ...]) -> Calendar:
    return replace(POLICY.calendar, week=days)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([(Span(480, 1080),)] * 5 + [(), ()], "Monday to Friday, 08:00 to 18:00"),
        (
            [(MORNING, AFTERNOON)] * 5 + [(MORNING,), ()],
            "Monday to Friday, 08:00 to 12:00 and 13:30 to 18:00; Saturday, 08:00 to 12:00",
        ),
        ([(MORNING,), (MORNING,), (), (), (), (), ()], "Monday and Tuesday, 08:00 to 12:00"),
        ([(Span(0, 1440),)] * 7, "Monday to Sunday, 00:00 to 24:00"),
        ([()] * 7, "closed"),
    ],
)
def test_r23_business_hours_are_said_as_people_say_them(
    days: list[tuple[Span, ...]], said: str
) -> None:
    with override("en"):
        assert hours.week(week(*days)) == said


def test_r23_business_hours_are_read_aloud_in_portuguese() -> None:
    with override("pt-br"):
        assert hours.week(week(*[(Span(480, 1080),)] * 5, (), ())) == (
            "de segunda-feira a sexta-feira, das 08:00 às 18:00"
        )


def test_s44_the_shipped_text_says_every_fact_of_the_policy() -> None:
    for language, text in (("pt-br", POLICY.page.pt), ("en", POLICY.page.en)):
        with override(language):
            drawn = str(pagetext.render(text, POLICY))
            for value in pagetext.values(POLICY).values():
                assert value in drawn
            assert "{" not in drawn
            assert "<h2>" in drawn


def test_s44_the_text_is_text_whatever_it_holds() -> None:
    company = replace(POLICY.company, name="A & B <script>", portal_url='https://x/"><b')
    text = "# Olá {company} {quem}\n\n- um\n- <i>dois</i>\n\nveja {portal_url}\nou ligue"
    drawn = str(pagetext.render(text, replace(POLICY, company=company)))
    assert drawn.splitlines() == [
        "<h2>Olá A &amp; B &lt;script&gt; {quem}</h2>",
        "<ul><li>um</li><li>&lt;i&gt;dois&lt;/i&gt;</li></ul>",
        '<p>veja <a href="https://x/&#34;&gt;&lt;b">https://x/&#34;&gt;&lt;b</a> ou ligue</p>',
    ]


def test_half_hours_are_written_as_such() -> None:
    with override("pt-br"):
        short = replace(POLICY.sla, start=POLICY.sla.start / 16)
        assert pagetext.values(replace(POLICY, sla=short))["start_hours"] == "1,5"


def test_s44_steps_and_bold_words_are_drawn_and_telephones_lead_to_a_call() -> None:
    text = "1. Entre\n2. Clique em **Abrir Chamado**\n\n**{support_phone}** ou ** nada"
    company = replace(POLICY.company, support_phone="(81) 2121-9700")
    assert str(pagetext.render(text, replace(POLICY, company=company))).splitlines() == [
        "<ol><li>Entre</li><li>Clique em <strong>Abrir Chamado</strong></li></ol>",
        '<p><strong><a href="tel:8121219700">(81) 2121-9700</a></strong> ou ** nada</p>',
    ]


def test_s44_a_page_takes_its_title_and_its_contents_from_the_headings() -> None:
    drawn = pagetext.page("# Ajuda {company} & nós\nOi\n## Às 8 h\n- a\n### Mais\n# Fim", POLICY)
    assert drawn.title == f"Ajuda {POLICY.company.name} & nós"
    assert drawn.contents == (("as-8-h-2", "Às 8 h"), ("fim-5", "Fim"))
    assert str(drawn.body).splitlines() == [
        "<p>Oi</p>",
        '<h2 id="as-8-h-2">Às 8 h</h2>',
        "<ul><li>a</li></ul>",
        "<h3>Mais</h3>",
        '<h2 id="fim-5">Fim</h2>',
    ]


def test_s44_a_text_without_a_heading_has_no_title() -> None:
    assert pagetext.page("Oi", POLICY) == pagetext.Page("", (), pagetext.render("Oi", POLICY))
