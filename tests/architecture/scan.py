"""Readers of Python source that the structure tests share; each yields (line, what)."""

import ast
from collections.abc import Iterator
from itertools import pairwise

Found = Iterator[tuple[int, str]]

_ALWAYS_WRITES = {
    f"{prefix}{name}"
    for prefix in ("", "a")
    for name in ("bulk_create", "bulk_update", "get_or_create", "update_or_create")
}
_SIGNAL_MODULES = (
    "django.dispatch",
    "django.db.models.signals",
    "django.db.backends.signals",
    "django.core.signals",
    "django.contrib.auth.signals",
    "django.test.signals",
)
_CLOCKS = {"now", "utcnow", "today", "localtime", "localdate", "time", "monotonic"}
_DICTIONARIES = {"globals", "headers", "context", "environ"}
_SQL_WRITES = ("insert", "update", "delete", "replace", "create", "alter", "drop", "truncate")


def writes(tree: ast.AST) -> Found:
    """Calls that change rows: save, create, update, delete, the bulk forms and written SQL; and
    whoever takes our own such calls (balcao.events.changes).

    Told from a dictionary's or a file's method of the same name by their arguments: a queryset is
    updated with keywords only, a row is saved without a name, deleted without anything.
    """
    for call in _calls(tree):
        if not isinstance(call.func, ast.Attribute) or _holder(call.func) in _DICTIONARIES:
            continue
        name = call.func.attr
        plain = not call.args
        keywords = bool(call.keywords)
        if (
            name in _ALWAYS_WRITES
            or (name in {"save", "asave"} and plain)
            or (name in {"create", "acreate", "update", "aupdate"} and plain and keywords)
            or (name in {"delete", "adelete"} and plain and not keywords)
            or (name in {"execute", "executemany"} and _writes_sql(call))
        ):
            yield call.lineno, f".{name}()"
    for line, name in imports(tree):
        if name.startswith("balcao.events.changes"):
            yield line, name


def _writes_sql(call: ast.Call) -> bool:
    texts = (n.value for arg in call.args[:1] for n in ast.walk(arg) if isinstance(n, ast.Constant))
    first = next((text for text in texts if isinstance(text, str)), "")
    return first.strip().lower().startswith(_SQL_WRITES)


def atomics(tree: ast.AST) -> Found:
    """Uses of transaction.atomic, however imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "atomic":
            yield node.lineno, node.attr
    for line, name in imports(tree):
        if name.endswith(".atomic"):
            yield line, name


def signals(tree: ast.AST) -> Found:
    """Imports of Django's signals."""
    for line, module in imports(tree):
        if module.startswith(_SIGNAL_MODULES):
            yield line, module


def models(tree: ast.AST) -> Found:
    """Imports of a room's models."""
    for line, module in imports(tree):
        parts = module.split(".")
        if parts[0] == "balcao" and "models" in parts[2:4]:
            yield line, module
    for call in _calls(tree):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "get_model":
            yield call.lineno, "get_model()"


def clocks(tree: ast.AST) -> Found:
    """Calls that read the clock instead of taking `now`."""
    for call in _calls(tree):
        function = call.func
        if (
            isinstance(function, ast.Attribute)
            and function.attr in _CLOCKS
            and _holder(function) in {"datetime", "date", "timezone", "time"}
        ):
            yield call.lineno, f"{_holder(function)}.{function.attr}()"


def overrides(tree: ast.AST) -> Found:
    """save() and delete() written anew in a class: a rule hidden in a table."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name in {"save", "delete"}:
                    yield item.lineno, f"{node.name}.{item.name}"


def left_at_once(tree: ast.AST) -> Found:
    """Browser steps that go elsewhere straight after a click: what the click began is cut off."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for step, following in pairwise(body if isinstance(body, list) else ()):
            if _method(step) == "click" and _method(following) in {"goto", "reload", "go_back"}:
                yield following.lineno, "left right after a click"


def _method(step: ast.stmt) -> str:
    """The method that a step of its own calls last."""
    call = step.value if isinstance(step, ast.Expr) else None
    return (
        call.func.attr
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        else ""
    )


def long_functions(tree: ast.AST, limit: int) -> Found:
    """Functions of more lines than the limit."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > limit:
                yield node.lineno, f"{node.name} has {lines} lines"


def undocumented(tree: ast.AST) -> Found:
    """Public functions, classes and methods without a docstring."""
    for node in getattr(tree, "body", ()):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if ast.get_docstring(node) is None:
                yield node.lineno, f"{node.name} has no docstring"
            if isinstance(node, ast.ClassDef):
                yield from undocumented(node)


def imports(tree: ast.AST) -> Found:
    """Every imported module and name, as one dotted path each."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _holder(function: ast.Attribute) -> str:
    value = function.value
    return _last(value) if isinstance(value, ast.Name | ast.Attribute) else ""


def _last(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr
