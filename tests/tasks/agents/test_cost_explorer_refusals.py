"""What Cost Explorer may answer that is not taken for a figure, one member at a time."""

import copy
from typing import Any

import pytest

from tests.tasks.agents.cost_explorer_answers import an_answer
from tests.tasks.agents.test_cost_explorer_properties import concluded
from tests.tasks.model_responses import Json
from tests.tasks.worlds import why_a_gap
from workflows.errors import MalformedResponse

BILL, FORECAST = "GetCostAndUsage by day", "GetCostForecast"


def changed(question: str) -> Json:
    """A copy of the described answer, to be spoiled."""
    return copy.deepcopy(an_answer(question))


def test_two_costs_for_the_same_line_are_refused_because_nobody_can_tell_which_is_right() -> None:
    answer = changed(BILL)
    again = copy.deepcopy(answer["ResultsByTime"][0])
    again["Groups"][0]["Metrics"]["UnblendedCost"]["Amount"] = "1.00"
    answer["ResultsByTime"].append(again)
    with pytest.raises(MalformedResponse, match="two costs"):
        concluded(BILL, answer)


def test_two_forecasts_for_the_same_day_are_refused() -> None:
    answer = changed(FORECAST)
    answer["ForecastResultsByTime"].append({**answer["ForecastResultsByTime"][0], "MeanValue": "1.00"})
    found = concluded(FORECAST, answer)
    assert found.forecast is None
    assert "two forecasts" in why_a_gap(found, "CostExplorerForecast")


@pytest.mark.parametrize("total", [None, {}, {"Amount": "1", "Unit": ""}, {"Amount": "1", "Unit": "EUR"}])
def test_a_forecast_that_cannot_be_added_to_the_bill_is_refused(total: Any) -> None:
    found = concluded(FORECAST, {**changed(FORECAST), "Total": total})
    assert found.forecast is None
    assert why_a_gap(found, "CostExplorerForecast").startswith("ERROR")


@pytest.mark.parametrize("unit", [None, "", "N/A", 7, "EUR"])
@pytest.mark.parametrize("metric", ["UnblendedCost", "AmortizedCost"])
def test_a_cost_without_a_currency_or_in_another_one_is_refused(metric: str, unit: Any) -> None:
    answer = changed(BILL)
    answer["ResultsByTime"][1]["Groups"][0]["Metrics"][metric]["Unit"] = unit
    with pytest.raises(MalformedResponse):
        concluded(BILL, answer)


def test_an_anomaly_without_an_id_is_refused_because_two_of_them_would_be_one() -> None:
    answer = changed("GetAnomalies")
    answer["Anomalies"][0]["AnomalyId"] = ""
    found = concluded("GetAnomalies", answer)
    assert found.anomalies == ()
    assert "without an id" in why_a_gap(found, "CostAnomalyDetection")


SPOILT = {
    "CostExplorerAccounts": ("GetCostAndUsage by month", "ResultsByTime"),
    "CostExplorerForecast": ("GetCostForecast", "ForecastResultsByTime"),
    "CostAnomalyDetection": ("GetAnomalies", "Anomalies"),
    "SavingsPlans": ("GetSavingsPlansCoverage", "SavingsPlansCoverages"),
    "Reservations": ("GetReservationUtilization", "Total"),
    "CostExplorerResources": ("GetCostAndUsageWithResources", "ResultsByTime"),
}


@pytest.mark.parametrize("source", SPOILT)
def test_a_part_that_cannot_be_understood_takes_nothing_else_with_it(source: str) -> None:
    question, member = SPOILT[source]
    whole, found = concluded(BILL, an_answer(BILL)), concluded(question, rubbish_in(changed(question), member))
    assert why_a_gap(found, source).startswith("ERROR: What it answered cannot be understood")
    assert [one.source for one in found.sources if one.is_gap] == [source]
    assert found.spend is not None
    assert whole.spend is not None
    assert found.spend.services == whole.spend.services


def rubbish_in(answer: Json, member: str) -> Json:
    """The answer with text where an amount of this member is."""

    def spoil(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: spoil(each) for name, each in value.items()}
        if isinstance(value, list):
            return [spoil(each) for each in value]
        return "rubbish" if str(value).replace(".", "", 1).isdigit() else value

    return {**answer, member: spoil(answer[member])}


def test_what_savings_plans_cover_is_unknown_where_a_part_of_it_is() -> None:
    answer = changed("GetSavingsPlansCoverage")
    (row,) = answer["SavingsPlansCoverages"]
    answer["SavingsPlansCoverages"].append({**row, "Coverage": {"OnDemandCost": None}})
    plans = concluded("GetSavingsPlansCoverage", answer).commitments[0]
    assert (plans.kind.value, plans.on_demand_cost, plans.coverage_percent) == ("SavingsPlans", None, None)
