"""What is written as TOML is read back as it was."""

import tomllib
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.toml import dumps

texts = st.text(st.characters(codec="utf-8"), max_size=20)
scalars = st.one_of(
    texts,
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.just(datetime(2026, 11, 20, 8, 0, tzinfo=UTC)),
    st.just(time(8, 30)),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(texts, values, max_size=5))
def test_it_comes_back_as_it_was(document: dict[str, object]) -> None:
    assert tomllib.loads(dumps(document)) == document


def test_it_reads_like_the_shipped_book() -> None:
    document = {
        "calendar": {
            "timezone": "America/Recife",
            "days": [{"date": date(2026, 12, 25), "name": "Natal", "spans": []}],
            "week": {"mon": ["08:00-12:00", "13:30-18:00"]},
        },
        "scope": {"saas": {"*": "allow"}},
        "page": {"pt": '# Título\n\nDiga "oi".\n'},
    }
    assert dumps(document) == (
        "[calendar]\n"
        'timezone = "America/Recife"\n'
        "days = [\n"
        '  { date = 2026-12-25, name = "Natal", spans = [] },\n'
        "]\n"
        "\n"
        "[calendar.week]\n"
        'mon = ["08:00-12:00", "13:30-18:00"]\n'
        "\n"
        "[scope.saas]\n"
        '"*" = "allow"\n'
        "\n"
        "[page]\n"
        'pt = """\n'
        "# Título\n"
        "\n"
        'Diga \\"oi\\".\n'
        '"""\n'
    )


def test_what_toml_cannot_say_is_refused() -> None:
    with pytest.raises(TypeError):
        dumps({"nothing": None})
