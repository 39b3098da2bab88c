"""The page's parts about spend, commitments and budgets, and what the agents remark."""

from tests.workflows.html_pages import page
from tests.workflows.reports import a_coverage_row, a_report
from tests.workflows.spend_reports import (
    a_budget,
    a_commitment_held,
    a_commitment_option,
    a_month,
    a_root_cause,
    a_service,
    a_service_basis,
    a_step,
    an_account,
    an_anomaly,
    some_resource_spend,
    some_spend,
)
from workflows.cost_review.formats.html_format import html_report


def test_spend_is_shown_by_month_with_what_keeps_a_month_from_being_final() -> None:
    october = a_month(start="2026-10-01", end="2026-11-01", billed_cost="3820.77", partial=False, estimated=False)
    text = page(a_report(spend=some_spend(months=[october, a_month(effective_cost="2300.10")]))).text
    assert "October 2026 $1,941.90 -$25.00 $293.55 $3,820.77" in text
    assert "November 2026 through 15 Nov 2026, estimated $1,941.90 -$25.00 $293.55 $2,210.45" in text
    assert "$2,210.45 $2,300.10 amortized" in text
    cut = a_month(start="2026-10-09", end="2026-11-01", estimated=False)
    assert (
        "October 2026 from 9 Oct 2026 through 31 Oct 2026 $1,941.90"
        in page(a_report(spend=some_spend(months=[cut]))).text
    )


def test_amortized_cost_is_named_only_where_it_differs_from_the_bill() -> None:
    assert "amortized" not in page(a_report(spend=some_spend(months=[a_month()], services=[a_service()]))).text


def test_spend_is_shown_by_account_with_its_name() -> None:
    text = page(a_report(spend=some_spend(accounts=[an_account(month_to_date_effective="2000.00")]))).text
    assert "shop-production 123456789012 $3,573.85 $1,941.90 $2,000.00 amortized" in text


def test_accounts_that_could_not_be_read_are_unknown_not_none() -> None:
    denied = a_coverage_row(source="CostExplorerAccounts", state="DENIED", detail="ce:GetTags is denied.", is_gap=True)
    text = page(a_report(spend=some_spend(), coverage=[denied])).text
    assert "By account: Unknown: Cost Explorer by account could not be read. ce:GetTags is denied." in text


def test_the_day_of_a_new_level_stands_with_its_service_and_its_resource() -> None:
    falls = a_step(day="2026-11-12", before_a_day="9.00", after_a_day="3.00", change_percent="-66.7")
    begins = a_step(day="2026-11-13", before_a_day="0.00", change_percent=None)
    text = page(
        a_report(
            spend=some_spend(services=[a_service(step=a_step())]),
            resource_spend=[some_resource_spend(step=falls)],
            service_basis=[a_service_basis(step=begins)],
        )
    ).text
    assert "EC2 - Other ▲ new level since 9 Nov 2026: $25.99 → $46.84 a day (+80.2 %)" in text
    assert "▼ new level since 12 Nov 2026: $9.00 → $3.00 a day (-66.7 %)" in text
    assert "▲ new level since 13 Nov 2026: $0.00 → $46.84 a day (from nothing)" in text


def test_a_service_that_stands_in_for_resources_says_that_the_figures_are_not_theirs() -> None:
    text = page(a_report(service_basis=[a_service_basis()])).text
    assert "The figures are those of the whole service, not of these resources" in text
    assert "stands in for 1 resource 123456789012/us-east-1/RdsDbInstance/reports-dev" in text


def test_an_anomaly_shows_what_was_expected_what_came_and_every_root_cause() -> None:
    causes = [
        a_root_cause(),
        a_root_cause(service_name="", usage_type="", region_id="", account_name="", account_id=""),
    ]
    text = page(a_report(anomalies=[an_anomaly(expected_spend=None, root_causes=causes)])).text
    assert "2 root causes" in text
    assert "EC2 - Other, DataTransfer-Regional-Bytes, us-east-1, account shop-production: $143.20" in text
    assert "not named: $143.20" in text
    assert "unknown $222.32 $143.20" in text


def test_commitments_show_coverage_utilization_and_what_was_paid_for_nothing() -> None:
    unknown = a_commitment_held(kind="Reservations", coverage_percent=None, utilization_percent="100", unused_cost=None)
    text = page(a_report(commitments=[a_commitment_held(), unknown])).text
    assert "Savings Plans 1 Oct 2026 to 31 Oct 2026" in text
    assert "62.45 % 96.4 % $18.04 $512.20 $211.90" in text
    assert "unknown 100 % unknown $512.20 $211.90" in text
    assert "ce:GetSavingsPlansUtilization answered 96.4 at /Total/Utilization/UtilizationPercentage" in text


def test_options_to_buy_are_shown_best_first_and_counted_nowhere() -> None:
    longer = a_commitment_option(term="THREE_YEARS", estimated_monthly_savings="66.60")
    unknown = a_commitment_option(term="FIVE_YEARS", estimated_monthly_savings=None)
    report = a_report(commitment_options=[unknown, a_commitment_option(), longer])
    text = page(report).text
    assert "3 options that Cost Explorer proposes to buy" in text
    assert "$0.132 an hour of Compute Savings Plans" in text
    assert "one year, no upfront, from the last thirty days $41.37 23.1 % $0.00 unknown" in text
    assert text.index("three years") < text.index("one year") < text.index("five years")
    assert "107.97" not in text
    assert text.count("41.37") == 1


def test_an_option_of_reservations_says_how_many_of_what() -> None:
    option = a_commitment_option(
        kind="Reservations", service_name="Amazon RDS", description="db.r5.large", hourly_commitment=None, count="2"
    )
    assert "2 of Amazon RDS, db.r5.large" in page(a_report(commitment_options=[option])).text


def test_a_long_list_of_options_is_folded_and_a_short_one_is_open() -> None:
    def folded(number: int) -> list[dict[str, str | None]]:
        options = [a_commitment_option() for _ in range(number)]
        lists = [
            one for one in page(a_report(commitment_options=options)).named("details") if one.get("class") == "list"
        ]
        return [one for one in lists if "open" not in one]

    assert folded(6) == []
    assert len(folded(7)) == 1


def test_commitments_that_nobody_asked_about_are_left_out_and_others_say_why_there_are_none() -> None:
    assert 'id="commitments"' not in html_report(a_report())
    rows = [
        a_coverage_row(source="SavingsPlans", state="NOT_NEEDED", detail="The bill shows none."),
        a_coverage_row(agent="other", source="Budgets", state="NOT_NEEDED", detail="The scope leaves this agent out."),
        a_coverage_row(source="Reservations", state="NO_DATA"),
        a_coverage_row(source="CommitmentOptions", state="SKIPPED", detail="The cap is reached.", is_gap=True),
    ]
    text = page(a_report(coverage=rows)).text
    assert "Savings Plans: Not asked for: The bill shows none." in text
    assert "Budgets Not asked about." in text
    assert "Reservations: None was seen." in text
    assert "Options to buy: Unknown: Commitment options could not be read. The cap is reached." in text


def test_what_could_not_be_read_is_never_said_to_be_none() -> None:
    gaps = [a_coverage_row(source=one, state="ERROR", is_gap=True) for one in ("Budgets", "CostAnomalyDetection")]
    text = page(a_report(coverage=gaps)).text
    assert "Unknown: Budgets could not be read." in text
    assert "Anomalies: Unknown: Cost Anomaly Detection could not be read." in text
    assert "None was seen" not in text


def test_a_budget_says_what_it_measures_and_why_its_figures_may_be_old() -> None:
    planned = a_budget(limit_kind="AUTO_ADJUSTING", metric="AmortizedCost", ends="2027-01-01", data_is_stale=True)
    text = page(a_report(budgets=[planned])).text
    assert "cost, monthly, amortized cost, limit adjusts itself, ends 1 Jan 2027" in text
    assert "▲ AWS cannot refresh its figures." in text
    explained = a_budget(data_is_stale=True, notes=["AWS cannot refresh its figures (MISSING): they may be old."])
    assert page(a_report(budgets=[explained])).text.count("AWS cannot refresh") == 1


def test_what_an_agent_remarks_is_on_the_page_and_a_silent_agent_is_not() -> None:
    remarks = [{"agent": "waste-agent", "remarks": ["'S3' does not count."]}, {"agent": "quiet-agent", "remarks": []}]
    text = page(a_report(remarks=remarks)).text
    assert "waste-agent : 1 remark 'S3' does not count." in text
    assert "quiet-agent" not in text
    assert 'id="remarks"' not in html_report(a_report(remarks=[]))
