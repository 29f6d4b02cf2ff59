"""Who is in the demo. Everybody is invented; every address ends in .example, which nobody owns.

Telephones start with 81 9 0000, a range that is assigned to no one.
"""

from dataclasses import dataclass
from datetime import timedelta

from balcao.policy.access import Role


@dataclass(frozen=True, slots=True)
class Member:
    """A person. ``organisations`` are keys of COMPANIES; ``admin``: administers the first one, and
    works at its ``unit``.
    """

    key: str
    code: str
    name: str
    phone: str
    domain: str
    organisations: tuple[str, ...] = ()
    admin: bool = False
    roles: tuple[Role, ...] = ()
    unit: str = ""

    @property
    def address(self) -> str:
        return f"{self.key}@{self.domain}"


@dataclass(frozen=True, slots=True)
class Paper:
    """A contract. ``ends``: days from the first run to the last covered day; None: no end."""

    kind: str
    reference: str
    ends: int | None


@dataclass(frozen=True, slots=True)
class Right:
    """A licence. ``until``: days from the first run to the last valid day; None: perpetual."""

    name: str
    key: str
    product: str
    until: int | None
    version: str
    extensions: int | None = None
    under_contract: bool = True


@dataclass(frozen=True, slots=True)
class Company:
    """A customer. ``root``: of its CNPJ, with letters, so that it is nobody's."""

    key: str
    name: str
    root: str
    phone: str
    contract: Paper | None = None
    licences: tuple[Right, ...] = ()
    units: tuple[str, ...] = ()
    members_see_all: bool = False


SINCE = timedelta(days=760)
"""How long before the first run contracts and licences began."""

PRODUCTS = {
    "tarifador-hoteleiro": "Tarifador Hoteleiro",
    "tarifador-corporativo": "Tarifador Corporativo",
    "gravador": "Gravador de Ligações",
    "gestor-de-contas": "Gestor de Contas",
    "central-em-nuvem": "Central em Nuvem",
    "console": "Console de Telefonista",
}

COMPANIES = (
    Company(
        key="hotel",
        name="Hotel Maré Alta",
        root="DEMO01BR",
        phone="+5581900000301",
        contract=Paper("licensing", "LIC-2041", ends=240),
        licences=(
            Right("hotel-tarifador", "TH7-4K2M-9QXD-03", "tarifador-hoteleiro", 240, "7.2", 180),
            Right("hotel-gravador", "GL4-83TW-KP6Z-11", "gravador", 240, "4.0", 12),
            Right("hotel-console", "CT2-5N9H-XR4B-07", "console", -58, "2.1", 2),
        ),
        units=("Matriz", "Bloco B"),
        members_see_all=True,
    ),
    Company(
        key="clinica",
        name="Clínica Vale Verde",
        root="DEMO02BR",
        phone="+5581900000302",
        contract=Paper("rental", "LOC-0317", ends=100),
        licences=(Right("clinica-gravador", "GL4-7VQA-2MDE-19", "gravador", 100, "4.0", 48),),
    ),
    Company(
        key="transp",
        name="Transportadora Sertão Norte",
        root="DEMO03BR",
        phone="+5581900000303",
        contract=Paper("saas", "SAAS-1182", ends=26),
        licences=(Right("transp-gestor", "GC9-PX38-6HWN-02", "gestor-de-contas", 26, "2026"),),
        units=("Recife", "Petrolina"),
    ),
    Company(
        key="colegio",
        name="Colégio Horizonte Azul",
        root="DEMO04BR",
        phone="+5581900000304",
        contract=Paper("it_services", "PSI-0094", ends=None),
        licences=(
            Right("colegio-central", "CN5-9DKE-R7TZ-24", "central-em-nuvem", None, "5.4", 60),
        ),
        members_see_all=True,
    ),
    Company(
        key="agro",
        name="Agropecuária Três Rios",
        root="DEMO05BR",
        phone="+5581900000305",
        contract=Paper("licensing", "LIC-1977", ends=120),
        licences=(
            Right("agro-tarifador", "TC6-H2XV-84QP-15", "tarifador-corporativo", -9, "6.8", 40),
        ),
    ),
    Company(
        key="grafica",
        name="Gráfica Ponto Certo",
        root="DEMO06BR",
        phone="+5581900000306",
        contract=Paper("licensing", "LIC-1520", ends=-7),
        licences=(
            Right(
                "grafica-tarifador",
                "TC5-MB7D-3KWR-08",
                "tarifador-corporativo",
                None,
                "5.1",
                24,
                under_contract=False,
            ),
        ),
    ),
    Company(key="padaria", name="Padaria Santa Massa", root="DEMO07BR", phone="+5581900000307"),
)

STAFF = (
    Member(
        "bruno",
        "AGENTE22",
        "Bruno Tavares",
        "+5581900000101",
        "equipe.example",
        roles=(Role.AGENT,),
    ),
    Member(
        "camila",
        "AGENTE33",
        "Camila Rocha",
        "+5581900000102",
        "equipe.example",
        roles=(Role.AGENT,),
    ),
    Member(
        "otavio", "VENDAS22", "Otávio Lima", "+5581900000103", "equipe.example", roles=(Role.SALES,)
    ),
    Member(
        "helena",
        "SPRVSR22",
        "Helena Duarte",
        "+5581900000104",
        "equipe.example",
        roles=(Role.SUPERVISOR,),
    ),
    # Exceptions take two: one asks, another approves.
    Member(
        "ivan",
        "SPRVSR33",
        "Ivan Sampaio",
        "+5581900000106",
        "equipe.example",
        roles=(Role.SUPERVISOR,),
    ),
    # An administrator alone reads no ticket; the auditor's hat lets this one read, and not write.
    Member(
        "paula",
        "GERENTE2",
        "Paula Freitas",
        "+5581900000105",
        "equipe.example",
        roles=(Role.ADMINISTRATOR, Role.AUDITOR),
    ),
)

_HOTEL, _CLINICA, _TRANSP = "hotelmarealta.example", "valeverde.example", "sertaonorte.example"
_COLEGIO = "horizonteazul.example"

CONTACTS = (
    Member("marta", "MARTA222", "Marta Azevedo", "+5581900000201", _HOTEL, ("hotel",), True),
    Member(
        "renan", "RENAN222", "Renan Castro", "+5581900000202", _HOTEL, ("hotel",), unit="Bloco B"
    ),
    Member("sandra", "SANDRA22", "Sandra Neves", "+5581900000203", _HOTEL, ("hotel",)),
    Member("ester", "ESTER222", "Ester Campos", "+5581900000204", _CLINICA, ("clinica",), True),
    Member("wagner", "WAGNER22", "Wagner Teles", "+5581900000205", _CLINICA, ("clinica",)),
    Member("cesar", "CESAR222", "Cesar Arruda", "+5581900000206", _TRANSP, ("transp",), True),
    Member("dara", "DARA2222", "Dara Menezes", "+5581900000207", _TRANSP, ("transp",)),
    Member("tereza", "TEREZA22", "Tereza Barros", "+5581900000208", _COLEGIO, ("colegio",), True),
    # One person may act for two companies: the opening page asks for which.
    Member(
        "fernanda",
        "FERNANDA",
        "Fernanda Farias",
        "+5581900000209",
        _COLEGIO,
        ("colegio", "clinica"),
    ),
    Member("hebert", "HEBERT22", "Hebert Nunes", "+5587900000210", "tresrios.example", ("agro",)),
    Member(
        "vera", "VERA2222", "Vera Andrade", "+5581900000211", "pontocerto.example", ("grafica",)
    ),
    Member(
        "ademar", "ADEMAR22", "Ademar Pereira", "+5581900000212", "santamassa.example", ("padaria",)
    ),
)

EVERYBODY = (*STAFF, *CONTACTS)
