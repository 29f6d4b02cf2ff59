"""The checks of templates and translations notice what they are for."""

import pytest
from babel.messages.catalog import Catalog
from jinja2 import DictLoader, Environment

from tools.templates import check
from tools.translations import compare, updated

OTHER = "{% macro badge(x) %}<b>{{ x }}</b>{% endmacro %}"


def template_problems(source: str, name: str = "portal/page.html") -> list[str]:
    environment = Environment(
        loader=DictLoader({name: source, "parts.html": OTHER}),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
    )
    return [problem.text for problem in check(environment, name, {"home"})]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{% if x %}", "Unexpected end of template"),
        ("{{ x|nofilter }}", "No filter named 'nofilter'"),
        ("<script>go()</script>", "inline <script>"),
        ("<style>b{}</style>", "inline <style>"),
        ('<b style="color: red">{{ x }}</b>', "style= attribute"),
        ('<b onclick="go()">{{ x }}</b>', "onclick= attribute"),
        ('<b hx-on:click="go()">{{ x }}</b>', "hx-on:click= attribute"),
        ('<a href="javascript:go()">{{ x }}</a>', "javascript: in href="),
        ("{{ x|safe }}", "|safe"),
        ("<p>Open a ticket</p>", "untranslated: Open a ticket"),
        ('<input placeholder="Your name">', "untranslated placeholder=: Your name"),
        ("{% include 'gone.html' %}", "no template gone.html"),
        ("{% from 'parts.html' import chip %}", "parts.html has no chip"),
        ("{{ url('nowhere') }}", "no route nowhere"),
    ],
)
def test_a_bad_template_is_noticed(source: str, problem: str) -> None:
    assert any(found.startswith(problem) for found in template_problems(source))


@pytest.mark.parametrize(
    "source",
    [
        "<p>{{ _('Open a ticket') }}</p>",
        "<p>{% trans n=x %}One{% pluralize %}{{ n }} tickets{% endtrans %}</p>",
        "{% from 'parts.html' import badge %}{{ badge(url('home')) }}",
        '<script src="{{ x }}" type="module"></script>',
        '<b class="{% if x %}a{% else %}b{% endif %}" title="{{ x }}">·</b>',
        "<code>BALCAO_DATA</code> Balcão",
        "{# a note for us #}",
    ],
)
def test_a_good_template_passes(source: str) -> None:
    assert template_problems(source) == []


def test_mail_may_carry_its_own_style_but_no_script() -> None:
    styled = '<b style="color: red">{{ x }}</b>'
    assert template_problems(styled, "notifications/reply.html") == []
    assert template_problems("<script>go()</script>", "notifications/reply.html")


def test_a_problem_names_its_line() -> None:
    environment = Environment(
        loader=DictLoader({"a.html": "{% if x %}\n\n{% endif %}\n<p>Open</p>"})
    )
    assert [str(problem) for problem in check(environment, "a.html", set())] == [
        "a.html:4: untranslated: Open"
    ]


@pytest.fixture
def sources() -> Catalog:
    catalogue = Catalog()
    catalogue.add("Open")
    catalogue.add("Hello, %(name)s")
    catalogue.add(("%(count)d ticket", "%(count)d tickets"))
    return catalogue


def translated(**changes: object) -> Catalog:
    texts: dict[str, object] = {
        "Open": "Aberto",
        "Hello, %(name)s": "Olá, %(name)s",
        "%(count)d ticket": ("um chamado", "%(count)d chamados"),
    }
    catalogue = Catalog(locale="pt_BR")
    for source, text in (texts | changes).items():
        if text is not None:
            source_id = (source, f"{source}s") if isinstance(text, tuple) else source
            catalogue.add(source_id, text)  # type: ignore[arg-type]
    return catalogue


def test_a_complete_catalogue_passes(sources: Catalog) -> None:
    assert list(compare(sources, translated())) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"Open": None}, "missing: 'Open'"),
        ({"Open": ""}, "empty: 'Open'"),
        ({"Gone": "Foi"}, "not used any more: 'Gone'"),
        ({"Hello, %(name)s": "Olá"}, "placeholders differ: 'Hello, %(name)s': %(name)s"),
        ({"%(count)d ticket": ("um", "%(n)d")}, "placeholders differ"),
        ({"%(count)d ticket": ("um", "muitos")}, "placeholders differ"),
        ({"%(count)d ticket": ("um", "")}, "empty"),
        ({"%(count)d ticket": "um"}, "plural changed"),
    ],
)
def test_a_fault_of_a_catalogue_is_noticed(
    sources: Catalog, changes: dict[str, object], problem: str
) -> None:
    found = list(compare(sources, translated(**changes)))
    assert len(found) == 1
    assert found[0].startswith(problem)


def test_a_guess_is_noticed(sources: Catalog) -> None:
    catalogue = translated()
    message = catalogue.get("Open")
    assert message is not None
    message.flags.add("fuzzy")
    assert list(compare(sources, catalogue)) == ["fuzzy: 'Open'"]


def test_an_update_keeps_translations_and_drops_what_is_gone(sources: Catalog) -> None:
    sources.add("New")
    text = updated(sources, translated(Gone="Foi"), "pt_BR").decode()
    assert 'msgstr "Aberto"' in text
    assert 'msgid "New"\nmsgstr ""' in text
    assert "Gone" not in text
