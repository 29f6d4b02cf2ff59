"""Settings that refuse nonsense, in a sentence that says what to do."""

from pathlib import Path

import pytest

from balcao.server.environment import SETTINGS, Environment, SettingError

PORT = "BALCAO_PORT"
MISSPELT = PORT.replace("PORT", "PROT")
UNHEARD_OF = "BALCAO_" + "XYZZY" * 3


def test_without_any_variable_every_setting_has_its_default() -> None:
    env = Environment({"PATH": "/bin"})
    assert [env.text(setting.name) for setting in SETTINGS] == [s.default for s in SETTINGS]


def test_an_unknown_name_is_refused_and_the_near_one_suggested() -> None:
    with pytest.raises(SettingError, match=f"{MISSPELT}; did you mean BALCAO_PORT"):
        Environment({MISSPELT: "8000"})
    with pytest.raises(SettingError, match=r"docs/settings\.md"):
        Environment({UNHEARD_OF: "1"})


def test_only_secrets_are_read_from_files(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("x" * 40 + "\n")
    env = Environment({"BALCAO_SECRET_KEY_FILE": str(file)})
    assert env.text("BALCAO_SECRET_KEY") == "x" * 40
    with pytest.raises(SettingError, match=f"{PORT}_FILE"):
        Environment({f"{PORT}_FILE": str(file)})


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="BALCAO_SECRET_KEY_FILE cannot be read"):
        Environment({"BALCAO_SECRET_KEY_FILE": str(tmp_path / "missing")})


@pytest.mark.parametrize("value", ["eight", "-1", "8.5", ""])
def test_a_number_must_be_a_whole_number(value: str) -> None:
    env = Environment({"BALCAO_PORT": value})
    with pytest.raises(SettingError, match="BALCAO_PORT must"):
        env.number("BALCAO_PORT")


def test_a_flag_is_yes_or_no() -> None:
    assert Environment({"BALCAO_DEBUG": "Yes"}).flag("BALCAO_DEBUG")
    assert not Environment({"BALCAO_DEBUG": "off"}).flag("BALCAO_DEBUG")
    with pytest.raises(SettingError, match="BALCAO_DEBUG must be yes or no"):
        Environment({"BALCAO_DEBUG": "maybe"}).flag("BALCAO_DEBUG")
