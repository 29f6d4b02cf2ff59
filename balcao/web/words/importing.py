"""The words of an import's report."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.web.words.goods import CONFLICTS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

REASONS: "dict[str, _StrPromise]" = {
    "needed": gettext_lazy("nothing stands here, and it is needed"),
    "too_long": gettext_lazy("the text is too long"),
    "not_a_day": gettext_lazy("no date: write 31/12/2027 or 2027-12-31"),
    "not_a_number": gettext_lazy("no whole number"),
    "not_a_flag": gettext_lazy("neither yes nor no"),
    "not_a_tax_id": gettext_lazy("no valid CNPJ or CPF"),
    "not_a_phone": gettext_lazy("no complete telephone number with its area code"),
    "not_an_address": gettext_lazy("no e-mail address"),
    "not_a_kind": gettext_lazy("none of the four: licensing, rental, SaaS, IT services"),
    "not_a_code": gettext_lazy("no user code: eight letters and digits, without 0 O 1 I L U"),
    "not_a_name": gettext_lazy("no name"),
    "two_customers": gettext_lazy("the CNPJ/CPF and the reference belong to two customers"),
    "other_tax_id": gettext_lazy("the customer of this reference has another CNPJ/CPF"),
    "other_address": gettext_lazy(
        "another address is on file, and a table never changes it: its owner or sales does"
    ),
    "deactivated": gettext_lazy("deactivated: reactivate it first"),
    "unknown_customer": gettext_lazy("no customer has this CNPJ/CPF or reference"),
    "unknown_unit": gettext_lazy("the customer has no unit of this name or CNPJ"),
    "unknown_contract": gettext_lazy("the customer has no contract with this number"),
    "foreign_key": gettext_lazy("the key is another customer's"),
    "tax_id_taken": gettext_lazy("another customer or unit has this CNPJ/CPF"),
    "other_root": gettext_lazy("the unit's CNPJ does not share the customer's root"),
    "not_a_oneoff": gettext_lazy("none of the three: problem, installation or upgrade, training"),
    "not_a_state": gettext_lazy("neither available nor used nor expired"),
    "not_an_amount": gettext_lazy("no amount of money"),
    "in_future": gettext_lazy("this day is still to come"),
    "too_many": gettext_lazy("from 1 to 20"),
    "not_over": gettext_lazy("by the support rules it has not expired yet: see when it was bought"),
    "not_covered": gettext_lazy("this service is not sold under this kind of one-off request"),
    "unknown_person": gettext_lazy("nobody with this e-mail or code acts for the customer"),
    "several_people": gettext_lazy("several people have this e-mail: write the user code"),
    "unknown_service": gettext_lazy("no service of the catalogue is called this"),
    "other_oneoff": gettext_lazy("the customer has another one-off request with this number"),
    "last_admin": gettext_lazy("the customer's last administrator"),
}
_SHEETS: "dict[str, _StrPromise]" = {
    "too_big": gettext_lazy("The file is too big."),
    "too_many_rows": gettext_lazy("The file has too many rows: divide it."),
    "too_many_columns": gettext_lazy("The file has too many columns."),
    "not_a_workbook": gettext_lazy("The file is no table: send CSV or XLSX."),
    "no_headings": gettext_lazy("The file is empty."),
}
OUTCOMES: "dict[str, _StrPromise]" = {
    "created": gettext_lazy("created"),
    "changed": gettext_lazy("changed"),
    "unchanged": gettext_lazy("unchanged"),
    "refused": gettext_lazy("refused"),
}
KINDS: "dict[str, _StrPromise]" = {
    "organisations": gettext_lazy("customers"),
    "people": gettext_lazy("people"),
    "contracts": gettext_lazy("contracts"),
    "licences": gettext_lazy("licences"),
    "oneoffs": gettext_lazy("one-off requests"),
}


def reason(code: str) -> str:
    """Why a row was refused."""
    found = REASONS.get(code) or CONFLICTS.get(code)
    return (
        str(found) if found else _("it does not fit what is registered (%(code)s)") % {"code": code}
    )


def sheet_problem(code: str) -> str:
    """Why a file cannot be read at all."""
    return str(_SHEETS[code])


def left_out(column: str) -> str:
    """That a column means nothing here."""
    return _('the column "%(column)s" is not known and was left out') % {"column": column}


def dry_run() -> str:
    """That nothing was done."""
    return _("Nothing was changed: this was a dry run.")
