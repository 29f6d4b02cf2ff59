"""A template calls what it is given as Jinja2 does, whatever kind of thing that is."""

from typing import Any

from django.template import engines
from jinja2 import pass_context, pass_environment, pass_eval_context
from jinja2.runtime import Context

SOURCE = """
{%- macro bold(text, mark="!") %}<b>{{ text }}{{ mark }}</b>{% endmacro -%}
{%- macro around(text) %}<i>{{ text }}</i>{{ caller() }}{% endmacro -%}
{%- block main %}{% for one in ["<", "x"] %}{% set own = one -%}
{{ plain(one, more=one) }}{{ bold(one) }}{{ bold(one, mark="?") -}}
{%- call around(one) %}{{ one }}{% endcall -%}
{{ seen() }}{{ escapes() }}{{ holds() }}{{ one.upper() }}{{ made(one) }}{{ objects(one) }}
{%- endfor %}{% endblock -%}
"""


def plain(text: str, *, more: str) -> str:
    return f"{text}-{more}"


@pass_context
def seen(context: Context) -> str:
    return str(context["own"])


@pass_eval_context
def escapes(context: Any) -> bool:
    return bool(context.autoescape)


@pass_environment
def holds(environment: Any) -> bool:
    return "url" in environment.globals


class Objects:
    """Something that can be called, and wants the context."""

    @pass_context
    def __call__(self, context: Context, text: str) -> str:
        return text + str(context["own"])


def test_a_function_a_macro_and_whatever_else_is_called_as_jinja_calls_it() -> None:
    ours = engines["jinja2"].env  # type: ignore[attr-defined]
    theirs = ours.overlay()
    theirs.context_class = Context
    given = {"plain": plain, "seen": seen, "escapes": escapes, "holds": holds, "made": str}
    found = [env.from_string(SOURCE).render(given, objects=Objects()) for env in (ours, theirs)]
    assert ours.context_class is not Context
    assert found[0] == found[1]
    assert found[0].startswith("&lt;-&lt;<b>&lt;!</b><b>&lt;?</b><i>&lt;</i>&lt;&lt;TrueTrue&lt;")
