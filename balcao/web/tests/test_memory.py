"""Pieces of pages that are remembered: the same values, the same piece, and nothing of others."""

import pytest
from django.template import engines
from django.utils import translation
from jinja2.runtime import Macro
from markupsafe import Markup
from pytest_django import Settings

from balcao.web.memory import filled, piece

SOURCE = """
{%- macro line(name) %}<b>{{ name }}</b>{{ _("Search") }}{% endmacro -%}
{%- macro form(token, back, name) %}<i>{{ token }}</i><a href="{{ back }}">{{ name }}</a>
{%- endmacro -%}
"""


@pytest.fixture
def macros() -> dict[str, Macro]:
    backend = engines["jinja2"]
    return dict(vars(backend.env.from_string(SOURCE).module))  # type: ignore[attr-defined]


def test_each_language_has_its_own(macros: dict[str, Macro]) -> None:
    with translation.override("en"):
        english = piece(macros["line"], "Ana")
    with translation.override("pt-br"):
        portuguese = piece(macros["line"], "Ana")
    assert english == "<b>Ana</b>Search"
    assert portuguese not in ("", english)


def test_what_somebody_wrote_is_escaped_though_the_same_was_markup_before(
    macros: dict[str, Macro],
) -> None:
    with translation.override("en"):
        assert piece(macros["line"], Markup("<u>x</u>")) == "<b><u>x</u></b>Search"
        assert piece(macros["line"], "<u>x</u>") == "<b>&lt;u&gt;x&lt;/u&gt;</b>Search"
        assert piece(macros["line"], 1) != piece(macros["line"], True)


def test_what_differs_with_every_request_is_put_in_afterwards_and_escaped(
    macros: dict[str, Macro],
) -> None:
    first = filled(macros["form"], (Markup("<input>"), "/a?b=1&c=2"), "Ana")
    second = filled(macros["form"], (Markup("<input value=2>"), '/"><script>'), "Ana")
    assert first == '<i><input></i><a href="/a?b=1&amp;c=2">Ana</a>'
    assert second == '<i><input value=2></i><a href="/&#34;&gt;&lt;script&gt;">Ana</a>'


def test_nothing_is_remembered_while_somebody_works_on_the_desk(
    macros: dict[str, Macro], settings: Settings
) -> None:
    settings.DEBUG = True
    assert piece(macros["line"], "Ana") is not piece(macros["line"], "Ana")
    settings.DEBUG = False
    assert piece(macros["line"], "Ana") is piece(macros["line"], "Ana")
