"""Importing tables: no doubles, no dead stop, nothing left of a dry run."""

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from balcao.entitlements.actions import LineResult, Report, Table, import_tables
from balcao.entitlements.models import Contract, Licence, Product
from balcao.events.models import Event, Job
from balcao.lib.columns import Kind, kind_of, template
from balcao.lib.sheets import read_sheets
from balcao.people.models import Address, Membership, Organisation, Phone, Unit, User
from balcao.policy.access import SYSTEM
from tests.cast import NOW

pytestmark = pytest.mark.usefixtures("installation")

ROOTS = [f"{number:08d}" for number in range(11222333, 11222333 + 400)]


def cnpj(number: int, branch: str = "0001") -> str:
    """A CNPJ of our own making, its check digits right."""
    from stdnum.br.cnpj import calc_check_digits  # noqa: PLC0415 - ships no types

    base = f"{ROOTS[number]}{branch}"
    return f"{base}{calc_check_digits(base)}"


def table(kind: Kind, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Table:
    text = "\n".join(";".join(row) for row in (template(kind)[0], *rows))
    [sheet] = read_sheets(text.encode(encoding))
    return Table(f"{kind}.csv", kind, sheet)


def run(*tables: Table, dry_run: bool = False) -> Report:
    return import_tables(tables, actor=SYSTEM, now=NOW, dry_run=dry_run)


def refusals(report: Report) -> list[tuple[int, str, str]]:
    return [
        (row.number, row.heading, row.code) for row in report.results if row.outcome == "refused"
    ]


def register(count: int) -> list[Table]:
    """So many customers, each with a person, a contract and a licence."""
    ids = [cnpj(number) for number in range(count)]
    return [
        table(
            Kind.LICENCES,
            [
                [*(one, f"K-{one}", "Tarifador", f"C-{n}", "", "01/01/2026", "31/12/2027", "7")]
                for n, one in enumerate(ids)
            ],
        ),
        table(
            Kind.ORGANISATIONS,
            [[f"Cliente {n}", one, f"R-{n}", "(81) 3222-1100"] for n, one in enumerate(ids)],
        ),
        table(
            Kind.CONTRACTS,
            [[one, f"C-{n}", "locação", "01/01/2026", "2027-12-31"] for n, one in enumerate(ids)],
        ),
        table(
            Kind.PEOPLE,
            [
                [f"Pessoa {n}", f"p{n}@cliente.example", "", "81 8222-1100", one, "", "sim"]
                for n, one in enumerate(ids)
            ],
        ),
    ]


def snapshot() -> list[list[Any]]:
    tables = (Organisation, Unit, User, Address, Phone, Membership, Contract, Licence, Product)
    return [list(model._default_manager.order_by("pk").values()) for model in tables]


def test_r36_a_thousand_rows_twice_are_the_same_register_and_no_event_the_second_time() -> None:
    tables = register(250)
    first = run(*tables)
    assert first.count("created") == 1000
    before, events = snapshot(), Event.objects.count()
    assert [len(rows) for rows in before[-3:]] == [250, 250, 1]
    second = run(*tables)
    assert second.count("unchanged") == 1000
    assert snapshot() == before
    assert Event.objects.count() == events


def test_r36_a_dry_run_says_the_same_and_leaves_nothing() -> None:
    tables = register(5)
    before, events, jobs = snapshot(), Event.objects.count(), Job.objects.count()
    tried = run(*tables, dry_run=True)
    assert (snapshot(), Event.objects.count(), Job.objects.count()) == (before, events, jobs)
    assert tried.results == run(*tables).results


def test_r36_a_row_that_fails_stops_no_other_and_says_column_and_reason() -> None:
    good = cnpj(0)
    report = run(
        table(
            Kind.ORGANISATIONS,
            [
                ["Um", good, "R-1"],
                ["Dois", "11.222.333/0001-00"],
                ["", cnpj(1)],
                ["Três"],
                ["Quatro", cnpj(2), "R-1"],
                ["Cinco", cnpj(3), "", "123"],
                ["Seis", cnpj(4), "", "", "Filial", cnpj(5, "0002")],
            ],
        ),
        table(
            Kind.PEOPLE,
            [
                ["Ana", "ana@cliente.example", "", "", cnpj(300)],
                ["Ana", "ana", "", "", good],
                ["Ana", "", "", "", good],
                ["Ana", "", "ABC10OIL", "", good],
                ["Ana", "ana@cliente.example", "", "", good, "Olinda"],
                ["Ana", "ana@cliente.example", "", "", good, "", "talvez"],
                ["Ana", "ana@cliente.example", "", "", "R-1", "", "não"],
            ],
        ),
    )
    assert refusals(report) == [
        (3, "CNPJ/CPF", "not_a_tax_id"),
        (4, "Nome", "needed"),
        (5, "CNPJ/CPF", "needed"),
        (6, "CNPJ/CPF", "other_tax_id"),
        (7, "Telefone", "not_a_phone"),
        (8, "", "other_root"),
        (2, "Cliente (CNPJ/CPF)", "unknown_customer"),
        (3, "E-mail", "not_an_address"),
        (4, "E-mail", "needed"),
        (5, "Código de usuário", "not_a_code"),
        (6, "Unidade", "unknown_unit"),
        (7, "Administrador", "not_a_flag"),
    ]
    assert report.count("created") == 2
    # A row is all or nothing: the customer whose unit was refused is not there.
    assert not Organisation.objects.filter(name="Seis").exists()


def test_r36_contracts_and_licences_that_do_not_fit_are_named() -> None:
    good, other = cnpj(0), cnpj(1)
    run(table(Kind.ORGANISATIONS, [["Um", good, "", "", "Olinda"], ["Dois", other]]))
    contract = ["C-1", "SaaS", "01/01/2026", "31/12/2027"]
    report = run(
        table(
            Kind.CONTRACTS,
            [
                [good, *contract, "Olinda"],
                [good, "C-2", "mensal", "01/01/2026"],
                [good, "C-3", "saas", "31/31/2026"],
                [good, "C-4", "saas", "02/01/2026", "01/01/2026"],
                [good, "C-5", "saas", ""],
                [good, "C-6", "saas", "01/01/2026", "", "Natal"],
            ],
        ),
        table(
            Kind.LICENCES,
            [
                [good, "K-1", "Tarifador", "C-1", "Olinda", "01/01/2026"],
                [other, "K-1", "Tarifador", "", "", "01/01/2026"],
                [other, "K-2", "Tarifador", "C-1", "", "01/01/2026"],
                [good, "K-3", "Tarifador", "", "", "01/01/2026", "", "", "doze"],
                [good, "K-4", "!!", "", "", "01/01/2026"],
            ],
        ),
    )
    assert refusals(report) == [
        (3, "Tipo", "not_a_kind"),
        (4, "Início", "not_a_day"),
        (5, "", "ends_before_start"),
        (6, "Início", "needed"),
        (7, "Unidades", "unknown_unit"),
        (3, "Chave", "foreign_key"),
        (4, "Contrato", "unknown_contract"),
        (5, "Ramais", "not_a_number"),
        (6, "Produto", "not_a_name"),
    ]
    row = Licence.objects.get(key="K-1")
    assert row.contract and row.unit  # noqa: PT018 - both are needed below
    assert (row.contract.reference, row.unit.name, row.valid_until) == ("C-1", "Olinda", None)
    assert row.contract.all_units is False


def test_r36_the_next_spreadsheet_changes_what_differs_and_an_empty_cell_nothing() -> None:
    run(*register(1))
    one = cnpj(0)
    report = run(
        table(Kind.ORGANISATIONS, [["Cliente Novo", one, "", "", "Filial", cnpj(0, "0002")]]),
        table(
            Kind.PEOPLE, [["Pessoa 0", "p0@cliente.example", "", "81 98222-1100", one, "", "não"]]
        ),
        table(Kind.CONTRACTS, [[one, "C-0", "rental", "2026-01-01", "31/12/2028"]]),
        table(Kind.LICENCES, [[one, f"K-{one}", "tarifador", "", "", "01/01/2026", "", "8"]]),
    )
    assert report.count("changed") == 4
    organisation = Organisation.objects.get(tax_id=one)
    assert (organisation.name, organisation.reference) == ("Cliente Novo", "R-0")
    assert organisation.units.get().tax_id == cnpj(0, "0002")
    assert Phone.objects.filter(user__name="Pessoa 0").count() == 1
    assert Membership.objects.get(organisation=organisation).is_admin is False
    licence = Licence.objects.get()
    assert licence.contract
    assert (licence.version, licence.contract.reference, str(licence.valid_until)) == (
        "8",
        "C-0",
        "2027-12-31",
    )
    assert Product.objects.count() == 1


def test_k5_a_phone_with_and_without_its_ninth_digit_is_one() -> None:
    run(*register(1))
    assert Phone.objects.get().number == "+5581982221100"


def test_a8_a_table_never_changes_an_address_on_file() -> None:
    run(*register(1))
    user = User.objects.get(name="Pessoa 0")
    row = ["Pessoa 0", "outra@cliente.example", user.code, "", cnpj(0)]
    report = run(table(Kind.PEOPLE, [row]))
    assert refusals(report) == [(2, "E-mail", "other_address")]
    assert Address.objects.get(user=user).address == "p0@cliente.example"
    again = run(table(Kind.PEOPLE, [["Pessoa Zero", "", user.code.lower(), "", cnpj(0)]]))
    assert again.count("changed") == 1
    user.refresh_from_db()
    assert user.name == "Pessoa Zero"


def test_one_person_may_act_for_several_customers_and_a_branchs_cnpj_names_its_unit() -> None:
    branch = cnpj(0, "0002")
    run(table(Kind.ORGANISATIONS, [["Um", cnpj(0), "", "", "Olinda", branch], ["Dois", cnpj(1)]]))
    rows = [["Ana Lima", "ana@ti.example", "", "", one] for one in (branch, cnpj(1))]
    report = run(table(Kind.PEOPLE, rows))
    assert [row.outcome for row in report.results] == ["created", "changed"]
    found = Membership.objects.order_by("pk").values_list("organisation__name", "unit__name")
    assert list(found) == [("Um", "Olinda"), ("Dois", None)]


def test_one_address_may_be_two_peoples() -> None:
    run(table(Kind.ORGANISATIONS, [["Um", cnpj(0)]]))
    rows = [[name, "contato@um.example", "", "", cnpj(0)] for name in ("Ana", "Bia", "ANA")]
    assert [row.outcome for row in run(table(Kind.PEOPLE, rows)).results] == [
        "created",
        "created",
        "changed",
    ]


def test_a_crash_in_the_middle_leaves_whole_rows_and_the_next_run_completes() -> None:
    tables = register(4)

    def crash(done: int, _total: int) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_tables(tables, actor=SYSTEM, now=NOW, progress=crash)
    report = run(*tables)
    assert (report.count("unchanged"), report.count("created")) == (6, 10)


@pytest.mark.parametrize("kind", Kind)
def test_every_template_is_recognised_as_its_kind_and_its_example_is_accepted(kind: Kind) -> None:
    headings, _ = template(kind)
    assert kind_of(headings) is kind
    report = run(*(table(one, [template(one)[1]]) for one in Kind))
    assert report.count("created") == 5


def test_headings_are_read_in_english_in_any_order_and_unknown_ones_are_named() -> None:
    [sheet] = read_sheets(b"Phone;TAX_ID;Notes;name\n;" + cnpj(0).encode() + b";x;Um\n")
    kind = kind_of(sheet.headings)
    assert kind is Kind.ORGANISATIONS
    report = run(Table("x.csv", kind, sheet))
    assert report.ignored == (("x.csv", "Notes"),)
    assert report.results == (LineResult("x.csv", 2, Kind.ORGANISATIONS, "created"),)


# The command


def command(*arguments: str, **options: Any) -> tuple[str, int]:
    out = io.StringIO()
    try:
        call_command("import", *arguments, stdout=out, **options)
    except SystemExit as end:
        return out.getvalue(), int(str(end.code))
    return out.getvalue(), 0


def test_the_command_reads_windows_1252_and_a_workbook_and_says_what_it_did(
    tmp_path: Path,
) -> None:
    customers = tmp_path / "clientes.csv"
    customers.write_bytes(f"Razão social;CNPJ\nPão & Cia;{cnpj(0)}\nMal;123\n".encode("cp1252"))
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Contratos"
    sheet.append(["CNPJ", "Contrato", "Tipo", "Início", "Obs"])
    sheet.append([int(cnpj(0)), "C-1", "Locação", NOW.replace(tzinfo=None), "=1+1"])
    book.save(tmp_path / "contratos.xlsx")
    files = [str(tmp_path / "contratos.xlsx"), str(customers)]
    text, code = command(*files)
    assert code == 1
    assert Organisation.objects.get().name == "Pão & Cia"
    assert str(Contract.objects.get().starts) == "2026-11-13"
    assert "clientes.csv:3: recusado: CNPJ" in text
    assert 'contratos.xlsx#Contratos: a coluna "Obs"' in text
    answer = json.loads(command(*files, "--json")[0])
    assert answer["counts"]["contracts"] == {"unchanged": 1}
    assert answer["rows"][1]["reason"]
    assert "simulação" in command(*files, "--dry-run")[0]


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
def test_a_template_opens_in_a_spreadsheet_and_comes_back(kind: str, tmp_path: Path) -> None:
    text, code = command("--template", kind)
    assert code == 0
    assert text.startswith("\ufeff")
    [sheet] = read_sheets(text.encode())
    assert kind_of(sheet.headings) == kind


@pytest.mark.parametrize("content", [b"", b"Cor;Peso\n1;2\n", b"PK\x03\x04"])
def test_a_file_that_is_no_table_ends_with_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        call_command("import", str(path))
    assert caught.value.returncode == 2
    for wrong in ([], [str(tmp_path / "none.csv")], [str(path), "--kind", "people"]):
        with pytest.raises(CommandError):
            call_command("import", *wrong)


def test_progress_is_for_somebody_who_watches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"Nome;CNPJ\nUm;{cnpj(0)}\n", encoding="utf-8")
    command(str(path))
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    command(str(path))
    assert "1 / 1" in capsys.readouterr().err
