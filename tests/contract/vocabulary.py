"""The reviewed list of events (verbs.txt), and the verbs and data keys that the source names."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("verbs.txt")

_CODE = re.compile(r"[a-z][a-z0-9_]*|[SR][0-9]{1,2}|")
_DAY = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]")
_DIGEST = re.compile(r"[0-9a-f]{16,128}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list: what the event is about, and key -> kind of its data."""

    subject: str
    data: Mapping[str, str]


def listed() -> dict[str, Entry]:
    """Verb -> entry, as reviewed."""
    entries = {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        words = line.partition("#")[0].split()
        if words:
            verb, subject, *data = words
            entries[verb] = Entry(subject, dict(pair.split(":") for pair in data))
    return entries


def fits(value: object, kind: str) -> bool:
    """Whether a value in an event's data is of the kind that the list gives it."""
    if kind.endswith("?"):
        return value is None or value == "" or fits(value, kind[:-1])
    if kind in ("ids", "codes"):
        return isinstance(value, list) and all(fits(one, kind[:-1]) for one in value)
    if kind == "values":
        kinds = ("id?", "flag", "ids", "code", "day")
        return isinstance(value, list) and all(any(fits(v, k) for k in kinds) for v in value)
    if kind == "flag":
        return isinstance(value, bool)
    if kind in ("id", "number"):
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if not isinstance(value, str):
        return False
    if kind == "moment":
        return datetime.fromisoformat(value).tzinfo is not None
    if kind == "day":
        return bool(_DAY.fullmatch(value))
    return bool({"code": _CODE, "digest": _DIGEST}[kind].fullmatch(value))


@dataclass(frozen=True, slots=True)
class Emission:
    """One call of emit() in the source: where, its verbs, and the keys its data is seen to have."""

    where: str
    verbs: frozenset[str]
    keys: frozenset[str]


def emissions(paths: Iterable[Path]) -> list[Emission]:
    """Every call of emit(). Raises ValueError for a verb that is not written down as text."""
    found = []
    for path in paths:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += emissions_in(tree, str(path))
    return found


def emissions_in(tree: ast.Module, where: str) -> list[Emission]:
    """The calls of emit() in one module."""
    names = dict(_assigned(tree))
    return [
        Emission(
            where=f"{where}:{call.lineno}",
            verbs=frozenset(_verbs(call.args[0], names, f"{where}:{call.lineno}")),
            keys=frozenset(_keys(call, scope)),
        )
        for scope in _functions(tree)
        for call in _calls(scope)
    ]


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _calls(scope: ast.FunctionDef) -> Iterator[ast.Call]:
    for node in ast.walk(scope):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else None
            if "emit" in (name, function.id if isinstance(function, ast.Name) else None):
                yield node


def _assigned(scope: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Name -> value of the plain assignments in a module or function."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            if isinstance(node.value, ast.Tuple):
                for target, value in zip(node.targets[0].elts, node.value.elts, strict=True):
                    if isinstance(target, ast.Name):
                        yield target.id, value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value


def _verbs(node: ast.expr, names: Mapping[str, ast.expr], where: str) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _verbs(node.body, names, where)
        yield from _verbs(node.orelse, names, where)
    elif isinstance(node, ast.Name) and node.id in names:
        yield from _verbs(names[node.id], names, where)
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        table = names.get(node.value.id)
        if not isinstance(table, ast.Dict):
            raise ValueError(f"{where}: the verb of emit() comes from no table of this module")
        for value in table.values:
            yield from _verbs(value, names, where)
    else:
        raise ValueError(f"{where}: the verb of emit() is not written down as text")


def _keys(call: ast.Call, scope: ast.FunctionDef) -> Iterator[str]:
    data = next((keyword.value for keyword in call.keywords if keyword.arg == "data"), None)
    if isinstance(data, ast.Name):
        data = dict(_assigned(scope)).get(data.id)
    if isinstance(data, ast.Dict):
        for key in data.keys:
            if isinstance(key, ast.Constant):
                yield str(key.value)
