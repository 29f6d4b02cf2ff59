"""The file of accounts for incoming mail."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured

from balcao.channels.email.accounts import account, accounts
from balcao.lib.mail.trust import Trust, Truster

GOOD = """
[support]
way = "imap"
host = "imap.example.com"
user = "suporte@direction.com.br"
password_file = "{secret}"
trust = "mx.google.com"

[inbound]
way = "webhook"
trust = "nobody"
"""


def written(folder: Path, text: str, settings: LazySettings, **more: str) -> None:
    secret = folder / "password"
    secret.write_text("s3nha\n", encoding="utf-8")
    file = folder / f"accounts-{abs(hash(text))}.toml"
    file.write_text(text.format(secret=secret), encoding="utf-8")
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_ACCOUNTS": str(file), **more})


def test_each_account_has_its_own_trust_and_the_secrets_of_its_files(
    tmp_path: Path, settings: LazySettings
) -> None:
    written(tmp_path, GOOD, settings, BALCAO_MAIL_AUTHSERV_ID="MX.example.net")
    assert [row.name for row in accounts()] == ["mail", "inbound", "support"]
    assert account("mail").truster == Truster(Trust.AUTHSERV, "mx.example.net")
    assert account("support").truster == Truster(Trust.AUTHSERV, "mx.google.com")
    assert account("support").settings["password"] == "s3nha"
    assert "s3nha" not in repr(account("support"))
    assert account("inbound").truster == Truster(Trust.NOBODY)


def test_d3_an_account_that_is_gone_proves_nobodys_mail() -> None:
    assert account("gone").truster == Truster(Trust.NOBODY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[Support]\n", "small letters"),
        ("[mail]\n", "small letters"),
        ("support = 1\n", "must be a table"),
        ('[support]\nway = "pop3"\n', "way must be one of"),
        ("[support]\ntrust = 1\n", "trust must be"),
        ('[support]\npassword_file = "/nowhere/password"\n', "cannot be read"),
        ("[support\n", "is not TOML"),
    ],
)
def test_what_is_wrong_in_the_file_is_said_in_one_sentence(
    text: str, said: str, tmp_path: Path, settings: LazySettings
) -> None:
    written(tmp_path, text, settings)
    with pytest.raises(ImproperlyConfigured, match=said) as problem:
        accounts()
    assert "\n" not in str(problem.value)
