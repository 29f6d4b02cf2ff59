"""Requests, facts and decisions as plain data, for the record and for replay.

Ids, codes, dates and moments (ISO 8601) only: no name, address or text of a person, so that a
record outlives the erasure of the people in it. A licence's product name is left out and comes back
empty; nothing is decided by it. Facts grew: what an old record does not hold has a default.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from balcao.policy.entitlement import ContractFacts, Coverage, LicenceFacts
from balcao.policy.gate.types import (
    Act,
    Auth,
    Decision,
    Door,
    Facts,
    Finding,
    Lift,
    OverrideFacts,
    PersonFacts,
    Request,
    SenderFacts,
    TicketFacts,
)
from balcao.policy.lifecycle import State


def facts_as_data(request: Request, facts: Facts) -> dict[str, object]:
    """What the gate was asked and on which facts, ready for JSON."""
    return {
        "request": {
            "act": request.act.value,
            "door": request.door.value,
            "service": request.service,
            "licence": request.licence,
            "assisted": request.assisted,
            "taken_down": request.taken_down,
        },
        "person": {
            "registered": facts.person.registered,
            "active": facts.person.active,
            "organisation": facts.person.organisation,
            "unit": facts.person.unit,
        },
        "contracts": [_contract_as_data(row) for row in facts.contracts],
        "licences": [_licence_as_data(row) for row in facts.licences],
        "ticket": _ticket_as_data(facts.ticket) if facts.ticket else None,
        "sender": _sender_as_data(facts.sender) if facts.sender else None,
        "overrides": [_override_as_data(row) for row in facts.overrides],
    }


def facts_from_data(data: Mapping[str, Any]) -> tuple[Request, Facts]:
    """The request and facts of a record. Raises KeyError or ValueError on anything else."""
    asked = data["request"]
    request = Request(
        act=Act(asked["act"]),
        door=Door(asked["door"]),
        service=asked["service"],
        licence=asked["licence"],
        assisted=asked["assisted"],
        taken_down=asked.get("taken_down", False),
    )
    facts = Facts(
        person=PersonFacts(**data["person"]),
        contracts=tuple(_contract_from_data(row) for row in data["contracts"]),
        licences=tuple(_licence_from_data(row) for row in data["licences"]),
        ticket=_ticket_from_data(data["ticket"]) if data["ticket"] else None,
        sender=_sender_from_data(data["sender"]) if data["sender"] else None,
        overrides=tuple(_override_from_data(row) for row in data.get("overrides", ())),
    )
    return request, facts


def decision_as_data(decision: Decision) -> dict[str, object]:
    """The gate's answer, ready for JSON."""
    return {
        "verdict": decision.verdict.value,
        "act": decision.act.value,
        "door": decision.door.value,
        "rules": list(decision.rules),
        "reason": decision.reason,
        "next_step": decision.next_step,
        "since": _iso(decision.since),
        "coverage": _coverage_as_data(decision.coverage) if decision.coverage else None,
        "warnings": [_finding_as_data(row) for row in decision.warnings],
        "observed": [_finding_as_data(row) for row in decision.observed],
        "lifted": [_lift_as_data(row) for row in decision.lifted],
        "back_at": _iso(decision.back_at),
        "policy_version": decision.policy_version,
        "at": decision.at.isoformat(),
    }


def _coverage_as_data(cover: Coverage) -> dict[str, object]:
    return {
        "kind": cover.kind,
        "contract": cover.contract.id if cover.contract else None,
        "licence": cover.licence.id if cover.licence else None,
        "covered": cover.covered,
        "until": _iso(cover.until),
        "reason": cover.reason,
        "since": _iso(cover.since),
        "findings": list(cover.findings),
    }


def _finding_as_data(finding: Finding) -> dict[str, object]:
    return {"rule": finding.rule, "reason": finding.reason, "since": _iso(finding.since)}


def _lift_as_data(lift: Lift) -> dict[str, object]:
    return {"override": lift.override, **_finding_as_data(lift.finding)}


def _contract_as_data(row: ContractFacts) -> dict[str, object]:
    return {
        "id": row.id,
        "kind": row.kind,
        "starts": row.starts.isoformat(),
        "ends": _iso(row.ends),
        "suspended": row.suspended,
        "suspended_from": _iso(row.suspended_from),
        "suspended_until": _iso(row.suspended_until),
        "units": None if row.units is None else sorted(row.units),
    }


def _contract_from_data(data: Mapping[str, Any]) -> ContractFacts:
    return ContractFacts(
        id=data["id"],
        kind=data["kind"],
        starts=date.fromisoformat(data["starts"]),
        ends=_date(data["ends"]),
        suspended=data["suspended"],
        # Records from before these facts were asked do not have them.
        suspended_from=_date(data.get("suspended_from")),
        suspended_until=_date(data.get("suspended_until")),
        units=None if data.get("units") is None else frozenset(data["units"]),
    )


def _licence_as_data(row: LicenceFacts) -> dict[str, object]:
    return {
        "id": row.id,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": _iso(row.valid_until),
        "contract": row.contract,
        "unit": row.unit,
    }


def _licence_from_data(data: Mapping[str, Any]) -> LicenceFacts:
    return LicenceFacts(
        id=data["id"],
        product="",
        valid_from=date.fromisoformat(data["valid_from"]),
        valid_until=_date(data["valid_until"]),
        contract=data["contract"],
        unit=data.get("unit"),
    )


def _ticket_as_data(ticket: TicketFacts) -> dict[str, object]:
    return {
        "exists": ticket.exists,
        "state": ticket.state.value if ticket.state else None,
        "organisation": ticket.organisation,
        "kind": ticket.kind,
        "resolved_at": _iso(ticket.resolved_at),
        "id": ticket.id,
        "available_until": _iso(ticket.available_until),
        "agreed": ticket.agreed,
        "own": ticket.own,
        "opened_at": _iso(ticket.opened_at),
    }


def _ticket_from_data(data: Mapping[str, Any]) -> TicketFacts:
    return TicketFacts(
        exists=data["exists"],
        state=State(data["state"]) if data["state"] else None,
        organisation=data["organisation"],
        kind=data["kind"],
        resolved_at=_moment(data["resolved_at"]),
        id=data.get("id"),
        available_until=_date(data.get("available_until")),
        agreed=data.get("agreed"),
        own=data.get("own", True),
        opened_at=_moment(data.get("opened_at")),
    )


def _sender_as_data(sender: SenderFacts) -> dict[str, object]:
    return {
        "clear": sender.clear,
        "registered": sender.registered,
        "on_ticket": sender.on_ticket,
        "same_organisation": sender.same_organisation,
        "auth": sender.auth.value,
        "vouched": sender.vouched,
        "oneoff": sender.oneoff,
        "signs_in": sender.signs_in,
        "free": sender.free,
    }


def _sender_from_data(data: Mapping[str, Any]) -> SenderFacts:
    return SenderFacts(**{**data, "auth": Auth(data["auth"])})


def _override_as_data(row: OverrideFacts) -> dict[str, object]:
    return {
        "id": row.id,
        "rules": list(row.rules),
        "organisation": row.organisation,
        "begins": row.begins.isoformat(),
        "ends": row.ends.isoformat(),
        "ticket": row.ticket,
        "door": row.door.value if row.door else None,
        "service": row.service,
    }


def _override_from_data(data: Mapping[str, Any]) -> OverrideFacts:
    return OverrideFacts(
        id=data["id"],
        rules=tuple(data["rules"]),
        organisation=data["organisation"],
        begins=datetime.fromisoformat(data["begins"]),
        ends=datetime.fromisoformat(data["ends"]),
        ticket=data["ticket"],
        door=Door(data["door"]) if data["door"] else None,
        service=data["service"],
    )


def _iso(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
