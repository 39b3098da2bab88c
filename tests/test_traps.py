"""The traps of AWS's cost APIs that we know of, each with the tests that fail where somebody walks into it again."""

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
AGENTS = "tests/tasks/agents"
MOST = 35
NUMBERED = re.compile(r"^def (test_trap_(\d+)_\w+)\(", re.MULTILINE)


@dataclass(frozen=True)
class Trap:
    """One trap: what must hold in spite of it, and where that is tested, as path::name."""

    sentence: str
    tests: tuple[str, ...]


def a_trap(sentence: str, *tests: str) -> Trap:
    return Trap(sentence, tests)


TRAPS = {
    1: a_trap(
        "A saving that is not told is unknown, and never zero.",
        f"{AGENTS}/test_trusted_advisor_traps.py::test_trap_1_a_saving_of_nothing_is_zero_and_a_saving_not_told_is_unknown",
        f"{AGENTS}/test_rightsizing.py::test_an_option_without_a_saving_is_unknown_not_nothing",
        "tests/workflows/savings/test_overlaps.py::test_unknown_is_counted_nowhere_and_not_as_zero",
    ),
    2: a_trap(
        "Console text is read as money where it is money, and cells may be null.",
        f"{AGENTS}/test_trusted_advisor_traps.py"
        "::test_trap_2_console_text_is_money_where_it_is_money_and_nothing_else_is_taken_for_a_number",
        f"{AGENTS}/test_trusted_advisor.py::test_cells_that_hold_nothing_are_unknown_and_the_rest_of_the_row_stands",
    ),
    3: a_trap(
        "A fraction of one is not taken for a percentage.",
        f"{AGENTS}/test_trusted_advisor_traps.py::test_trap_3_a_fraction_is_never_read_as_a_percentage",
    ),
    4: a_trap(
        "The two APIs of Trusted Advisor order their columns differently.",
        f"{AGENTS}/test_trusted_advisor_traps.py::test_trap_4_the_two_apis_order_their_columns_differently",
    ),
    5: a_trap(
        "Positions that are written as text are not sorted as text.",
        f"{AGENTS}/test_trusted_advisor_traps.py"
        "::test_trap_5_positions_are_joined_by_key_so_that_ten_does_not_come_before_two",
    ),
    6: a_trap(
        "Live answers write enums in another case than their description.",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_06_a_finding_is_understood_in_every_case",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_06_an_enrolment_is_understood_in_every_case",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_06_the_hubs_words_are_understood_in_every_case",
        f"{AGENTS}/test_rightsizing.py::test_both_spellings_of_terminating_stop_the_instance",
    ),
    7: a_trap(
        "Every page is read where boto3 has no paginator, and a token that comes back is stopped.",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_07_every_page_is_read_where_boto3_has_no_paginator",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_07_a_token_that_comes_back_is_stopped_and_the_other_lists_are_read",
        f"{AGENTS}/test_cost_explorer_traps.py::test_trap_07_both_pages_of_a_bill_are_in_its_sums",
    ),
    8: a_trap(
        "No page of a budget's history is dropped.",
        f"{AGENTS}/test_budget_traps.py::test_trap_08_no_page_of_a_budgets_history_is_dropped",
    ),
    9: a_trap(
        "What exists in us-east-1 only is asked there, whatever the scope.",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_09_the_hub_is_asked_in_virginia_whatever_region_is_in_scope",
        f"{AGENTS}/test_endpoints.py::test_trap_09_trusted_advisor_is_asked_in_virginia_whatever_region_is_in_scope",
    ),
    10: a_trap(
        "A missing plan and a missing enrolment are told from a missing permission.",
        f"{AGENTS}/test_trusted_advisor_traps.py"
        "::test_trap_10_a_missing_plan_is_an_error_that_the_service_does_not_declare_and_is_still_understood",
        f"{AGENTS}/test_rightsizing_sources.py::test_a_source_that_is_not_enrolled_is_named_and_the_others_go_on",
    ),
    11: a_trap(
        "Cost Explorer's own word for throttling is tried again.",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_11_cost_explorers_throttling_is_tried_again",
        "tests/tasks/test_wiring.py::test_a_throttled_request_is_tried_once_more_and_each_attempt_counts",
    ),
    12: a_trap(
        "Periods end before their last day, anomalies' intervals with it.",
        f"{AGENTS}/test_cost_explorer_traps.py::test_trap_12_periods_end_before_as_of_and_anomalies_with_it",
        f"{AGENTS}/test_cost_explorer_traps.py::test_trap_12_a_day_that_as_of_leaves_out_is_in_no_sum",
        f"{AGENTS}/test_cost_explorer_traps.py::test_trap_12_an_anomalys_last_day_belongs_to_it_in_either_spelling",
    ),
    13: a_trap(
        "A forecast that holds the month to date is not added to it.",
        f"{AGENTS}/test_cost_explorer_traps.py::test_trap_13_the_forecast_is_asked_by_day",
        f"{AGENTS}/test_cost_explorer_traps.py::test_trap_13_the_forecast_is_added_to_what_is_billed_once",
        f"{AGENTS}/test_cost_explorer_traps.py::test_trap_13_a_forecast_that_contains_the_month_to_date_is_refused",
    ),
    14: a_trap(
        "A forecast is asked for on the last day of a month too, for a period that is not empty.",
        f"{AGENTS}/test_cost_explorer_traps.py::test_trap_14_the_forecasts_period_holds_a_day_on_every_day_of_a_month",
        f"{AGENTS}/test_cost_explorer_traps.py::test_trap_14_on_the_last_day_the_month_is_what_is_billed_and_that_day",
    ),
    15: a_trap(
        "A month that has not all its days is marked, and so is what AWS may still correct.",
        f"{AGENTS}/test_cost_explorer_traps.py"
        "::test_trap_15_a_month_that_has_not_all_its_days_is_partial_and_one_with_unsettled_days_estimated",
        f"{AGENTS}/test_cost_explorer_traps.py::test_trap_15_on_the_first_of_a_month_the_month_before_is_whole",
    ),
    16: a_trap(
        "Tax on the first day and credits mask no spend.",
        f"{AGENTS}/test_cost_explorer_traps.py::test_trap_16_tax_on_the_first_day_and_credits_mask_no_spend",
    ),
    17: a_trap(
        "A month has 720 hours for one source and 730 for another, and the same finding is one all the same.",
        f"{AGENTS}/test_rightsizing_traps.py"
        "::test_trap_17_each_source_says_which_hours_its_month_has_and_no_amount_is_rescaled",
        f"{AGENTS}/test_trusted_advisor_traps.py"
        "::test_trap_17_the_month_of_trusted_advisors_own_checks_has_720_hours_and_of_the_hubs_730",
        "tests/workflows/savings/test_overlaps.py"
        "::test_the_same_finding_of_four_sources_counts_once_at_the_figure_of_the_one_that_knows_most",
    ),
    18: a_trap(
        "The Hub's monthly cost is read as what fits its percentage.",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_18_the_hubs_cost_is_read_as_what_fits_its_percentage",
    ),
    19: a_trap(
        "The first rank is not the biggest saving, and a saving below zero keeps its sign.",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_19_the_first_rank_is_taken_though_another_option_saves_more",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_19_a_saving_below_zero_is_shown_with_its_sign",
        "tests/workflows/savings/test_overlaps.py::test_what_costs_more_is_shown_and_never_counted",
    ),
    20: a_trap(
        "An instance that is stopped is not rightsized.",
        f"{AGENTS}/test_rightsizing.py::test_a_stopped_instance_is_not_rightsized",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_20_a_stopped_instance_is_stopped_for_the_hub_too",
        f"{AGENTS}/test_rightsizing_traps.py"
        "::test_trap_20_a_stopped_instance_may_still_be_deleted_and_its_volume_made_smaller",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_20_a_stopped_instance_is_stopped_for_cost_explorer_too",
    ),
    21: a_trap(
        "A group and its instances are one spend; a database's instance and storage are two.",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_21_a_group_and_its_instance_are_two_resources_that_can_be_told_apart",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_21_a_databases_instance_and_storage_are_two_savings",
        "tests/workflows/savings/test_containment.py::test_an_auto_scaling_group_absorbs_its_instances",
        "tests/workflows/savings/test_containment.py"
        "::test_storage_is_a_lever_of_its_own_unless_its_database_is_deleted",
    ),
    22: a_trap(
        "Terms and payment options of a commitment are alternatives, and a look-back's saving is not a month's.",
        f"{AGENTS}/test_cost_explorer_commitments.py"
        "::test_trap_22_the_savings_of_the_look_back_are_not_taken_for_a_months",
        f"{AGENTS}/test_cost_explorer_commitments.py"
        "::test_trap_22_one_term_and_payment_is_asked_for_because_the_others_are_alternatives",
        "tests/workflows/savings/test_overlaps.py::test_commitments_for_the_same_usage_exclude_each_other",
        "tests/workflows/savings/test_purchases.py"
        "::test_the_option_with_the_highest_sum_counts_and_not_the_one_with_the_biggest_line",
    ),
    23: a_trap(
        "Trusted Advisor's own total counts a finding of the Hub a second time; ours does not.",
        f"{AGENTS}/test_trusted_advisor_traps.py"
        "::test_trap_23_trusted_advisors_total_counts_a_pair_twice_and_ours_does_not",
    ),
    24: a_trap(
        "Budgets overlap, may be no money, and may lack a limit, a forecast, filters and an end.",
        f"{AGENTS}/test_budget_traps.py::test_trap_24_a_utilization_in_percent_is_in_no_figure_of_money",
        f"{AGENTS}/test_budget_traps.py::test_trap_24_a_usage_is_in_no_figure_of_money",
        f"{AGENTS}/test_budget_traps.py::test_trap_24_a_budget_may_lack_its_limit_its_forecast_and_its_filters",
        f"{AGENTS}/test_budget_traps.py::test_trap_24_overlapping_budgets_stay_apart",
        f"{AGENTS}/test_budget_traps.py::test_trap_24_the_year_2087_is_no_end",
    ),
    25: a_trap(
        "Times are those of UTC, whatever the zone of the host.",
        "tests/tasks/test_reading.py::test_times_are_kept_in_utc_whatever_the_zone_of_the_host",
        f"{AGENTS}/test_budget_traps.py::test_trap_25_a_period_has_the_same_days_whatever_the_zone_of_the_host",
    ),
    26: a_trap(
        "An amount is kept as it was written, without the noise of a double.",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_26_a_double_is_kept_as_it_was_written",
        f"{AGENTS}/test_budget_traps.py::test_trap_26_forty_three_digits_are_kept_and_compared_exactly",
    ),
    27: a_trap(
        "A type of resource that nobody here knows is kept.",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_27_an_idle_resource_of_a_type_that_nobody_here_knows_is_kept",
        f"{AGENTS}/test_rightsizing_traps.py::test_trap_27_the_hub_keeps_a_type_that_nobody_here_knows",
    ),
    28: a_trap(
        "The emulated AWS never answers what is asked of the account.",
        "tests/local/test_real_account.py::test_trap_28_the_emulated_aws_answers_nothing_that_is_asked_of_the_account",
    ),
    29: a_trap(
        "A recording keeps the instants of its times.",
        "tests/local/test_record.py::test_trap_29_times_of_a_recording_are_the_same_instants_in_another_time_zone",
    ),
    30: a_trap(
        "What counts does not depend on the order of arrival.",
        "tests/workflows/savings/test_overlaps.py::test_the_order_of_arrival_does_not_matter",
        "tests/workflows/savings/test_overlaps.py::test_of_one_sources_two_figures_the_smaller_stands_and_not_whichever_came_first",
    ),
    31: a_trap(
        "What a review pays Cost Explorer is counted, capped, and the same for any number of resources.",
        f"{AGENTS}/test_cost_explorer_requests.py::test_trap_31_no_resource_is_asked_about_on_its_own",
        f"{AGENTS}/test_named_resource_spend.py::test_two_hundred_and_fifty_resources_are_asked_about_in_one_request",
        f"{AGENTS}/test_cost_explorer_traps.py"
        "::test_trap_31_a_cap_that_is_reached_leaves_a_gap_with_its_remedy_and_what_was_read",
        "tests/tasks/test_paid_requests.py::test_as_many_requests_are_reserved_as_the_cap_allows_and_no_more",
    ),
    32: a_trap(
        "The id of a legacy row is a hash and never names the resource.",
        f"{AGENTS}/test_trusted_advisor_traps.py"
        "::test_trap_32_the_legacy_row_id_is_a_hash_and_never_stands_for_the_resource",
    ),
    33: a_trap(
        "Prioritized recommendations, which are all that an organization's API has, are not taken for all.",
        f"{AGENTS}/test_trusted_advisor_traps.py"
        "::test_trap_33_prioritized_recommendations_are_neither_read_nor_counted",
    ),
    34: a_trap(
        "Headers are asked for in English.",
        f"{AGENTS}/test_trusted_advisor_traps.py::test_trap_34_headers_are_asked_for_in_english",
        f"{AGENTS}/test_endpoints.py::test_trap_34_each_request_that_goes_out_to_either_api_asks_in_english",
    ),
    35: a_trap(
        "A retired check is passed over and does not end the reading.",
        f"{AGENTS}/test_trusted_advisor_traps.py"
        "::test_trap_35_a_retired_check_is_passed_over_and_does_not_end_the_reading",
    ),
}


def test_every_trap_has_its_tests() -> None:
    assert sorted(TRAPS) == list(range(1, MOST + 1))
    assert all(trap.tests and trap.sentence for trap in TRAPS.values())


@pytest.mark.parametrize("number", TRAPS)
def test_each_test_of_a_trap_is_one_that_pytest_collects(number: int) -> None:
    for named in TRAPS[number].tests:
        path, _, name = named.partition("::")
        assert (ROOT / path).is_file()
        assert Path(path).name.startswith("test_")
        assert name.startswith("test_")
        module = import_module(path.removesuffix(".py").replace("/", "."))
        assert callable(getattr(module, name, None)), f"trap {number}: {named} is not there"


def test_a_test_that_has_the_number_of_a_trap_in_its_name_stands_in_the_list_under_it() -> None:
    named = {
        (int(number), f"{path.relative_to(ROOT).as_posix()}::{name}")
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for name, number in NUMBERED.findall(path.read_text())
    }
    assert named
    assert named <= {(number, test) for number, trap in TRAPS.items() for test in trap.tests}
