"""The tables of `balcao import`: their columns, and what stands in a cell.

A heading is read without accents and case, in Portuguese or English, in any order. Columns that are
not known are left out and named. No rule stands here, only the shape of what is typed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from balcao.lib.cells import parse_day, parse_flag, parse_list, parse_whole
from balcao.lib.folding import fold
from balcao.lib.money import parse_cents
from balcao.lib.phones import parse_phone
from balcao.lib.tax_ids import parse_tax_id


class Kind(StrEnum):
    """What the rows of a table are, in the order in which tables are read."""

    ORGANISATIONS = "organisations"
    PEOPLE = "people"
    CONTRACTS = "contracts"
    LICENCES = "licences"
    ONEOFFS = "oneoffs"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its field, the heading of the template, other headings it is known by, folded."""

    field: str
    heading: str
    example: str
    others: tuple[str, ...] = ()

    def is_called(self, heading: str) -> bool:
        """Whether ``heading`` names this column."""
        return fold(heading) in {fold(self.heading), fold(self.field), *self.others}


class BadCell(Exception):
    """A cell does not say what its column holds; ``code`` says why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


_CUSTOMER = Column(
    "customer",
    "Cliente (CNPJ/CPF)",
    "11.222.333/0001-81",
    ("cliente", "cnpj cpf", "cnpj", "cpf", "empresa", "organisation", "tax id", "cnpj do cliente"),
)
COLUMNS: Mapping[Kind, tuple[Column, ...]] = MappingProxyType(
    {
        Kind.ORGANISATIONS: (
            Column("name", "Nome", "Padaria Exemplo Ltda", ("razao social", "empresa", "cliente")),
            Column(
                "tax_id",
                "CNPJ/CPF",
                "11.222.333/0001-81",
                ("cnpj", "cpf", "documento", "cnpj ou cpf"),
            ),
            Column(
                "reference",
                "Referência",
                "C-0001",
                ("codigo", "codigo externo", "codigo do cliente", "external reference", "id"),
            ),
            Column("phone", "Telefone", "(81) 3222-1100", ("fone", "phone number")),
            Column("unit", "Unidade", "Filial Olinda", ("filial", "branch")),
            Column(
                "unit_tax_id",
                "CNPJ da unidade",
                "",
                ("cnpj da filial", "cnpj filial", "cnpj unidade", "branch tax id"),
            ),
        ),
        Kind.PEOPLE: (
            Column("name", "Nome", "Ana Exemplo", ("contato", "pessoa", "usuario", "full name")),
            Column("address", "E-mail", "ana@padaria.example", ("email", "e mail", "mail")),
            Column("code", "Código de usuário", "", ("codigo", "user code", "login")),
            Column("phone", "Telefone", "(81) 98222-1100", ("celular", "fone", "whatsapp")),
            _CUSTOMER,
            Column("unit", "Unidade", "", ("filial", "branch")),
            Column("is_admin", "Administrador", "sim", ("admin", "administrator", "gestor")),
        ),
        Kind.CONTRACTS: (
            _CUSTOMER,
            Column("reference", "Número", "LOC-0001", ("contrato", "numero do contrato", "number")),
            Column("kind", "Tipo", "locação", ("tipo de contrato", "modalidade", "type")),
            Column("starts", "Início", "01/01/2026", ("inicio da vigencia", "start", "desde")),
            Column(
                "ends", "Fim", "31/12/2027", ("termino", "vencimento", "fim da vigencia", "end")
            ),
            Column("units", "Unidades", "", ("unidade", "filiais", "only units")),
        ),
        Kind.LICENCES: (
            _CUSTOMER,
            Column("key", "Chave", "ABC-1234-XYZ", ("licenca", "numero de serie", "serial")),
            Column("product", "Produto", "Tarifador", ("sistema", "software")),
            Column("contract", "Contrato", "LOC-0001", ("numero do contrato",)),
            Column("unit", "Unidade", "", ("filial", "branch")),
            Column("valid_from", "Válida desde", "01/01/2026", ("inicio", "desde", "start")),
            Column("valid_until", "Válida até", "31/12/2027", ("vencimento", "validade", "end")),
            Column("version", "Versão", "7.2"),
            Column("extensions", "Ramais", "120", ("quantidade de ramais",)),
            Column("equipment", "Equipamento", "", ("pabx", "central")),
            Column("technical_until", "Validade técnica", "", ("validade tecnica da versao",)),
        ),
        Kind.ONEOFFS: (
            Column(
                "number",
                "Número antigo",
                "AV-2025-0117",
                ("numero", "numero do avulso", "chamado avulso", "pedido", "old number"),
            ),
            _CUSTOMER,
            Column(
                "holder",
                "Contato (e-mail ou código)",
                "ana@padaria.example",
                ("contato", "titular", "e mail do contato", "comprador", "email", "e mail"),
            ),
            Column("kind", "Tipo de avulso", "problema", ("tipo", "avulso", "type")),
            Column(
                "service", "Serviço", "Erro ou falha no sistema", ("servico prestado", "para que")
            ),
            Column(
                "bought_on",
                "Comprado em",
                "02/03/2026",
                ("data da compra", "compra", "data de compra", "bought"),
            ),
            Column("state", "Situação", "disponível", ("status", "estado", "usado")),
            Column("quantity", "Quantidade", "1", ("qtd", "qtde")),
            Column("price", "Valor unitário", "250,00", ("valor", "preco", "preco unitario")),
        ),
    }
)
# A table is of a kind when it has one column of each of these groups.
NEEDED: Mapping[Kind, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        Kind.ORGANISATIONS: (("name",), ("tax_id", "reference")),
        Kind.PEOPLE: (("name",), ("customer",), ("address", "code")),
        Kind.CONTRACTS: (("customer",), ("reference",), ("kind",), ("starts",)),
        Kind.LICENCES: (("customer",), ("key",), ("product",), ("valid_from",)),
        Kind.ONEOFFS: (("customer",), ("holder",), ("kind",), ("service",), ("bought_on",)),
    }
)
_ADDRESS = re.compile(r"[^@\s<>,;\"]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")
_KINDS_OF_CONTRACT = {
    "licensing": ("licenciamento", "licenciamento com contrato", "licenca", "licensing"),
    "rental": ("locacao", "aluguel", "rental"),
    "saas": ("saas", "software como servico", "nuvem"),
    "it_services": (
        *("servicos", "servicos de informatica", "prestacao de servicos", "it services"),
        *("prestacao de servicos de informatica", "psi"),
    ),
}
_KINDS_OF_ONEOFF = {
    "oneoff_problem": ("problema", "problema tecnico", "suporte", "problem"),
    "oneoff_install": (
        *("instalacao", "instalacao remota", "upgrade", "instalacao upgrade", "installation"),
        *("instalacao ou upgrade", "instalacao e upgrade", "instalacao upgrade remoto"),
    ),
    "oneoff_training": ("treinamento", "treinamento remoto", "training"),
}
_STATES_OF_ONEOFF = {
    "available": ("disponivel", "aberto", "nao usado", "nao utilizado", "nao", "available"),
    "used": ("usado", "utilizado", "consumido", "atendido", "concluido", "sim", "used"),
    "expired": ("vencido", "expirado", "expired"),
}


def fields_of(kind: Kind, headings: Sequence[str]) -> dict[str, int]:
    """Field -> place of its column; of two columns with one meaning the first counts."""
    found: dict[str, int] = {}
    for column in COLUMNS[kind]:
        for place, heading in enumerate(headings):
            if column.is_called(heading) and place not in found.values():
                found[column.field] = place
                break
    return found


def lacks(kind: Kind, fields: Mapping[str, int]) -> tuple[str, ...]:
    """The headings of the template that a table of this kind still needs."""
    names = {column.field: column.heading for column in COLUMNS[kind]}
    return tuple(
        " / ".join(names[field] for field in group)
        for group in NEEDED[kind]
        if not any(field in fields for field in group)
    )


def kind_of(headings: Sequence[str]) -> Kind | None:
    """The kind whose columns these headings are; None when no kind has all it needs."""
    found = {
        kind: len(fields) for kind in Kind if not lacks(kind, fields := fields_of(kind, headings))
    }
    return max(found, key=lambda kind: found[kind], default=None)


def template(kind: Kind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Headings and one row as an example."""
    columns = COLUMNS[kind]
    return tuple(one.heading for one in columns), tuple(one.example for one in columns)


@dataclass(frozen=True, slots=True)
class Cells:
    """One row by field. What is read raises BadCell; an empty cell is None or empty."""

    values: Mapping[str, str]

    def text(self, field: str, *, most: int, needed: bool = False) -> str:
        """A text of at most so many characters."""
        value = self.values.get(field, "")
        if needed and not value:
            raise BadCell(field, "needed")
        if len(value) > most:
            raise BadCell(field, "too_long")
        return value

    def day(self, field: str, *, needed: bool = False) -> date | None:
        """A calendar day."""
        try:
            found = parse_day(self.values.get(field, ""))
        except ValueError as error:
            raise BadCell(field, "not_a_day") from error
        if needed and found is None:
            raise BadCell(field, "needed")
        return found

    def whole(self, field: str) -> int | None:
        """A whole number."""
        try:
            return parse_whole(self.values.get(field, ""))
        except ValueError as error:
            raise BadCell(field, "not_a_number") from error

    def flag(self, field: str) -> bool | None:
        """Yes or no."""
        try:
            return parse_flag(self.values.get(field, ""))
        except ValueError as error:
            raise BadCell(field, "not_a_flag") from error

    def names(self, field: str) -> tuple[str, ...]:
        """Several names in one cell."""
        return parse_list(self.values.get(field, ""))

    def tax_id(self, field: str) -> str:
        """A CNPJ or CPF. A spreadsheet that took it for a number has eaten the zeros before it."""
        value = self.values.get(field, "")
        if value.isdecimal() and 8 <= len(value) < 14:
            value = value.zfill(11 if len(value) <= 11 else 14)
        try:
            return parse_tax_id(value) if value else ""
        except ValueError as error:
            raise BadCell(field, "not_a_tax_id") from error

    def phone(self, field: str) -> str:
        """A telephone number, its ninth digit unified."""
        value = self.values.get(field, "")
        try:
            return parse_phone(value) if value else ""
        except ValueError as error:
            raise BadCell(field, "not_a_phone") from error

    def address(self, field: str) -> str:
        """An e-mail address, in lower case."""
        value = self.values.get(field, "").lower()
        if value and not _ADDRESS.fullmatch(value):
            raise BadCell(field, "not_an_address")
        return self.text(field, most=254).lower()

    def contract_kind(self, field: str) -> str:
        """One of the four kinds of contract (S2), by any of their names."""
        value = fold(self.text(field, most=60, needed=True))
        for kind, names in _KINDS_OF_CONTRACT.items():
            if value == fold(kind) or value.removeprefix("contrato de ") in names:
                return kind
        raise BadCell(field, "not_a_kind")

    def oneoff_kind(self, field: str) -> str:
        """One of the three kinds of one-off (R17), by any of their names."""
        value = fold(self.text(field, most=60, needed=True)).removeprefix("avulso de ")
        for kind, names in _KINDS_OF_ONEOFF.items():
            if value == fold(kind) or value in names:
                return kind
        raise BadCell(field, "not_a_oneoff")

    def oneoff_state(self, field: str) -> str:
        """How a one-off stands: available (also where nothing is said), used, expired."""
        value = fold(self.text(field, most=60)) or "available"
        for state, names in _STATES_OF_ONEOFF.items():
            if value in names:
                return state
        raise BadCell(field, "not_a_state")

    def cents(self, field: str) -> int | None:
        """An amount of money."""
        value = self.values.get(field, "")
        try:
            return parse_cents(value) if value else None
        except ValueError as error:
            raise BadCell(field, "not_an_amount") from error
