"""What holds secrets is noticed by its shape; ordinary files are left in peace."""

import random
import time

import pytest

from balcao.lib.secrets_scan import SCANNED, secrets_in

# Written in pieces: no file of ours holds what looks like a secret.
KEY = "-----BEGIN {}PRIVATE " + "KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n"
JWT = "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N"

SAMPLES: dict[str, tuple[str, str, str]] = {
    "a browser's recording": (
        "portal.har",
        '{"log": {"version": "1.2", "creator": {"name": "WebInspector"}, "entries": []}}',
        "har",
    ),
    "a recording under another name": (
        "rede.json",
        '{\n  "log": {\n    "version": "1.2",\n    "entries": [{"request": {}}]}}',
        "har",
    ),
    "an RSA key": ("servidor.pem", KEY.format("RSA "), "private_key"),
    "a PKCS 8 key": ("a.txt", KEY.format(""), "private_key"),
    "an OpenSSH key in a log": ("b.log", "x\n" + KEY.format("OPENSSH "), "private_key"),
    "a PuTTY key": ("acesso.txt", "PuTTY-User-Key-File-3: ssh-ed25519\n", "private_key"),
    "a key by its name": ("id_rsa", "lixo", "private_key"),
    "a settings file": (".env", "DEBUG=1\n", "settings"),
    "a password among settings": ("conf.txt", "DB_HOST=db\nDB_PASSWORD=Zx81!kkq\n", "password"),
    "a password in Portuguese": ("config.ini", "[banco]\nsenha = t0pázio99\n", "password"),
    "a password in JSON": ("c.json", '{"user": "ana", "password": "Zx81!kkq"}', "password"),
    "a password in PHP": ("c.php", "define('DB_PASSWORD', 'Zx81!kkq');", "password"),
    "an AWS key": ("credentials", "aws_access_key_id = AKI" + "AIOSFODNN7EXAMPLE\n", "cloud_key"),
    "a GitHub token": (
        "x.log",
        "push https gh" + "p_16C7e42F292c6912E7710c838347Ae178B4a",
        "token",
    ),
    "a Slack token": ("x.txt", "xox" + "b-2222222222-3333333333333-AbCdEf", "token"),
    "a bearer header": ("curl.txt", "Authorization: Bearer abcdef0123456789abcdef", "token"),
    "a basic header": ("h.txt", "-H 'Authorization: Basic YW5hOnNlbmhhMTIz'", "token"),
    "a JWT": ("resposta.txt", f"id={JWT}", "jwt"),
    "a session cookie": ("h.txt", "GET /\nCookie: a=b; PHPSESSID=9f86d081884c7d65\n", "session"),
    "a cookie being set": (
        "r.txt",
        "Set-Cookie: auth_token=9f86d081884c7d; Path=/\n",
        "session",
    ),
    "a jar of cookies": ("cookies.txt", "# Netscape HTTP Cookie File\n", "session"),
    "a connection string": ("c.txt", "postgresql://desk:Zx81kkq@db.example/desk", "connection"),
    "a connection of SQL Server": (
        "web.config",
        '"Server=srv;Database=tar;User Id=sa;Password=Zx81kkq;"',
        "connection",
    ),
    "hashes of passwords": ("shadow", "root:$6$saltsalt$" + "a" * 40 + ":19000:0", "password_hash"),
}

ORDINARY: dict[str, tuple[str, str]] = {
    "a log of calls": ("tarifador.log", "2026-11-20 10:00 ramal 204 -> 8133334444 12s R$ 0,40\n"),
    "a log that speaks of passwords": (
        "erro.log",
        "Senha incorreta para o usuário ana\nlogin: password check failed (3 tries)\n"
        "token expired, asking again\nsenha: ******\n",
    ),
    "a hidden password": ("c.ini", "host=db\npassword=******\nsenha=xxxxxx\nsecret=<oculto>\n"),
    "a template of settings": ("exemplo.conf", "PASSWORD=${DB_PASSWORD}\nTOKEN={{ token }}\n"),
    "a sheet": ("ramais.csv", "ramal;nome;senha\n204;Recepção;\n205;Vendas;\n"),
    "a report": ("relatorio.txt", "Total de ligações: 1204. Custo: R$ 310,20.\n"),
    "an address": ("links.txt", "https://portal.example/chamados/482?de=1 mailto:ana@a.example\n"),
    "a public key": ("ca.pem", "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIE\n"),
    "a public key of SSH": ("id_rsa.pub", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ ana@a"),
    "plain JSON": ("dados.json", '{"log": "ok", "version": 2, "itens": [1, 2]}'),
    "a cookie of no session": ("h.txt", "Cookie: tema=escuro; idioma=pt-br\n"),
    "a mail": ("m.eml", "From: ana@a.example\nSubject: senha do portal\n\nEsqueci minha senha.\n"),
    "a dump": ("b.sql", "CREATE TABLE users (id int, password varchar(80));\n"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a9_what_holds_secrets_is_noticed(name: str) -> None:
    file, text, code = SAMPLES[name]
    assert code in secrets_in(text.encode(), file)


def test_a9_there_are_at_least_twenty_kinds_of_samples() -> None:
    assert len(SAMPLES) >= 20


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_files_are_left_in_peace(name: str) -> None:
    file, text = ORDINARY[name]
    assert secrets_in(text.encode(), file) == ()


def test_a_text_as_windows_writes_it_is_read_too() -> None:
    assert secrets_in("DB_PASSWORD=Zx81!kkq\r\n".encode("utf-16"), "a.txt") == ("password",)


def test_names_inside_an_archive_count() -> None:
    entry = b"PK\x03\x04" + b"\x14\x00" * 11 + b"\x0f\x00\x00\x00" + b"captura/site.har"
    assert secrets_in(entry, "captura.zip") == ("har",)
    assert secrets_in(entry.replace(b".har", b".txt"), "captura.zip") == ()


def test_chance_in_bytes_of_any_kind_is_no_secret() -> None:
    noise = random.Random(5).randbytes(200_000)
    assert secrets_in(noise, "foto.jpg") == ()


@pytest.mark.parametrize(
    "piece",
    [b"a", b"password=", b'"log": {', b"cookie: sess=", b"http://a:b", b"eyJ", b"\n", b"server=a;"],
)
def test_f6_no_text_keeps_it_busy(piece: bytes) -> None:
    began = time.process_time()
    secrets_in(piece * (SCANNED // 4 // len(piece)), "x.txt")
    assert time.process_time() - began < 2
