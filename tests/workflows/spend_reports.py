"""The parts of a report about spend, budgets and commitments, each whole and valid; a test names what matters to it."""

from typing import Any

Json = dict[str, Any]


def a_budget(**changes: Any) -> Json:
    budget: Json = {
        "name": "monthly-total",
        "budget_type": "COST",
        "time_unit": "MONTHLY",
        "unit": "USD",
        "limit": "4000.00",
        "actual": "2210.45",
        "forecast": "3345.12",
        "overrun": None,
        "verdict": "WITHIN",
        "filters": [],
        "limit_kind": "FIXED",
        "metric": "UnblendedCost",
        "starts": "2026-01-01",
        "ends": "",
        "data_is_stale": False,
        "notes": [],
        "history": [],
    }
    return {**budget, **changes}


def some_spend(*daily: Json, **changes: Any) -> Json:
    spend: Json = {
        "billing_currency": "USD",
        "start": "2026-11-01",
        "end": "2026-11-16",
        "month_to_date": "2210.45",
        "month_to_date_credits": "-25.00",
        "month_to_date_taxes": "293.55",
        "month_to_date_effective": "2210.45",
        "services": [],
        "daily": list(daily),
        "months": [],
        "accounts": [],
    }
    return {**spend, **changes}


def a_service(**changes: Any) -> Json:
    service: Json = {
        "service_name": "EC2 - Other",
        "month_to_date": "535.59",
        "month_to_date_effective": "535.59",
        "previous_month": "788.79",
        "last_7_days": "327.90",
        "previous_7_days": "181.93",
        "trend_percent": "80.2",
        "step": None,
    }
    return {**service, **changes}


def a_step(**changes: Any) -> Json:
    step: Json = {"day": "2026-11-09", "before_a_day": "25.99", "after_a_day": "46.84", "change_percent": "80.2"}
    return {**step, **changes}


def a_month(**changes: Any) -> Json:
    month: Json = {
        "start": "2026-11-01",
        "end": "2026-11-16",
        "billed_cost": "2210.45",
        "effective_cost": "2210.45",
        "usage_cost": "1941.90",
        "credits": "-25.00",
        "taxes": "293.55",
        "partial": True,
        "estimated": True,
    }
    return {**month, **changes}


def an_account(**changes: Any) -> Json:
    account: Json = {
        "account_id": "123456789012",
        "account_name": "shop-production",
        "month_to_date": "1941.90",
        "month_to_date_effective": "1941.90",
        "previous_month": "3573.85",
    }
    return {**account, **changes}


def a_commitment_held(**changes: Any) -> Json:
    held: Json = {
        "kind": "SavingsPlans",
        "start": "2026-10-01",
        "end": "2026-11-01",
        "coverage_percent": "62.4512345",
        "utilization_percent": "96.4",
        "on_demand_cost": "512.20",
        "unused_cost": "18.04",
        "net_savings": "211.90",
        "billing_currency": "USD",
        "evidence": [a_pointer()],
    }
    return {**held, **changes}


def a_commitment_option(**changes: Any) -> Json:
    option: Json = {
        "kind": "SavingsPlans",
        "service_name": "",
        "term": "ONE_YEAR",
        "payment_option": "NO_UPFRONT",
        "lookback": "THIRTY_DAYS",
        "account_id": "",
        "region_id": "",
        "description": "COMPUTE_SP",
        "estimated_monthly_savings": "41.37",
        "estimated_savings_percentage": "23.1",
        "estimated_savings_in_lookback": "40.10",
        "hourly_commitment": "0.132",
        "count": None,
        "upfront_cost": "0.00",
        "monthly_cost": None,
        "billing_currency": "USD",
        "evidence": [a_pointer()],
    }
    return {**option, **changes}


def a_pointer(**changes: Any) -> Json:
    pointer: Json = {
        "operation": "ce:GetSavingsPlansUtilization",
        "pointer": "/Total/Utilization/UtilizationPercentage",
        "raw": "96.4",
        "request_id": "19084cc0-840e-fe89-d673-6e4a1386c3a5",
    }
    return {**pointer, **changes}


def a_service_basis(**changes: Any) -> Json:
    basis: Json = {
        "service_name": "Amazon Relational Database Service",
        "resource_keys": ["123456789012/us-east-1/RdsDbInstance/reports-dev"],
        "last_7_days": "238.70",
        "previous_7_days": "236.93",
        "trend_percent": "0.7",
        "step": None,
        "billing_currency": "USD",
    }
    return {**basis, **changes}


def a_day(day: str = "2026-11-09", billed_cost: str = "100.00", *, estimated: bool = False) -> Json:
    return {"day": day, "billed_cost": billed_cost, "estimated": estimated}


def a_forecast(**changes: Any) -> Json:
    forecast: Json = {
        "billing_currency": "USD",
        "start": "2026-11-16",
        "end": "2026-12-01",
        "month_total": "4345.12",
        "remaining": "2134.67",
        "remaining_lower": "1967.11",
        "remaining_upper": "2302.23",
    }
    return {**forecast, **changes}


def an_anomaly(**changes: Any) -> Json:
    anomaly: Json = {
        "anomaly_id": "c9a6b28d",
        "billing_currency": "USD",
        "start": "2026-11-09",
        "end": "2026-11-11",
        "region_id": "us-east-1",
        "service_name": "EC2 - Other",
        "total_impact": "143.20",
        "usage_type": "DataTransfer-Regional-Bytes",
        "expected_spend": "79.12",
        "actual_spend": "222.32",
        "root_causes": [],
    }
    return {**anomaly, **changes}


def a_root_cause(**changes: Any) -> Json:
    cause: Json = {
        "service_name": "EC2 - Other",
        "region_id": "us-east-1",
        "account_id": "123456789012",
        "account_name": "shop-production",
        "usage_type": "DataTransfer-Regional-Bytes",
        "contribution": "143.20",
    }
    return {**cause, **changes}


def some_resource_spend(**changes: Any) -> Json:
    spend: Json = {
        "billing_currency": "USD",
        "days": 14,
        "effective_cost": "103.42",
        "last_7_days": "60.56",
        "previous_7_days": "42.86",
        "resource_id": "i-07c4e8b15da2f3962",
        "resource_key": "123456789012/us-east-1/Ec2Instance/i-07c4e8b15da2f3962",
        "trend_percent": "41.3",
        "step": None,
    }
    return {**spend, **changes}
