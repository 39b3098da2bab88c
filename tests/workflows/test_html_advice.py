"""The page as the one who acts reads it: what is verified, how sure it is, whose it is, and how it is carried out."""

import pytest

from tests.workflows.advised_reports import a_confidence, a_decision, a_deduction, an_advised_opportunity
from tests.workflows.html_pages import page
from tests.workflows.reports import a_proposal, a_report, a_waterfall, said, some_totals
from workflows.cost_review.formats.html_format import html_report
from workflows.cost_review.formats.views.codes import told
from workflows.cost_review.formats.views.opportunity import opportunity_view
from workflows.cost_review.formats.waterfall_drawing import waterfall_drawings
from workflows.resource_words import type_words


def test_the_headline_says_in_one_breath_what_the_bill_verifies_and_what_is_at_list_prices() -> None:
    totals = some_totals(counted_usage="293.86", verified_usage="245.61", verified_rate="0.00")
    text = page(a_report(totals=[totals], opportunities=[an_advised_opportunity()])).text
    assert "$293.86 a month can be saved by using less $245.61 verified by the bill, $48.25 not; $70.08" in text
    assert "at list prices" in text


def test_a_report_that_does_not_tell_what_is_verified_is_shown_without_it() -> None:
    assert "verified by the bill" not in page(a_report()).text


def test_the_currency_with_the_most_to_do_comes_first() -> None:
    euros = some_totals(billing_currency="EUR", counted_usage="9.00", counted_opportunities=1)
    some = [an_advised_opportunity(billing_currency="EUR"), an_advised_opportunity()]
    text = page(a_report(totals=[euros, some_totals(counted_opportunities=8)], opportunities=some)).text
    assert text.index("$70.08 a month") < text.index("9.00 EUR a month")
    assert "The most worth doing first, each currency by itself." in text


def test_an_opportunity_opens_to_what_is_stated_what_is_taken_off_and_what_counts() -> None:
    capped = an_advised_opportunity(counted_monthly_savings="50.00", deductions=[a_deduction()])
    text = page(a_report(opportunities=[capped])).text
    assert "Compute Optimizer states $70.08 More than it costs the bill has 50.00 a month -$20.08" in text
    assert "Counts, a month $50.00" in text


def test_the_written_deductions_lead_to_the_written_saving_to_the_cent() -> None:
    third = a_deduction(amount="33.33", amount_exact="33.3333333333")
    twice = an_advised_opportunity(
        savings="100.00",
        counted_monthly_savings="33.33",
        counted_monthly_savings_exact="33.3333333334",
        deductions=[third, third],
    )
    assert [line.figure for line in opportunity_view(twice).sums] == ["$100.00", "-$33.33", "-$33.34", "$33.33"]


def test_what_is_not_verified_says_why_in_its_place() -> None:
    unverified = an_advised_opportunity(verified=False, unverified_because="The bill does not tell what it costs.")
    text = page(a_report(opportunities=[unverified])).text
    assert "▲ not verified" in text
    assert "▲ Not verified: The bill does not tell what it costs." in text
    assert "✓ on the bill" in page(a_report(opportunities=[an_advised_opportunity()])).text


def test_what_does_not_count_is_called_neither_verified_nor_unverified() -> None:
    aside = an_advised_opportunity(not_counted="set_aside", decision=a_decision(state="dismissed", why="No."))
    text = page(a_report(opportunities=[aside])).text
    assert "dismissed ($70.08)" in text
    assert "Counts dismissed no" in text
    assert "on the bill" not in text
    assert "not verified" not in text


def test_an_amount_of_which_nothing_is_left_says_so_and_keeps_what_was_stated() -> None:
    gone = an_advised_opportunity(counted_monthly_savings="0.00", counted_monthly_savings_exact="0")
    assert "nothing left ($70.08)" in page(a_report(opportunities=[gone])).text


@pytest.mark.parametrize(("level", "shown"), [("HIGH", "●●● high"), ("MEDIUM", "●●○ medium"), ("LOW", "●○○ low")])
def test_the_confidence_stands_in_dots_and_a_word(level: str, shown: str) -> None:
    assert shown in page(a_report(opportunities=[an_advised_opportunity(confidence=a_confidence(level=level))])).text


def test_the_confidence_opens_to_every_fact_with_its_points() -> None:
    text = page(a_report(opportunities=[an_advised_opportunity()])).text
    assert "How sure it is: high, 65 of 100 To begin with 50" in text
    assert "The counted amount is verified by the bill. +20" in text
    assert "Compute Optimizer, Trusted Advisor repeat one figure. 0" in text
    assert "The sources are apart. -5" in text


def test_a_confidence_at_its_bound_does_not_claim_what_it_began_with() -> None:
    full = an_advised_opportunity(confidence=a_confidence(score=100))
    text = page(a_report(opportunities=[full])).text
    assert "100 of 100 The counted amount" in text
    assert "To begin with" not in text


def test_how_far_the_sources_are_apart_is_said_with_the_cause() -> None:
    spread = {"least": "95.89", "most": "124.10", "percent": "22.7", "causes": ["discounts: list prices"]}
    apart = an_advised_opportunity(confidence=a_confidence(spread=spread))
    assert "22.7 % apart, $95.89 to $124.10: discounts: list prices." in page(a_report(opportunities=[apart])).text
    untold = an_advised_opportunity(confidence=a_confidence(spread={**spread, "causes": []}))
    assert "the cause is not told" in page(a_report(opportunities=[untold])).text


def test_amounts_that_no_source_states_say_that_they_are_of_730_hours() -> None:
    spread = {"least": "60.00", "most": "70.08", "percent": "14.4", "causes": ["not told"]}
    both = [said(savings="60.00"), {**said(savings="69.12"), "hours_basis": "720"}]
    apart = an_advised_opportunity(confidence=a_confidence(spread=spread), said_by=both)
    assert "14.4 % apart, $60.00 to $70.08 in a month of 730 hours: " in opportunity_view(apart).apart


def test_how_to_carry_it_out_has_its_checks_and_a_command_a_line_to_copy() -> None:
    read = page(a_report(opportunities=[an_advised_opportunity()]))
    assert "First make sure that: Nobody uses it." in read.text
    assert "Restart It stops and stays stopped. Way back Start it again." in read.text
    (block,) = read.named("pre")
    assert block["tabindex"] == "0"
    html = html_report(a_report(opportunities=[an_advised_opportunity()]))
    assert "<code>aws ec2 stop-instances --instance-ids i-1</code><code>aws ec2 wait instance-stopped</code>" in html


def test_the_owner_and_the_decision_are_named_with_where_they_come_from() -> None:
    snoozed = a_decision(state="snoozed", until="2026-12-15")
    text = page(a_report(opportunities=[an_advised_opportunity(decision=snoozed)])).text
    assert "web (tag team, as Cost Optimization Hub tells it)" in text
    assert "put off until 15 Dec 2026, by ana on 20 Nov 2026: next release" in text


def test_what_nobody_owns_or_decided_says_so_and_how_to_decide() -> None:
    nobody = an_advised_opportunity(owner={"name": "", "from": "no owner tag"})
    text = page(a_report(opportunities=[nobody])).text
    assert "Nobody is named (no owner tag) ; nobody has decided yet." in text
    assert "finops accept 2d89add0b1f8214c" in text


def test_a_ranking_by_more_than_money_shows_what_each_factor_gave() -> None:
    parts = [
        {"factor": "money", "value": 1.0, "weight": 2.0, "product": 2.0, "because": "the largest"},
        {"factor": "restart", "value": 0.5, "weight": 1.0, "product": 0.5, "because": "restart unknown"},
    ]
    ranked = an_advised_opportunity(rank_because={"ranking": "quick_wins", "score": 0.8, "contributions": parts})
    text = page(a_report(opportunities=[ranked])).text
    assert "Ranked quick wins first: money: 1.00 of 1, weight 2 (the largest)" in text
    assert "no restart: 0.50 of 1, weight 1 (restart unknown)" in text


def test_an_opportunity_says_when_it_was_looked_at_and_with_which_tags() -> None:
    tagged = an_advised_opportunity(tags={"team": "web", "env": "dev"}, last_refreshed="2026-11-15T12:40:03+00:00")
    text = page(a_report(opportunities=[tagged])).text
    assert "in account 123456789012, looked back unknown, performance risk not stated" in text
    assert "refreshed 2026-11-15 12:40:03 UTC, tags team=web, env=dev." in text


def test_an_alternative_says_what_it_would_save_instead() -> None:
    other = {**a_proposal(savings="24.82", action="Rightsize"), "said_by": [said(savings="24.82")]}
    text = page(a_report(opportunities=[an_advised_opportunity(alternatives=[other])])).text
    assert "Instead: Rightsize m5.large, saves $24.82. Excludes the above." in text


def test_no_code_of_the_report_reaches_the_reader() -> None:
    odd = an_advised_opportunity(not_counted="absorbed", deductions=[a_deduction(step="absorbed")])
    text = page(a_report(opportunities=[an_advised_opportunity(), odd], waterfalls=[a_waterfall()])).text
    for code in ("Ec2Instance", "CostOptimizationHub", "absorbed", "HIGH", "not_counted", "AfterDiscounts"):
        assert code not in text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("Ec2Instance", "EC2 instance"),
        ("RdsDbInstanceStorage", "RDS DB instance storage"),
        ("Ec2AutoScalingGroup", "EC2 Auto Scaling group"),
        ("ElastiCacheReservedInstances", "ElastiCache Reserved Instances"),
        ("ComputeSavingsPlans", "Compute Savings Plans"),
        ("NatGateway", "NAT gateway"),
        ("LoadBalancer", "load balancer"),
        ("<b>Odd</b>", "<b>Odd</b>"),
        ("", ""),
    ],
)
def test_a_type_is_written_as_people_write_it_and_what_is_no_type_stays(code: str, words: str) -> None:
    assert type_words(code) == words


def test_a_sentence_of_the_report_names_sources_actions_and_states_in_words() -> None:
    assert told("TrustedAdvisor: DENIED: no") == "Trusted Advisor: denied: no"
    assert told("ComputeOptimizer proposes MigrateToGraviton") == "Compute Optimizer proposes move to Graviton"
    assert told("Savings Plans are none of its codes") == "Savings Plans are none of its codes"


def test_steps_that_take_nothing_are_in_no_drawing_and_the_verified_part_of_the_last_bar_is() -> None:
    taken = {"duplicates": "100.00"}
    (drawing,) = waterfall_drawings([a_waterfall(taken=taken, counted="100.00", verified="50.00")])
    assert [bar.step for bar in drawing.bars] == ["gross", "duplicates", "counted"]
    assert drawing.verified_width * 2 == drawing.bars[-1].width
    text = page(a_report(waterfalls=[a_waterfall(taken=taken, counted="100.00", verified="50.00")])).text
    assert "$50.00 of it verified by the bill" in text
    assert "Alternatives" not in text
