"""File names from outside lose everything that is dangerous and keep what a person reads."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.names import MAX_BYTES, MAX_CHARACTERS, clean_filename

HIDDEN = (
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202d\u202e\u2060\u2066\u2067\u2069\ufeff\u00ad"
)
CONTROLS = "\x00\x01\x07\x08\n\r\t\x1b\x1f\x7f\x80\x85\x9f\u2028\u2029"
PATHS = [
    "../../etc/passwd",
    "..\\..\\windows\\system32\\config",
    "/etc/passwd",
    "C:\\boot.ini",
    "C:boot.ini",
    "\\\\server\\share\\x.exe",
    "....//....//x",
    "a/../../b.txt",
    "./.././x",
    "..",
    ".",
    "...",
    "",
    "   ",
    "/",
    "\\",
    "a/",
    "a\\",
    "..%2f..%2fx",
    "file:///etc/passwd",
    "x/.",
    "x/..",
    "~/.ssh/authorized_keys",
    "..\u2215..\u2215x",
    "\uff0e\uff0e/x",
    "..\u200b/x",
    ".\u200b./x",
    "\u202e../x",
    "\x00../x",
    "con",
]
DEVICES = [
    "CON",
    "nul",
    "PRN.txt",
    "aux.h",
    "COM1",
    "lpt9.log",
    "COM¹.txt",
    "con .txt",
    "NUL.",
    "CONIN$",
]
WINDOWS = [f"a{c}b.txt" for c in '<>:"|?*'] + [
    "a.txt ",
    "a.txt.",
    " a.txt",
    ".htaccess",
    "x::$DATA",
]
HOSTILE = (
    PATHS
    + DEVICES
    + WINDOWS
    + [f"foto{c}.png" for c in HIDDEN]
    + [f"foto{c}exe.png" for c in CONTROLS]
    + [f"{c}../x" for c in HIDDEN]
    + ["a" * 5000, "a" * 5000 + ".pdf", "é" * 300 + ".docx", "💾" * 200 + ".zip", "a." + "b" * 300]
)


def is_safe(name: str) -> bool:
    """A name that is one path part on any system, and shows all it holds."""
    return (
        bool(name)
        and not set(name) & set('/\\<>:"|?*')
        and name not in {".", ".."}
        and not name.startswith(".")
        and name == name.strip(" .")
        and len(name) <= MAX_CHARACTERS
        and len(name.encode()) <= MAX_BYTES
        and not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in name)
        and unicodedata.is_normalized("NFC", name)
    )


def test_i1_no_hostile_name_of_a_hundred_is_a_path() -> None:
    assert len(HOSTILE) >= 100
    assert [name for name in HOSTILE if not is_safe(clean_filename(name))] == []


@pytest.mark.parametrize("name", DEVICES)
def test_i1_a_device_of_windows_is_no_file_name(name: str) -> None:
    stem = clean_filename(name).split(".")[0].lower().rstrip()
    assert stem.startswith("_")


@pytest.mark.parametrize("hidden", HIDDEN + "\u202e")
def test_f4_a_hidden_character_cannot_hide_the_extension(hidden: str) -> None:
    assert clean_filename(f"nota.{hidden}pht{hidden}ml") == "nota.phtml"


def test_a_readable_name_stays_as_it_is() -> None:
    assert clean_filename("Relatório de ligações (março) v1.2.pdf") == (
        "Relatório de ligações (março) v1.2.pdf"
    )


def test_a_long_name_keeps_its_extension() -> None:
    assert clean_filename("a" * 500 + ".xlsx").endswith("a.xlsx")


@given(st.text(max_size=400))
def test_any_name_becomes_safe_and_stays_so(name: str) -> None:
    once = clean_filename(name)
    assert is_safe(once)
    assert clean_filename(once) == once
