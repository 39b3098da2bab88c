"""The harder account tells the story of its ledger through the real state machine, exact to the cent."""

import shutil
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from local.account_folder import Envelope, load_account
from tests.local.model_check import disagreements
from tests.local.runs import Run, run

FOLDER = Path(__file__).parents[1] / "accounts" / "harder"
STEPS = {
    "duplicates": "duplicates",
    "alternatives": "alternatives",
    "not applicable": "not_applicable",
    "absorbed": "absorbed",
    "capped": "capped",
    "owned commitments": "owned_commitments",
    "resized": "resized",
}
SOURCES = {
    "Trusted Advisor": "TrustedAdvisor",
    "Cost Optimization Hub": "CostOptimizationHub",
    "Compute Optimizer": "ComputeOptimizer",
    "Cost Explorer": "CostExplorerRightsizing",
}
NOT_COUNTED = {
    "absorbed": "absorbed",
    "stopped": "not_applicable",
    "excluded": "not_applicable",
    "negative": "negative",
    "unknown": "unknown_savings",
}
KINDS = {
    "usage": ("USD", "Usage"),
    "rate": ("USD", "Rate"),
    "usage in euros": ("EUR", "Usage"),
}
Row = dict[str, str]
Json = dict[str, Any]


def ledger(first_header: str) -> list[Row]:
    """The rows of the ledger's table whose first column has this header."""
    lines = (FOLDER / "LEDGER.md").read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {first_header} |"))
    headers = cells(lines[start])
    rows: list[Row] = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(dict(zip(headers, cells(line), strict=True)))
    return rows


def cells(line: str) -> list[str]:
    return [cell.strip().strip("`") for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def amounts(cell: str) -> list[Decimal]:
    """The known amounts of a cell that are not negative."""
    known = [Decimal(part) for part in cell.split(" + ") if part[-1:].isdigit()]
    return [amount for amount in known if amount >= 0]


def amount(cell: str) -> Decimal:
    return sum(amounts(cell), Decimal(0))


USAGE, RATE = ledger("opportunity"), ledger("commitment")
COUNTED_APART = [row for row in USAGE if row["counted"] != "other currency"]


def total(name: str) -> Decimal:
    return next((Decimal(row["amount"]) for row in ledger("total") if row["total"] == name), Decimal(0))


def name_of(row: Row) -> str:
    """As the report calls it: databases and functions by their name."""
    return row["to buy"] if "to buy" in row else row["resource id"].rpartition(":")[2]


@pytest.fixture(scope="module")
def reviewed() -> Run:
    return run(account=FOLDER)


def the_one(reviewed: Run, row: Row) -> Json:
    """The opportunity that the ledger's row is about."""
    wanted = (row["account"], row["region"], name_of(row), row["action"], row["currency"])
    opportunities: list[Json] = reviewed.report["opportunities"]
    (found,) = [
        one
        for one in opportunities
        if (one["account_id"], one["region_id"], called(one), one["action_type"], one["billing_currency"]) == wanted
    ]
    return found


def called(one: Json) -> str:
    """A resource by its id, a commitment by what is to be bought."""
    return str(one["resource_id"] or one["recommended_resource_summary"])


# ---- the ledger itself


def test_the_ledger_adds_up() -> None:
    for row in (*USAGE, *RATE):
        parts = amount(row["counted"]) + sum(amount(row[name]) for name in STEPS)
        assert amount(row["gross"]) == parts == sum(amount(row[source]) for source in SOURCES), row["why"]


@pytest.mark.parametrize("kind", KINDS)
def test_its_totals_are_the_sums_of_its_rows(kind: str) -> None:
    rows = [row for row in (RATE if kind == "rate" else USAGE) if row["currency"] == KINDS[kind][0]]
    for name in ("gross", *STEPS, "counted"):
        assert total(f"{name}, {kind}") == sum(amount(row[name]) for row in rows), name
    proven = [amount(row["counted"]) for row in rows if row["verified"] == "yes"]
    assert total(f"verified, {kind}") == sum(proven)


def test_it_has_at_least_forty_recommendations() -> None:
    said = [part for row in (*USAGE, *RATE) for source in SOURCES for part in row[source].split(" + ") if part]
    assert len(said) >= 80


# ---- the payloads


def envelopes() -> list[Envelope]:
    return [one for one in load_account(FOLDER).envelopes if one.http_status == 200]


@pytest.mark.parametrize("envelope", envelopes(), ids=lambda envelope: envelope.file)
def test_every_payload_is_what_botocore_describes(envelope: Envelope) -> None:
    assert disagreements(envelope.service, envelope.operation, envelope.response) == []
    assert envelope.provenance.kind == "authored"


# ---- the review


def test_every_source_is_heard(reviewed: Run) -> None:
    assert reviewed.description["status"] == "SUCCEEDED"
    assert reviewed.report["status"] == "COMPLETE"


@pytest.mark.parametrize("kind", KINDS)
def test_each_step_of_the_waterfall_is_the_ledgers(reviewed: Run, kind: str) -> None:
    (waterfall,) = [
        one
        for one in reviewed.report["waterfalls"]
        if (one["billing_currency"], one["optimization_type"]) == KINDS[kind]
    ]
    told = {one["step"]: -Decimal(one["amount"]) for one in waterfall["steps"]}

    assert Decimal(waterfall["gross"]) == total(f"gross, {kind}")
    assert {step: told[step] for step in STEPS.values()} == {
        step: total(f"{name}, {kind}") for name, step in STEPS.items()
    }
    assert not any(amount for step, amount in told.items() if step not in STEPS.values())
    assert Decimal(waterfall["counted"]) == total(f"counted, {kind}")
    assert Decimal(waterfall["verified"]) == total(f"verified, {kind}")


def test_the_totals_are_the_ledgers(reviewed: Run) -> None:
    dollars, euros = reviewed.report["totals"]

    assert (dollars["billing_currency"], euros["billing_currency"]) == ("USD", "EUR")
    assert Decimal(dollars["counted_usage"]) == total("counted, usage")
    assert Decimal(dollars["verified_usage"]) == total("verified, usage")
    assert Decimal(dollars["counted_rate"]) == total("counted, rate")
    assert Decimal(dollars["verified_rate"]) == total("verified, rate")
    assert Decimal(euros["counted_usage"]) == total("counted, usage in euros")
    assert Decimal(euros["verified_usage"]) == 0


def test_there_is_an_opportunity_for_each_row_and_no_other(reviewed: Run) -> None:
    found = [the_one(reviewed, row)["opportunity_id"] for row in (*COUNTED_APART, *RATE)]

    assert sorted(found) == sorted(one["opportunity_id"] for one in reviewed.report["opportunities"])


@pytest.mark.parametrize("row", [*COUNTED_APART, *RATE], ids=lambda row: f"{row['action']} {name_of(row)}")
def test_each_opportunity_is_the_ledgers(reviewed: Run, row: Row) -> None:
    one = the_one(reviewed, row)

    assert Decimal(one["counted_monthly_savings"]) == amount(row["counted"])
    assert one["not_counted"] == NOT_COUNTED.get(row["counted"])
    if row["verified"]:
        assert one["verified"] is (row["verified"] == "yes"), one["unverified_because"]
        assert bool(one["unverified_because"]) is (row["verified"] == "no")


@pytest.mark.parametrize("row", [*COUNTED_APART, *RATE], ids=lambda row: f"{row['action']} {name_of(row)}")
def test_each_source_says_of_it_what_the_ledger_says(reviewed: Run, row: Row) -> None:
    one = the_one(reviewed, row)
    same_currency = [each for each in USAGE if each["counted"] == "other currency" and name_of(each) == name_of(row)]
    told: defaultdict[str, list[Decimal]] = defaultdict(list)
    for finding in (one, *one["alternatives"]):
        for said in finding["said_by"]:
            told[said["source"]] += amounts(said["estimated_monthly_savings"] or "")
    for name, source in SOURCES.items():
        elsewhere = [stated for each in same_currency for stated in amounts(each[name])]
        assert sorted(told[source]) == sorted([*amounts(row[name]), *elsewhere]), name


@pytest.mark.parametrize("name", STEPS)
def test_each_step_takes_from_each_resource_what_the_ledger_says(reviewed: Run, name: str) -> None:
    wanted: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in (*USAGE, *RATE):
        wanted[row["currency"], row.get("resource id", "").rpartition(":")[2]] += amount(row[name])
    taken: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for waterfall in reviewed.report["waterfalls"]:
        for item in items_of(waterfall, STEPS[name]):
            assert item["reason"]
            taken[waterfall["billing_currency"], item["resource_id"]] += Decimal(item["amount"])

    assert {key: value for key, value in taken.items() if value} == {key: cut for key, cut in wanted.items() if cut}


def items_of(waterfall: Json, step: str) -> Iterable[Json]:
    return [item for one in waterfall["steps"] if one["step"] == step for item in one["items"]]


def test_trusted_advisor_claims_more_than_is_there(reviewed: Run) -> None:
    (stated,) = reviewed.report["stated_by_sources"]

    assert Decimal(stated["estimated_monthly_savings"]) == total("stated by Trusted Advisor")


def without(folder: Path, answers: str) -> Path:
    """The account in this folder, but for these answers: AWS denies them."""
    shutil.copytree(FOLDER, folder)
    for path in sorted((folder / "responses").glob(answers)):
        path.unlink()
    return folder


def test_the_support_api_tells_the_same(reviewed: Run, tmp_path: Path) -> None:
    legacy = run(account=without(tmp_path / "legacy", "trustedadvisor/*.json"))

    assert [one["source"] for one in legacy.report["stated_by_sources"]] == ["TrustedAdvisorLegacy"]
    assert legacy.report["totals"] == reviewed.report["totals"]


def test_without_resources_on_the_bill_the_same_usage_or_more_counts_and_none_is_verified(
    reviewed: Run, tmp_path: Path
) -> None:
    blind = run(account=without(tmp_path / "blind", "ce/GetCostAndUsageWithResources*.json"))
    (before, _), (after, _) = reviewed.report["totals"], blind.report["totals"]

    assert before["billing_currency"] == after["billing_currency"] == "USD"
    assert Decimal(after["verified_usage"]) == 0
    assert Decimal(after["counted_usage"]) == Decimal(before["counted_usage"]) + Decimal("73.00")
    assert Decimal(after["verified_rate"]) <= Decimal(before["verified_rate"])


def test_the_bridge_leads_from_awss_own_total_to_ours(reviewed: Run) -> None:
    bridge = reviewed.report["bridge"]
    ours = total("counted, usage") + total("counted, rate")

    assert Decimal(bridge["evidence"][0]["raw"]) == total("deduplicated by AWS")
    assert total("deduplicated by AWS") + sum(Decimal(line["amount"]) for line in bridge["lines"]) == ours
