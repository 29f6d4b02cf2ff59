"""Every template compiles, names what exists, and carries nothing the content policy would block.

Refused: inline scripts and styles, event attributes, `javascript:` addresses, `|safe`, text for
people outside gettext, and includes, macros or routes that do not exist.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import django
from django.template import engines
from django.urls import get_resolver
from jinja2 import Environment, TemplateError, TemplateSyntaxError, nodes

# Mail programs know no style sheets.
MAIL = re.compile(r"^(notifications|channels)/|(^|/)mail/")
SPOKEN = {"title", "alt", "placeholder", "aria-label", "aria-description"}
SILENT = {"script", "style", "code", "kbd", "svg"}
# Names and units are the same in every language.
NAMES = re.compile(r"\b(Balcão|Português|English|Apache|WhatsApp|CSV|PDF|KiB|MiB|Ctrl|Alt|Esc)\b")
WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Problem:
    """Where (template and line) and what."""

    template: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.template}:{self.line}: {self.text}"


def main() -> int:
    """Check all templates of the Jinja2 engine; 1 when there is a problem."""
    django.setup()
    backend: Any = engines["jinja2"]
    environment: Environment = backend.env
    routes = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    names = environment.list_templates()
    problems = [problem for name in names for problem in check(environment, name, routes)]
    print("\n".join(map(str, problems)) or f"{len(names)} templates")
    return 1 if problems else 0


def check(environment: Environment, name: str, routes: set[str]) -> list[Problem]:
    """All problems of one template."""
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, name)
    try:
        environment.compile(source, name, name)
    except TemplateSyntaxError as error:
        return [Problem(name, error.lineno, error.message or "does not compile")]
    tree = environment.parse(source, name)
    problems = [Problem(name, line, text) for line, text in _references(environment, tree, routes)]
    if name.endswith(".html"):
        page = _Page(mail=bool(MAIL.search(name)))
        page.feed(markup(environment, source))
        page.close()
        problems += [Problem(name, line, text) for line, text in page.problems]
    return problems


def markup(environment: Environment, source: str) -> str:
    """The template's own HTML: statements and translated text become blanks, values become `0`."""
    out: list[str] = []
    inside = ""
    first = translated = False
    for _, kind, value in environment.lex(source):
        if kind in {"block_begin", "variable_begin"}:
            inside = kind
            first = True
        elif kind == "block_end":
            inside = ""
        elif kind == "variable_end":
            inside = ""
            out.append("" if translated else "0")
        elif inside == "block_begin" and kind == "name" and first:
            translated = value == "trans" or (translated and value != "endtrans")
            first = False
        if kind == "data" and not translated:
            out.append(value)
        else:
            out.append("\n" * value.count("\n"))
    return "".join(out)


def _references(
    environment: Environment, tree: nodes.Template, routes: set[str]
) -> Iterator[tuple[int, str]]:
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        target = getattr(node, "template", None)
        if not isinstance(target, nodes.Const):
            continue
        try:
            module = _parse(environment, target.value)
        except TemplateError:
            yield node.lineno, f"no template {target.value}"
            continue
        if isinstance(node, nodes.FromImport):
            given = _exported(module)
            for item in node.names:
                wanted = item if isinstance(item, str) else item[0]
                if wanted not in given:
                    yield node.lineno, f"{target.value} has no {wanted}"
    for filtered in tree.find_all(nodes.Filter):
        if filtered.name == "safe":
            yield filtered.lineno, "|safe: build Markup in Python, where it can be tested"
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "url" and call.args:
            route = call.args[0]
            if isinstance(route, nodes.Const) and route.value not in routes:
                yield call.lineno, f"no route {route.value}"


def _parse(environment: Environment, name: str) -> nodes.Template:
    assert environment.loader is not None
    return environment.parse(environment.loader.get_source(environment, name)[0], name)


def _exported(tree: nodes.Template) -> set[str]:
    macros = {node.name for node in tree.find_all(nodes.Macro)}
    values = {
        n.target.name for n in tree.find_all(nodes.Assign) if isinstance(n.target, nodes.Name)
    }
    return macros | values


class _Page(HTMLParser):
    def __init__(self, *, mail: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.mail = mail
        self.problems: list[tuple[int, str]] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and "src" not in given:
            self._problem("inline <script>")
        if tag == "style" and not self.mail:
            self._problem("inline <style>")
        if tag in SILENT:
            self._silent.append(tag)
        for name, value in attrs:
            self._attribute(name, value or "")

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent and (word := _words(data)):
            blank = len(data) - len(data.lstrip())
            self._problem(f"untranslated: {word}", data[:blank].count("\n"))

    def _attribute(self, name: str, value: str) -> None:
        if name == "style" and not self.mail:
            self._problem("style= attribute")
        elif name.startswith(("on", "hx-on")):
            self._problem(f"{name}= attribute")
        elif value.strip().lower().startswith("javascript:"):
            self._problem(f"javascript: in {name}=")
        elif name in SPOKEN and _words(value):
            self._problem(f"untranslated {name}=: {value}")

    def _problem(self, text: str, further: int = 0) -> None:
        self.problems.append((self.getpos()[0] + further, text))


def _words(text: str) -> str:
    """The text for people in a piece of markup, or nothing."""
    rest = " ".join(NAMES.sub(" ", text).split())
    return rest if WORD.search(rest) else ""


if __name__ == "__main__":
    sys.exit(main())
