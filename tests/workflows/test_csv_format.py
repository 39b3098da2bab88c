"""The table that goes into a spreadsheet: it adds up, and nothing in it runs."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings

from tests.workflows.builders import a_commitment, a_recommendation, a_whole_report
from tests.workflows.strategies import RECOMMENDATIONS
from workflows.cost_review.formats.csv_format import COLUMNS, csv_report
from workflows.money import cents
from workflows.recommendation import OptimizationType, Recommendation, SavingsBasis
from workflows.savings.overlaps import opportunities

EXPORT_COLUMNS = {
    "account_id",
    "account_name",
    "action_type",
    "currency_code",
    "current_resource_details",
    "current_resource_summary",
    "current_resource_type",
    "estimated_monthly_cost_after_discount",
    "estimated_monthly_cost_before_discount",
    "estimated_monthly_savings_after_discount",
    "estimated_monthly_savings_before_discount",
    "estimated_savings_percentage_after_discount",
    "estimated_savings_percentage_before_discount",
    "implementation_effort",
    "last_refresh_timestamp",
    "recommendation_id",
    "recommendation_lookback_period_in_days",
    "recommendation_source",
    "recommended_resource_details",
    "recommended_resource_summary",
    "recommended_resource_type",
    "region",
    "resource_arn",
    "restart_needed",
    "rollback_possible",
    "tags",
}
"""https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cor.html"""


def rows(*said: Recommendation) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_report(a_whole_report(*said)), newline="")))


def the_only(*said: Recommendation) -> dict[str, str]:
    (row,) = rows(*said)
    return row


def test_columns_are_the_exports_own_or_start_with_x() -> None:
    assert {name for name in COLUMNS if not name.startswith("x_")} <= EXPORT_COLUMNS
    assert len(set(COLUMNS)) == len(COLUMNS)
    assert csv_report(a_whole_report()).split("\r\n") == [",".join(COLUMNS), ""]


def test_a_row_says_what_to_do_and_what_it_saves() -> None:
    row = the_only(
        a_recommendation(
            "70.08",
            estimated_monthly_cost_before=Decimal("70.08"),
            estimated_savings_percentage=Decimal(100),
            savings_basis=SavingsBasis.AFTER_DISCOUNTS,
            restart_needed=False,
            rollback_possible=True,
            lookback_days=14,
        )
    )

    assert (row["account_id"], row["region"], row["action_type"]) == ("123456789012", "us-east-1", "Stop")
    assert (row["x_counted_monthly_savings"], row["x_estimated_monthly_savings"]) == ("70.08", "70.08")
    assert (row["estimated_monthly_savings_after_discount"], row["estimated_monthly_savings_before_discount"]) == (
        "70.08",
        "",
    )
    assert (row["estimated_monthly_cost_after_discount"], row["estimated_savings_percentage_after_discount"]) == (
        "70.08",
        "100",
    )
    assert (row["restart_needed"], row["rollback_possible"]) == ("false", "true")
    assert (row["recommendation_lookback_period_in_days"], row["x_rank"]) == ("14", "1")


def test_list_prices_go_into_the_columns_before_discounts() -> None:
    row = the_only(a_recommendation("8", savings_basis=SavingsBasis.LIST))

    assert (row["estimated_monthly_savings_before_discount"], row["estimated_monthly_savings_after_discount"]) == (
        "8.00",
        "",
    )


def test_an_amount_of_unknown_basis_is_in_neither_discount_column() -> None:
    row = the_only(a_recommendation("8"))

    assert row["estimated_monthly_savings_before_discount"] == row["estimated_monthly_savings_after_discount"] == ""
    assert row["x_estimated_monthly_savings"] == "8.00"


def test_an_unknown_saving_is_an_empty_cell_that_counts_nothing() -> None:
    row = the_only(a_recommendation(None))

    assert row["x_estimated_monthly_savings"] == ""
    assert Decimal(row["x_counted_monthly_savings"]) == 0
    assert row["x_not_counted"] == "unknown_savings"
    assert row["restart_needed"] == ""


def test_a_negative_saving_stays_a_number() -> None:
    row = the_only(a_recommendation("-30.37"))

    assert row["x_estimated_monthly_savings"] == "-30.37"
    assert Decimal(row["x_counted_monthly_savings"]) == 0


def test_rows_stand_in_ranked_order() -> None:
    said = [a_recommendation("5", resource="i-1"), a_commitment("900"), a_recommendation("40", resource="i-2")]

    assert [row["x_rank"] for row in rows(*said)] == ["1", "2", "3"]
    assert [row["x_estimated_monthly_savings"] for row in rows(*said)] == ["40.00", "5.00", "900.00"]


def test_amounts_below_a_cent_add_up_to_the_total() -> None:
    said = [a_recommendation("0.005", resource=f"i-{number}") for number in range(3)]

    assert sum(Decimal(row["x_counted_monthly_savings"]) for row in rows(*said)) == Decimal("0.015")
    assert a_whole_report(*said)["totals"][0]["counted_usage"] == "0.02"


@settings(deadline=None, max_examples=80)
@given(RECOMMENDATIONS)
def test_the_counted_column_adds_up_to_the_totals(said: list[Recommendation]) -> None:
    report = a_whole_report(*said)
    table = list(csv.DictReader(io.StringIO(csv_report(report), newline="")))

    assert len(table) == len(opportunities(said))
    for totals in report["totals"]:
        for field, kind in (("counted_usage", OptimizationType.USAGE), ("counted_rate", OptimizationType.RATE)):
            added = sum(
                (
                    Decimal(row["x_counted_monthly_savings"])
                    for row in table
                    if (row["currency_code"], row["x_optimization_type"]) == (totals["billing_currency"], kind)
                ),
                Decimal(0),
            )
            assert str(cents(added)) == totals[field]


def test_a_row_says_whose_it_is_how_old_and_how_certain() -> None:
    row = the_only(
        a_recommendation(
            "10",
            resource_arn="arn:aws:ec2:us-east-1:123456789012:instance/i-1",
            tags=(("team", "web"), ("Name", "Käse")),
            last_refreshed="2026-11-15T12:40:03+00:00",
        )
    )

    assert row["resource_arn"] == "arn:aws:ec2:us-east-1:123456789012:instance/i-1"
    assert row["tags"] == '{"Name": "Käse", "team": "web"}'
    assert row["last_refresh_timestamp"] == "2026-11-15T12:40:03+00:00"
    assert (row["x_owner"], row["x_confidence"], row["x_verified"]) == ("web", "LOW", "false")
    assert 0 <= int(row["x_confidence_score"]) <= 100


def test_a_resource_without_tags_has_an_empty_cell_and_no_owner() -> None:
    row = the_only(a_recommendation("10"))

    assert (row["tags"], row["x_owner"], row["resource_arn"], row["last_refresh_timestamp"]) == ("", "", "", "")


FORMULA = '=HYPERLINK("https://evil.example","pay here")'


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])  # noqa: RUF001, because spreadsheets run the full-width signs too
def test_no_text_of_anybody_is_run_as_a_formula(start: str) -> None:
    hostile = f"{start}1+1"
    row = the_only(
        a_recommendation(
            resource=hostile,
            resource_name=hostile,
            resource_type=hostile,
            region_id=hostile,
            account_id=hostile,
            current_resource_summary=hostile,
            recommended_resource_summary=hostile,
            implementation_effort=hostile,
            notes=(hostile,),
            source=hostile,
            billing_currency=hostile,
            resource_arn=hostile,
            last_refreshed=hostile,
            tags=((hostile, hostile), ("owner", hostile)),
        )
    )
    numbers = {"x_rank", "x_confidence_score", "x_estimated_monthly_savings", "x_counted_monthly_savings"}

    assert not [name for name, cell in row.items() if name not in numbers and cell.startswith(start)]
    assert row["x_resource_name"].startswith("'")


def test_a_cell_with_commas_quotes_and_newlines_stays_one_cell() -> None:
    row = the_only(a_recommendation(resource_name='a,"b"\nc', notes=(FORMULA,)))

    assert row["x_resource_name"] == 'a,"b"\nc'
    assert row["x_notes"] == f"'{FORMULA}"
