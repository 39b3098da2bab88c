"""From AWS's bill to the counted total, where most of EC2 is under a Savings Plan: whatever day of the month it is."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.local.account_variants import Json, an_account_folder
from tests.local.runs import run

COMPUTE = "Amazon Elastic Compute Cloud - Compute"


def a_cost(kind: str, billed: Decimal, amortized: Decimal) -> Json:
    amounts = {"UnblendedCost": billed, "AmortizedCost": amortized}
    metrics = {name: {"Amount": f"{amount:.6f}", "Unit": "USD"} for name, amount in amounts.items()}
    return {"Keys": [COMPUTE, kind], "Metrics": metrics}


def under_a_plan(group: Json) -> list[Json]:
    """The same usage, 2 % of it on demand and the rest at 70 % of its price under a plan."""
    if group["Keys"] != [COMPUTE, "Usage"]:
        return [group]
    amount = Decimal(group["Metrics"]["UnblendedCost"]["Amount"])
    covered, left = amount * 98 / 100, amount * 2 / 100
    return [
        a_cost("Usage", left, left),
        a_cost("SavingsPlanCoveredUsage", covered, amount * 70 / 100),
        a_cost("SavingsPlanNegation", -covered, Decimal(0)),
    ]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = an_account_folder(tmp_path_factory.mktemp("accounts") / "planned", {})
    for path in (folder / "responses" / "ce").glob("GetCostAndUsage__daily_page*.json"):
        envelope = json.loads(path.read_text())
        for bucket in envelope["response"]["ResultsByTime"]:
            bucket["Groups"] = [each for group in bucket["Groups"] for each in under_a_plan(group)]
        path.write_text(json.dumps(envelope))
    return folder


@pytest.mark.parametrize("as_of", ["2026-11-01", "2026-11-02", "2026-11-07", "2026-11-08", "2026-11-16"])
def test_what_a_plan_covers_is_not_taken_for_nothing(account: Path, as_of: str) -> None:
    """The on-demand rest alone would cap it at 151.71."""
    assert run({"as_of": as_of}, account=account).counted_usage == "293.86"
