"""The report's part about commitments, as JSON. Nothing of it is part of a total."""

from dataclasses import asdict
from typing import Any

from workflows.commitments import Commitment, CommitmentOption
from workflows.money import in_cents, in_full

Json = dict[str, Any]


def commitment_document(one: Commitment) -> Json:
    """What one family of commitments covered, and how far it was used."""
    return {
        "kind": one.kind.value,
        "start": one.start.isoformat(),
        "end": one.end.isoformat(),
        "coverage_percent": in_full(one.coverage_percent),
        "utilization_percent": in_full(one.utilization_percent),
        "on_demand_cost": in_cents(one.on_demand_cost),
        "on_demand_cost_exact": in_full(one.on_demand_cost),
        "unused_cost": in_cents(one.unused_cost),
        "net_savings": in_cents(one.net_savings),
        "billing_currency": one.billing_currency,
        "evidence": [asdict(pointer) for pointer in one.evidence],
    }


def commitment_option_document(one: CommitmentOption) -> Json:
    """What could be committed to."""
    return {
        "kind": one.kind.value,
        "service_name": one.service_name,
        "term": one.term,
        "payment_option": one.payment_option,
        "lookback": one.lookback,
        "account_id": one.account_id,
        "region_id": one.region_id,
        "description": one.description,
        "estimated_monthly_savings": in_cents(one.estimated_monthly_savings),
        "estimated_savings_percentage": in_full(one.estimated_savings_percentage),
        "estimated_savings_in_lookback": in_cents(one.estimated_savings_in_lookback),
        "hourly_commitment": in_full(one.hourly_commitment),
        "count": in_full(one.count),
        "upfront_cost": in_cents(one.upfront_cost),
        "monthly_cost": in_cents(one.monthly_cost),
        "billing_currency": one.billing_currency,
        "evidence": [asdict(pointer) for pointer in one.evidence],
    }
