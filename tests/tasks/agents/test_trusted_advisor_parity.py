"""The same account says the same through both of Trusted Advisor's APIs, whatever its rows hold."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from local.account_folder import Account, Envelope
from tasks.agents.trusted_advisor.collect import collect
from tasks.agents.trusted_advisor.handler import work as door
from tasks.agents.trusted_advisor.rules import analyse
from tasks.agents.work import Heard
from tests.tasks.agents.advice import COLUMNS, LEGACY, a_check, a_legacy_check, a_legacy_row, a_resource
from tests.tasks.worlds import SAMPLE, Json, a_review, a_world, an_account, findings_after
from workflows.cost_review.documents import Evidence, Findings
from workflows.recommendation import Recommendation, StatedSavings

# A failing example is small as it is, and each try goes through boto3.
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
UNKNOWN = "n3wCh3ck00"
ALL_COLUMNS = {**COLUMNS, UNKNOWN: ("Region", "Resource ID", "Is New", "Monthly Cost", "Estimated Monthly Savings")}
ID_COLUMNS = (" ID", " Id", "ARN", "Arn", "Name", "Cluster", "Resource", "IP Address")
SAVED = ("Saving", "Cost", "cost")


@dataclass(frozen=True)
class Cell:
    """One value, as each of the APIs writes it."""

    legacy: str | None
    new: str | None


def concluded(account: Account, **how: Any) -> Findings:
    """What the agent concludes, without anything being stored in between."""
    readings = collect(a_world(account, **how).world, a_review(), "123456789012", sleep=lambda _seconds: None)
    responses = tuple(response for reading in readings for response in reading.responses)
    evidence = Evidence("trusted-advisor-agent", "123456789012", responses, tuple(one.status for one in readings))
    return analyse(evidence, a_review(), Heard())


def said(found: Findings) -> tuple[list[Recommendation], list[StatedSavings], tuple[str, ...]]:
    """Everything that is concluded, but for which API said it and where."""
    told = [replace(one, source="", evidence=()) for one in found.recommendations]
    stated = [replace(one, source="") for one in found.stated]
    # Not by everything, because equal amounts are written differently; rows of one resource keep their order.
    in_order = sorted(told, key=lambda one: (one.resource_key, one.action_type))
    return in_order, sorted(stated, key=lambda one: one.reference), found.remarks


@pytest.mark.usefixtures("own_aws")
def test_the_sample_account_says_the_same_through_both_apis() -> None:
    new, old = findings_after(door, a_world().world), findings_after(door, a_world(**LEGACY).world)
    assert said(new) == said(old)
    assert len(new.recommendations) == 6
    assert said(concluded(SAMPLE)) == said(new)


def money(cents: int) -> Cell:
    amount = Decimal(cents) / 100
    return Cell(f"${amount:,.2f}", repr(float(amount) * 1.0000000000000002))


def cells(column: str) -> st.SearchStrategy[Cell]:
    """What the two APIs may write in a column."""
    nothing = st.sampled_from([Cell(None, None), Cell("", None), Cell(None, "")])
    if column in {"Region", "Region/AZ", "Zone"}:
        zone = "" if column == "Region" else "b"
        return st.sampled_from([Cell(f"{name}{zone}", f"{name}{zone}") for name in ("us-east-1", "eu-west-1")])
    if "Currency" in column:
        return st.sampled_from([Cell("USD", "USD"), Cell("EUR", "EUR"), Cell(None, None)])
    if any(word in column for word in SAVED) and "%" not in column:
        currency_free = st.integers(0, 10**7).map(money)
        return nothing | currency_free if column not in CURRENCY_BESIDE else nothing | currency_free.map(without_sign)
    if column.endswith(ID_COLUMNS):
        return st.integers(1, 9).map(lambda number: Cell(f"res-{number}", f"res-{number}"))
    if column in {"Multi-AZ", "Is New"}:
        return st.sampled_from([Cell("Yes", "true"), Cell("No", "false"), Cell(None, None)])
    text = st.sampled_from(["14+", "14 days", "2.3%  0.23MB", "43.5", "m5.large", "012345678901", "-", "Rightsize"])
    return nothing | text.map(lambda word: Cell(word, word))


CURRENCY_BESIDE = {
    column for names in COLUMNS.values() if any("Currency" in name for name in names) for column in names
}


def without_sign(cell: Cell) -> Cell:
    """Where a column says the currency the amount carries no sign."""
    return replace(cell, legacy=(cell.legacy or "").replace("$", ""))


@st.composite
def tellings(draw: st.DrawFn) -> tuple[str, list[Envelope]]:
    """What an account tells of one check, by both APIs, each with its own order of columns."""
    check = draw(st.sampled_from(sorted(ALL_COLUMNS)))
    columns = ALL_COLUMNS[check]
    order = draw(st.permutations(columns))
    old, new = [], []
    for number in range(draw(st.integers(0, 3))):
        row = {column: draw(cells(column)) for column in columns}
        status, excluded = draw(st.sampled_from(["ok", "warning", "error"])), draw(st.booleans())
        region = "us-east-1"
        old.append(
            a_legacy_row(
                *(row[column].legacy for column in columns),
                resource_id=f"hash-{number}",
                status=status,
                isSuppressed=excluded,
                region=region,
            )
        )
        keyed = {str(place): row[column].new for place, column in enumerate(order)}
        kept: Json = {key: cell for key, cell in keyed.items() if cell is not None or draw(st.booleans())}
        mark = {"exclusionStatus": "excluded"} if excluded else {}
        # Where no column names the resource, both name the row by an id of their own.
        new.append(a_resource(metadata=kept, resource=f"hash-{number}", status=status, regionCode=region, **mark))
    headers = {str(place): column for place, column in enumerate(order)}
    return check, [*a_check(*new, check=check, headers=headers), *a_legacy_check(*old, check=check, headers=columns)]


@settings(max_examples=80, phases=WITHOUT_SHRINKING, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tellings())
def test_any_rows_of_any_check_say_the_same_in_both_shapes(telling: tuple[str, list[Envelope]]) -> None:
    check, told = telling
    account = an_account(*told)
    new, old = concluded(account), concluded(account, **LEGACY)
    assert said(new) == said(old)
    assert {one.source for one in new.stated} == {"TrustedAdvisor"}
    assert {one.source for one in old.stated} == {"TrustedAdvisorLegacy"}
    if check == UNKNOWN:
        assert all(one.estimated_monthly_savings is None for one in new.recommendations)
