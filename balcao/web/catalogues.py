"""Compile the translation catalogues (`locale/*/LC_MESSAGES/*.po`) that changed.

`make messages` extracts the texts and brings the catalogues up to date; this makes them usable.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_all(*, force: bool = False) -> int:
    """Write the `.mo` beside every `.po` that is newer; the number written.

    Raises babel's PoFileError when a catalogue is broken.
    """
    return sum(_compile(path, force=force) for path in _catalogues())


def _catalogues() -> Iterator[Path]:
    return iter(sorted(LOCALE.glob("*/LC_MESSAGES/*.po")))


def _compile(source: Path, *, force: bool) -> bool:
    target = source.with_suffix(".mo")
    if not force and target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
        return False
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
    out = BytesIO()
    write_mo(out, catalogue)
    # A process that starts meanwhile reads the old file or the new one, never half of it.
    draft = target.with_suffix(".draft")
    draft.write_bytes(out.getvalue())
    draft.replace(target)
    return True
