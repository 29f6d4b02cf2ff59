"""The design pages show every component there is."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, nodes

TEMPLATES = Path(__file__).parents[1] / "templates" / "web"
COMPONENTS = TEMPLATES / "components"
PAGES = sorted(TEMPLATES.glob("design*.html"))
Macro = tuple[str, str]


@cache
def tree(path: Path) -> nodes.Template:
    """A template, parsed."""
    source = path.read_text(encoding="utf-8")
    return Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True).parse(
        source
    )


def parents(path: Path) -> list[Path]:
    """A page and the shells it extends."""
    found = [path]
    while extended := next(tree(found[-1]).find_all(nodes.Extends), None):
        assert isinstance(extended.template, nodes.Const)
        found.append(TEMPLATES.parent / str(extended.template.value))
    return found


def calls(path: Path, within: nodes.Node | None = None) -> set[Macro]:
    """The macros that a template, or one macro of it, calls: (file, name)."""
    files = {
        node.target: Path(node.template.value).name
        for page in parents(path)
        for node in tree(page).find_all(nodes.Import)
        if isinstance(node.template, nodes.Const)
    }
    named = {
        str(name): Path(node.template.value).name
        for node in tree(path).find_all(nodes.FromImport)
        if isinstance(node.template, nodes.Const)
        for name in node.names
    }
    own = {macro.name for macro in tree(path).find_all(nodes.Macro)}
    found = set()
    for call in (within or tree(path)).find_all(nodes.Call):
        target = call.node
        # A piece that is remembered is called by its name (web.memory).
        if isinstance(target, nodes.Name) and target.name in ("piece", "filled"):
            target = call.args[0]
        if isinstance(target, nodes.Getattr) and isinstance(target.node, nodes.Name):
            if target.node.name in files:
                found.add((files[target.node.name], target.attr))
        elif isinstance(target, nodes.Name):
            if target.name in named:
                found.add((named[target.name], target.name))
            elif target.name in own:
                found.add((path.name, target.name))
    return found


def components() -> dict[Macro, nodes.Macro]:
    """Every macro of the components that a page may call."""
    return {
        (path.name, macro.name): macro
        for path in sorted(COMPONENTS.glob("*.html"))
        for macro in tree(path).find_all(nodes.Macro)
    }


def shown() -> set[Macro]:
    """What the design pages call, and what those components call in turn."""
    known, found = components(), set[Macro]()
    waiting = {one for page in PAGES for path in parents(page) for one in calls(path)}
    while waiting:
        one = waiting.pop()
        if one in found or one not in known:
            continue
        found.add(one)
        waiting |= calls(COMPONENTS / one[0], known[one])
    return found


def test_every_component_is_on_a_design_page() -> None:
    assert len(PAGES) == 3
    assert sorted(components().keys() - shown()) == []


def test_a_component_that_nobody_shows_is_noticed() -> None:
    known, called = components(), calls(PAGES[0])
    assert ("ui.html", "skeleton") in known
    assert ("book.html", "change") not in calls(TEMPLATES / "design.html")
    assert called
