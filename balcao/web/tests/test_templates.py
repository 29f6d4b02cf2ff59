"""The design page shows every component in every state; here it is drawn with strict variables."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from pytest_django import Settings

import balcao
from balcao.policy.access import ANONYMOUS
from balcao.web import catalogues, memory
from balcao.web.addresses import address
from balcao.web.samples import sample
from balcao.web.samples_books import books

NOW = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
VOID = {"input", "img", "link", "meta", "br", "hr", "use", "path"}
DESIGN = ("web/design.html", "web/design_desk.html", "web/design_books.html")
ERRORS = (400, 401, 403, 404, 413, 500, 503)


class Page(HTMLParser):
    """What the checks below need: open tags, ids, references, names of controls."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.unbalanced.append(tag)

    def ids(self) -> list[str]:
        return [given for _, attrs in self.tags if (given := attrs.get("id"))]


@pytest.fixture(params=["pt-br", "en"], autouse=True)
def language(request: pytest.FixtureRequest, settings: Settings) -> Iterator[str]:
    settings.ROOT_URLCONF = "balcao.web.tests.urls"
    catalogues.compile_all()
    _forget()
    with translation.override(request.param):
        yield request.param
    _forget()


def _forget() -> None:
    """The routes of this room's tests are no others', and addresses are remembered."""
    memory.forget()
    address.cache_clear()


def draw(template: str, *, theme: str = "", focus: str = "ticket") -> str:
    request = RequestFactory().get("/design")
    request.actor = ANONYMOUS  # type: ignore[attr-defined]
    request.now = NOW  # type: ignore[attr-defined]
    if theme:
        request.COOKIES["balcao_theme"] = theme
    company = SimpleNamespace(
        name="Balcão Teste",
        support_phone="(81) 5550-0100",
        support_address="suporte@example.com",
    )
    policy = SimpleNamespace(company=company, timezone="America/Recife")
    more = books(NOW)
    context = {"sample": sample(NOW, focus=focus), "more": more, "policy": policy}
    return render_to_string(template, context, request=request)


@pytest.mark.parametrize("template", DESIGN)
def test_every_component_is_well_formed_and_linked(template: str) -> None:
    page = Page(draw(template))
    assert page.unbalanced == []
    assert page.open == []
    ids = page.ids()
    repeated = {name for name in ids if ids.count(name) > 1}
    # The design page draws two refusals, two composers.
    assert repeated <= {"refusal-title", "composer-text", "composer-files"}
    for tag, attrs in page.tags:
        for name in ("for", "aria-labelledby", "popovertarget"):
            if attrs.get(name):
                assert attrs[name] in ids, (tag, name, attrs[name])
        for name in (attrs.get("aria-describedby") or "").split():
            assert name in ids, (tag, name)


@pytest.mark.parametrize("template", DESIGN)
def test_l3_nothing_inline_reaches_the_page(template: str) -> None:
    for tag, attrs in Page(draw(template)).tags:
        assert "style" not in attrs, tag
        assert not [name for name in attrs if name.startswith(("on", "hx-on"))], tag
        assert tag != "script" or attrs.get("src"), tag


def test_every_icon_is_silent_or_named_and_every_picture_has_a_text() -> None:
    for tag, attrs in Page(draw("web/design.html")).tags:
        if tag == "svg":
            assert attrs.get("aria-hidden") == "true" or attrs.get("aria-label")
        if tag == "img":
            assert "alt" in attrs


def test_the_language_of_the_page_is_declared(language: str) -> None:
    declared = "pt-BR" if language == "pt-br" else "en"
    assert f'<html lang="{declared}"' in draw("web/design.html")


def test_the_theme_follows_the_device_unless_a_cookie_says_otherwise() -> None:
    assert "data-theme" not in draw("web/design.html")
    assert 'data-theme="balcao-dark"' in draw("web/design.html", theme="dark")
    assert 'data-theme="balcao"' in draw("web/design.html", theme="light")
    assert "data-theme" not in draw("web/design.html", theme='"><script>')


@pytest.mark.parametrize("status", ERRORS)
def test_an_error_page_needs_neither_the_policy_nor_a_person(status: int) -> None:
    source = render_to_string(f"web/errors/{status}.html", {"theme": "", "policy": Broken()})
    page = Page(source)
    assert page.unbalanced == []
    assert any(tag == "h1" for tag, _ in page.tags)


class Broken:
    """A policy that cannot be read."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the error page asked for {name}")


def component(source: str, **context: object) -> str:
    found = engines["jinja2"].from_string(
        '{% import "web/components/ui.html" as ui %}'
        '{% import "web/components/ticket.html" as t %}' + source
    )
    return found.render(context)


def test_what_a_customer_wrote_is_never_markup() -> None:
    drawn = component(
        '{{ t.message("contact", who, at, at, text, quoted=text, files=files) }}',
        who="<b>Ana</b>",
        at=NOW,
        text='<script>alert("x")</script>',
        files=[SimpleNamespace(name='"><img src=x>', size=1, href="#", flagged=True, held="")],
    )
    assert "<script" not in drawn
    assert "<b>" not in drawn
    assert "<img" not in drawn


def test_an_error_is_linked_to_its_field() -> None:
    page = Page(component('{{ ui.field("phone", "Telefone", hint="Com DDD", errors=("Não.",)) }}'))
    control = next(attrs for tag, attrs in page.tags if tag == "input")
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"] == "id_phone-error id_phone-hint"
    assert {"id_phone-error", "id_phone-hint"} <= set(page.ids())


def test_a_field_without_error_says_nothing_of_one() -> None:
    page = Page(component('{{ ui.field("phone", "Telefone") }}'))
    control = next(attrs for tag, attrs in page.tags if tag == "input")
    assert "aria-invalid" not in control
    assert "aria-describedby" not in control


class Form(forms.Form):
    subject = forms.CharField(label="Assunto", max_length=5)
    service = forms.ChoiceField(label="Serviço", choices=[("a", "A"), ("b", "B")])
    body = forms.CharField(label="Texto", widget=forms.Textarea, required=False)
    secret = forms.CharField(label="Senha", widget=forms.PasswordInput)


def test_a_form_that_came_back_keeps_what_was_typed_but_never_a_password() -> None:
    form = Form({"subject": "muito longo", "service": "b", "body": "linha", "secret": "segredo"})
    form.is_valid()
    drawn = component(
        "{{ ui.form_errors(form) }}{% for f in form %}{{ ui.bound(f) }}{% endfor %}", form=form
    )
    assert 'value="muito longo"' in drawn
    assert '<option value="b" selected' in drawn
    assert "\nlinha</textarea>" in drawn
    assert "segredo" not in drawn
    assert 'href="#id_subject"' in drawn


def test_an_action_that_is_not_possible_stays_visible_with_its_reason() -> None:
    page = Page(component('{{ ui.button("Responder", reason="Encerrado.") }}'))
    button = next(attrs for tag, attrs in page.tags if tag == "button")
    assert (button["aria-disabled"], button["type"]) == ("true", "button")


def test_every_dialog_that_asks_has_a_way_back_in_words() -> None:
    asked = re.compile(
        r'call ui\.dialog\("([a-z-]+)", _\("[^"]+\?"\)\) %\}(.*?)\{% endcall %\}', re.DOTALL
    )
    found = [
        (path.name, name, f'ui.keep("{name}", _(' in body)
        for path in Path(balcao.__file__).parent.rglob("templates/**/*.html")
        for name, body in asked.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(found) >= 5
    assert [one for one in found if not one[2]] == []
