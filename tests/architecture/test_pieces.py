"""What is remembered of a page (web.memory) follows from its values and the language alone."""

from collections.abc import Iterator
from pathlib import Path

from django.template import engines
from jinja2 import Environment, nodes
from jinja2.meta import find_undeclared_variables

PACKAGE = Path(__file__).resolve().parents[2] / "balcao"
# What a remembered macro may use besides its values: the words of the language, icons, addresses.
_WORDS = {"_", "ngettext", "icon", "url", "static", "language", "languages"}
_FORMATS = {"number", "initials", "dial", "file_size"}


def templates() -> list[Path]:
    return sorted(PACKAGE.glob("*/templates/**/*.html"))


def environment() -> Environment:
    backend = engines["jinja2"]
    found: Environment = backend.env  # type: ignore[attr-defined]
    return found


def parsed(name: str) -> nodes.Template:
    made = environment()
    assert made.loader is not None
    return made.parse(made.loader.get_source(made, name)[0])


def remembered() -> Iterator[tuple[str, str]]:
    """(template, macro) of every macro that a template has remembered."""
    for path in templates():
        tree = environment().parse(path.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in ("piece", "filled"):
                macro = call.args[0]
                assert isinstance(macro, nodes.Getattr), f"{path}: name the macro by its file"
                assert isinstance(macro.node, nodes.Name)
                yield imported(tree, macro.node.name), macro.attr


def imported(tree: nodes.Template, alias: str) -> str:
    """The file a template calls so; it must not see what the page shows."""
    for found in tree.find_all(nodes.Import):
        if found.target == alias:
            assert not found.with_context, f"{alias} sees the page"
            assert isinstance(found.template, nodes.Const)
            return str(found.template.value)
    raise AssertionError(f"{alias} is imported nowhere")


def foreign(template: str, macro: str) -> set[str]:
    """What this macro, and those it calls, use besides their own values."""
    tree = parsed(template)
    macros = {node.name: node for node in tree.find_all(nodes.Macro)}
    aliases = {node.target for node in tree.find_all(nodes.Import)}
    body = macros[macro]
    alone = nodes.Template([body])
    alone.set_environment(environment())
    used = find_undeclared_variables(alone)
    found = {name for name in used if name not in {*macros, *aliases, *_WORDS, "format", "caller"}}
    for name in used & macros.keys() - {macro}:
        found |= foreign(template, name)
    for part in body.find_all(nodes.Getattr):
        if isinstance(part.node, nodes.Name) and part.node.name in aliases:
            found |= foreign(imported(tree, part.node.name), part.attr)
        if isinstance(part.node, nodes.Name) and part.node.name == "format":
            found |= {f"format.{part.attr}"} - {f"format.{name}" for name in _FORMATS}
    return found


def test_what_is_remembered_depends_on_its_values_and_the_language_alone() -> None:
    asked = set(remembered())
    assert ("desk/lines.html", "row") in asked
    assert {(one, used) for one in asked if (used := frozenset(foreign(*one)))} == set()


def test_a_macro_that_uses_more_is_found() -> None:
    assert {"format.absolute", "format.full"} <= foreign("web/components/ticket.html", "line")
    assert {"csrf_input", "place"} <= foreign("desk/parts.html", "hidden")
