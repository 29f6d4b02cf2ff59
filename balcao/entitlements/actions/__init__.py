"""Writing what customers are entitled to: one file a topic."""

from balcao.entitlements.actions.catalogue import (
    add_services,
    change_product,
    change_service,
    register_product,
    register_service,
)
from balcao.entitlements.actions.contracts import (
    ContractTerms,
    add_contract,
    change_contract,
    end_contract,
    register_contract,
    renew_contract,
    resume_contract,
    suspend_contract,
)
from balcao.entitlements.actions.foretelling import foretell_ends, plan_all
from balcao.entitlements.actions.import_rows import Outcome, customer_of
from balcao.entitlements.actions.importing import (
    LineResult,
    Report,
    Table,
    import_tables,
    imports,
)
from balcao.entitlements.actions.licences import (
    LicenceTerms,
    add_licence,
    change_licence,
    end_licence,
    register_licence,
    renew_licence,
    show_key,
)
from balcao.entitlements.actions.prepaid import (
    agree,
    append,
    count_as_told,
    drop_prepaid,
    order_all,
    order_prepaid,
    plan_prepaid,
    run_prepaid,
    sell_all,
    sell_prepaid,
)
from balcao.entitlements.models import EndReason, SuspensionReason
from balcao.people.actions import Conflict, NotAllowed

__all__ = [
    "Conflict",
    "ContractTerms",
    "EndReason",
    "LicenceTerms",
    "LineResult",
    "NotAllowed",
    "Outcome",
    "Report",
    "SuspensionReason",
    "Table",
    "add_contract",
    "add_licence",
    "add_services",
    "agree",
    "append",
    "change_contract",
    "change_licence",
    "change_product",
    "change_service",
    "count_as_told",
    "customer_of",
    "drop_prepaid",
    "end_contract",
    "end_licence",
    "foretell_ends",
    "import_tables",
    "imports",
    "order_all",
    "order_prepaid",
    "plan_all",
    "plan_prepaid",
    "register_contract",
    "register_licence",
    "register_product",
    "register_service",
    "renew_contract",
    "renew_licence",
    "resume_contract",
    "run_prepaid",
    "sell_all",
    "sell_prepaid",
    "show_key",
    "suspend_contract",
]
