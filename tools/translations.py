"""Translation catalogues against the sources: nothing missing, fuzzy, unused or badly filled in.

`--update` brings the catalogues up to date instead: new texts come in empty, old ones go.
Extraction is Babel's, because Django's own misses the texts of Jinja2 templates in silence.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "balcao"
METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
OPTIONS = {
    pattern: {"extensions": "jinja2.ext.do", "silent": "false", "encoding": "utf-8"}
    for pattern, method in METHODS
    if method == "jinja2"
}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_SKIPPED = {"tests", "migrations", "static", "locale"}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[#0 +-]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]|%%|\{(\w*)\}")


def main(arguments: list[str]) -> int:
    """Check (or with --update, refresh) every catalogue; 1 when there is a problem."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    words = wanted["tool"]["balcao"]["words"]
    template = extract()
    problems: list[str] = []
    for locale in words["locales"]:
        path = PACKAGE / "locale" / locale / "LC_MESSAGES" / f"{words['domain']}.po"
        if "--update" in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(updated(template, _read(path, locale), locale))
        problems += [f"{locale}: {text}" for text in compare(template, _read(path, locale))]
    if "--update" in arguments:
        print("\n".join(problems) or "complete")
        return 0
    print("\n".join(problems) or f"{len(template)} texts")
    return 1 if problems else 0


def extract() -> Catalog:
    """All texts of the sources, sorted as they stand in the catalogue."""
    catalogue = Catalog(charset="utf-8")
    found = extract_from_dir(
        PACKAGE,
        METHODS,
        OPTIONS,
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
        directory_filter=lambda folder: Path(folder).name not in _SKIPPED,
    )
    for filename, _, message, comments, context in found:
        catalogue.add(message, locations=[(filename, 0)], auto_comments=comments, context=context)
    return catalogue


def updated(template: Catalog, current: Catalog, locale: str) -> bytes:
    """The catalogue with the sources' texts and the translations it had, without guesses."""
    fresh = Catalog(locale=locale, charset="utf-8", fuzzy=False)
    for message in template:
        if not message.id:
            continue
        known = current.get(message.id, message.context)
        copy = message.clone()
        if known is not None and _ids(known) == _ids(message):
            copy.string = known.string
        fresh[message.id] = copy
    out = BytesIO()
    write_po(out, fresh, width=100, no_location=True, omit_header=False, sort_output=True)
    # The dates would make every update a change.
    text = re.sub(
        r'^"(POT-Creation-Date|PO-Revision-Date|Generated-By):.*\n',
        "",
        out.getvalue().decode(),
        flags=re.M,
    )
    return text.encode()


def compare(template: Catalog, translated: Catalog) -> Iterator[str]:
    """What a translator has to do, one line each."""
    wanted = {(message.context, _ids(message)[0]): message for message in template if message.id}
    given = {(message.context, _ids(message)[0]): message for message in translated if message.id}
    for key, message in wanted.items():
        if key not in given:
            yield f"missing: {key[1]!r}"
        else:
            yield from _faults(message, given[key])
    for key in given.keys() - wanted.keys():
        yield f"not used any more: {key[1]!r}"


def _faults(source: Message, translation: Message) -> Iterator[str]:
    text, strings = _ids(source)[0], _strings(translation)
    if _ids(source) != _ids(translation):
        yield f"plural changed: {text!r}"
        return
    if not all(strings):
        yield f"empty: {text!r}"
        return
    if translation.fuzzy:
        yield f"fuzzy: {text!r}"
    wanted = _placeholders(_ids(source)[-1])
    for position, string in enumerate(strings):
        given = _placeholders(string)
        # "one" may be written out, so only the last form must carry every value.
        if not given <= wanted or (position == len(strings) - 1 and given != wanted):
            yield f"placeholders differ: {text!r}: {', '.join(sorted(wanted ^ given))}"


def _placeholders(text: str) -> set[str]:
    return {match.group() for match in _PLACEHOLDER.finditer(text) if match.group() != "%%"}


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _strings(message: Message) -> tuple[str, ...]:
    if message.string is None or isinstance(message.string, str):
        return (message.string or "",)
    return tuple(message.string)


def _read(path: Path, locale: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=locale, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
