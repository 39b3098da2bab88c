"""Every page is asked for and kept, and what was kept does not depend on this machine."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.aws.page_tokens import TOKEN_MEMBER
from tasks.aws.reading import Reader, Reading, jsonable, read, rows_in
from tests.tasks.worlds import AWorld, a_scripted_world
from workflows.errors import MalformedResponse, SourceError
from workflows.sources import SourceState

INTERVAL = {"StartDate": "2026-11-01", "EndDate": "2026-11-16"}


def a_page(*ids: str, token: str | None = None) -> dict[str, Any]:
    anomalies = [{"AnomalyId": one, "AnomalyScore": {"MaxScore": 1.0}, "Impact": {"MaxImpact": 1.0}} for one in ids]
    return {"Anomalies": anomalies, **({} if token is None else {"NextPageToken": token})}


def read_anomalies(account: AWorld) -> Reading:
    def reads(reader: Reader) -> int:
        pages = reader.pages("ce", "GetAnomalies", DateInterval=INTERVAL)
        return sum(len(page["Anomalies"]) for page in pages)

    return read(account.world.account, "Anomalies", "us-east-1", reads)


def ids_in(reading: Reading) -> list[str]:
    return [one["AnomalyId"] for page in reading.responses for one in page.response["Anomalies"]]


def test_every_page_is_fetched_with_the_token_of_the_page_before() -> None:
    account = a_scripted_world({"ce:GetAnomalies": [a_page("1", token="a"), a_page("2", token="b"), a_page("3")]})
    reading = read_anomalies(account)
    assert ids_in(reading) == ["1", "2", "3"]
    assert [page.parameters.get("NextPageToken") for page in reading.responses] == [None, "a", "b"]
    assert reading.status.state is SourceState.AVAILABLE


def test_an_empty_page_with_a_token_is_followed() -> None:
    account = a_scripted_world({"ce:GetAnomalies": [a_page(token="a"), a_page(token="b"), a_page("last")]})
    assert ids_in(read_anomalies(account)) == ["last"]


def test_an_empty_token_ends_the_pages() -> None:
    account = a_scripted_world({"ce:GetAnomalies": [a_page("1", token="")]})
    assert ids_in(read_anomalies(account)) == ["1"]
    assert len(account.sent) == 1


@pytest.mark.parametrize("tokens", [["a", "a"], ["a", "b", "a"]])
def test_a_token_that_comes_back_is_stopped_as_malformed(tokens: list[str]) -> None:
    account = a_scripted_world({"ce:GetAnomalies": [a_page("1", token=token) for token in tokens]})
    reading = read_anomalies(account)
    assert reading.status.state is SourceState.ERROR
    assert "goes round in circles" in reading.status.detail
    assert len(account.sent) == len(tokens)
    with pytest.raises(MalformedResponse):
        list(Reader(account.world.account, "x", "us-east-1").pages("ce", "GetAnomalies", DateInterval=INTERVAL))


def test_pages_without_end_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.aws.reading.MOST_PAGES", 5)
    account = a_scripted_world({"ce:GetAnomalies": [a_page(token=str(number)) for number in range(50)]})
    assert read_anomalies(account).status.state is SourceState.ERROR
    assert len(account.sent) == 6


def test_what_was_answered_before_a_failure_is_kept_and_the_failure_said() -> None:
    denied = (400, {"__type": "AccessDeniedException", "message": "No."})
    account = a_scripted_world({"ce:GetAnomalies": [a_page("1", token="a"), denied]})
    reading = read_anomalies(account)
    assert ids_in(reading) == ["1"]
    assert reading.status.state is SourceState.DENIED
    assert not reading.succeeded


def test_nothing_there_and_could_not_look_do_not_look_alike() -> None:
    empty = read_anomalies(a_scripted_world({"ce:GetAnomalies": [a_page()]}))
    failed = read_anomalies(a_scripted_world({"ce:GetAnomalies": [(400, {"__type": "Oops", "message": ""})]}))
    assert (empty.status.state, failed.status.state) == (SourceState.NO_DATA, SourceState.ERROR)
    assert (empty.status.is_gap, failed.status.is_gap) == (False, True)


def test_a_response_that_lacks_what_the_operation_promises_is_malformed_not_a_crash() -> None:
    reading = read_anomalies(a_scripted_world({"ce:GetAnomalies": [{}]}))
    assert reading.status.state is SourceState.ERROR
    assert "Anomalies" in reading.status.detail
    assert "ce:GetAnomalies" in reading.status.detail


def test_a_long_message_is_cut_to_what_the_state_can_carry() -> None:
    account = a_scripted_world({"ce:GetAnomalies": [(400, {"__type": "Oops", "message": "x" * 9_000})]})
    assert len(read_anomalies(account).status.detail) == 300


def test_each_response_is_kept_with_its_question_and_its_request_id() -> None:
    reading = read_anomalies(a_scripted_world({"ce:GetAnomalies": [a_page("1")]}))
    (kept,) = reading.responses
    assert (kept.source, kept.service, kept.operation, kept.region) == ("Anomalies", "ce", "GetAnomalies", "us-east-1")
    assert kept.parameters == {"DateInterval": INTERVAL}
    assert kept.request_id == "request-of-GetAnomalies"
    assert "ResponseMetadata" not in kept.response


def test_the_token_of_each_service_has_the_name_that_its_description_gives_it() -> None:
    operations = {
        "ce": "GetCostAndUsage",
        "budgets": "DescribeBudgets",
        "trustedadvisor": "ListRecommendations",
        "cost-optimization-hub": "ListRecommendations",
        "compute-optimizer": "GetIdleRecommendations",
    }
    clients = a_scripted_world({}).world.account
    for service, operation in operations.items():
        shape = clients(service, "us-east-1").meta.service_model.operation_model(operation)
        assert TOKEN_MEMBER[service] in shape.input_shape.members
        assert TOKEN_MEMBER[service] in shape.output_shape.members


@pytest.fixture(params=["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"])
def host_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_times_are_kept_in_utc_whatever_the_zone_of_the_host(host_zone: str) -> None:
    hub = {"items": [{"recommendationId": "1", "lastRefreshTimestamp": 1794776673}]}
    account = a_scripted_world({"cost-optimization-hub:ListRecommendations": [hub]})
    reader = Reader(account.world.account, "Hub", "us-east-1")
    page = reader.ask("cost-optimization-hub", "ListRecommendations")
    assert page["items"][0]["lastRefreshTimestamp"] == "2026-11-15T21:04:33+00:00", host_zone


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001 because hypothesis wants its bounds naive
def test_a_moment_is_written_the_same_way_from_every_zone(naive: datetime, offset: int) -> None:
    moment = naive.replace(tzinfo=UTC)
    elsewhere = moment.astimezone(timezone(timedelta(minutes=offset)))
    assert jsonable(elsewhere) == jsonable(moment) == moment.isoformat()


def test_what_json_does_not_know_becomes_text_and_nulls_stay() -> None:
    value = {"when": date(2026, 11, 16), "amount": Decimal("1.10"), "rows": (None, 1, {"x": None})}
    assert jsonable(value) == {"when": "2026-11-16", "amount": "1.10", "rows": [None, 1, {"x": None}]}


@pytest.mark.parametrize("token", [7, ["a"], {"a": 1}])
def test_a_token_that_is_no_text_ends_the_reading_as_malformed(token: Any) -> None:
    reading = read_anomalies(a_scripted_world({"ce:GetAnomalies": [{"Anomalies": [], "NextPageToken": token}]}))
    assert reading.status.state is SourceState.ERROR
    assert "token" in reading.status.detail


@pytest.mark.parametrize("anomalies", [7, "none", {"0": {}}, [7], [{"Impact": 7}]])
def test_an_answer_that_boto3_cannot_parse_is_malformed_not_a_crash(anomalies: Any) -> None:
    account = a_scripted_world({"ce:GetAnomalies": [{"Anomalies": anomalies}]})

    def reads(reader: Reader) -> int:
        return sum(
            len(rows_in(page, "Anomalies")) for page in reader.pages("ce", "GetAnomalies", DateInterval=INTERVAL)
        )

    reading = read(account.world.account, "Anomalies", "us-east-1", reads)
    assert reading.status.state is SourceState.ERROR


def test_rows_that_are_left_out_are_none_and_rows_that_are_no_list_are_malformed() -> None:
    assert rows_in({}, "Anomalies") == rows_in({"Anomalies": None}, "Anomalies") == []
    with pytest.raises(MalformedResponse, match="Anomalies"):
        rows_in({"Anomalies": {"0": 1}}, "Anomalies")


def test_what_a_source_could_not_tell_is_in_its_status_without_making_it_a_gap() -> None:
    def reads(reader: Reader) -> int:
        reader.notes.append("One of three was not there.")
        return 1

    reading = read(a_scripted_world({}).world.account, "Somebody", "us-east-1", reads)
    assert (reading.status.state, reading.status.detail) == (SourceState.AVAILABLE, "One of three was not there.")


def test_a_reader_that_was_given_up_asks_nothing_more() -> None:
    account = a_scripted_world({"ce:GetAnomalies": [a_page("1")]})
    reader = Reader(account.world.account, "Somebody", "us-east-1", given_up=True)
    with pytest.raises(SourceError, match="Nobody waits"):
        reader.ask("ce", "GetAnomalies", DateInterval=INTERVAL)
    assert account.sent == []


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_refused_and_not_kept_as_unknown(number: float) -> None:
    """JSON would hold null in its place, and a saving would silently be missing from the total."""
    with pytest.raises(MalformedResponse, match="no number to count with"):
        jsonable({"items": [{"estimatedMonthlySavings": number}]})
