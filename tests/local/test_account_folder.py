"""An account folder is checked whole when it is loaded, and answers real boto3 clients as AWS would."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws

from local.account_folder import load_account
from local.account_server import serve
from workflows.errors import InvalidAccountFolder

ACCOUNT = {
    "format": 1,
    "name": "tiny",
    "kind": "authored",
    "account_id": "123456789012",
    "as_of": "2026-11-16",
    "regions": ["us-east-1"],
    "currency": "USD",
}
ACTIVE = {"status": "Active"}


def an_envelope(**changes: Any) -> dict[str, Any]:
    envelope = {
        "service": "compute-optimizer",
        "operation": "GetEnrollmentStatus",
        "http_status": 200,
        "provenance": {"kind": "authored"},
        "response": ACTIVE,
    }
    return {**envelope, **changes}


def an_error(code: str, **changes: Any) -> dict[str, Any]:
    return an_envelope(http_status=400, response={"__type": code, "message": "as AWS says it"}, **changes)


def daily_spend(*days: str, **changes: Any) -> dict[str, Any]:
    """One resource, i-1 at 1.00 and i-2 at 2.00 on each day of November given."""
    groups = [{"Keys": [f"i-{n}"], "Metrics": {"UnblendedCost": {"Amount": f"{n}.00", "Unit": "USD"}}} for n in (1, 2)]
    buckets = [
        {
            "TimePeriod": {"Start": f"2026-11-{day}", "End": f"2026-11-{int(day) + 1:02}"},
            "Total": {},
            "Groups": groups,
            "Estimated": False,
        }
        for day in days
    ]
    response = {"GroupDefinitions": [{"Type": "DIMENSION", "Key": "RESOURCE_ID"}], "ResultsByTime": buckets}
    covers = {"Start": "2026-11-01", "End": "2026-11-04"}
    changes = {"covers": covers, "response": response, **changes}
    return an_envelope(service="ce", operation="GetCostAndUsageWithResources", **changes)


def a_folder(folder: Path, *envelopes: dict[str, Any], account: Any = ACCOUNT) -> Path:
    (folder / "responses" / "any").mkdir(parents=True)
    (folder / "account.json").write_text(json.dumps(account))
    for number, envelope in enumerate(envelopes):
        (folder / "responses" / "any" / f"{number}.json").write_text(json.dumps(envelope))
    return folder


def a_client(folder: Path, service: str, region: str = "us-east-1") -> Any:
    session = boto3.Session(aws_access_key_id="none", aws_secret_access_key="none", region_name=region)
    serve(load_account(folder), session)
    return session.client(service, config=Config(retries={"total_max_attempts": 1}))


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as raised:
        call()
    return str(raised.value.response["Error"]["Code"])


def problems_of(folder: Path) -> str:
    with pytest.raises(InvalidAccountFolder) as raised:
        load_account(folder)
    return "\n".join(raised.value.problems)


def spend(client: Any, start: str = "01", end: str = "04", **parameters: Any) -> dict[str, list[str]]:
    asked = {
        "TimePeriod": {"Start": f"2026-11-{start}", "End": f"2026-11-{end}"},
        "Granularity": "DAILY",
        "Filter": {"Dimensions": {"Key": "RESOURCE_ID", "Values": ["i-1", "i-2"]}},
    }
    answer = client.get_cost_and_usage_with_resources(**{**asked, **parameters})
    return {
        bucket["TimePeriod"]["Start"]: [key for group in bucket["Groups"] for key in group["Keys"]]
        for bucket in answer["ResultsByTime"]
    }


# ---- what a folder has to be ----


def test_a_sound_folder_is_loaded(tmp_path: Path) -> None:
    account = load_account(a_folder(tmp_path, an_envelope()))
    assert (account.name, account.as_of.isoformat(), account.regions) == ("tiny", "2026-11-16", ("us-east-1",))
    assert len(account.envelopes) == 1


def test_a_missing_folder_is_named_with_what_belongs_there(tmp_path: Path) -> None:
    problem = problems_of(tmp_path / "nowhere")
    assert "nowhere" in problem
    assert "account.json" in problem


def test_an_empty_folder_lacks_its_account_and_its_responses(tmp_path: Path) -> None:
    problems = problems_of(tmp_path)
    assert "account.json: is missing" in problems
    assert "responses/: holds no response" in problems


def test_a_truncated_response_is_told_from_a_broken_one(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    (folder / "responses" / "cut.json").write_text('{\n "service": "ce",\n "oper')
    (folder / "responses" / "broken.json").write_text('{"service": ce}')
    problems = problems_of(folder)
    assert "responses/cut.json: ends in the middle (truncated) at line 3 column 2" in problems
    assert "responses/broken.json: is not JSON (Expecting value) at line 1 column 13" in problems


def test_a_response_that_is_not_an_object_or_not_text_is_named(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    (folder / "responses" / "list.json").write_text("[]")
    (folder / "responses" / "bytes.json").write_bytes(b"\xff\xfe\x00")
    problems = problems_of(folder)
    assert "responses/list.json: holds a list where an object belongs" in problems
    assert "responses/bytes.json: cannot be read" in problems


@pytest.mark.parametrize(
    ("envelope", "problem"),
    [
        (an_envelope(operation="GetCosts"), "compute-optimizer has no operation 'GetCosts'"),
        (an_envelope(service="elsewhere"), "no agent reads 'elsewhere'; known are budgets, ce"),
        (an_envelope(regoin="us-east-1"), "regoin: Extra inputs are not permitted"),
        (an_envelope(times=0), "times:"),
        (an_envelope(http_status=400), 'needs its code as "__type"'),
        (an_envelope(covers={"Start": "2026-11-16", "End": "2026-11-16"}), "Start must come before End"),
        (an_envelope(covers={"Start": "yesterday", "End": "2026-11-16"}), "covers.Start:"),
        ({"service": "ce"}, "operation: Field required"),
    ],
)
def test_an_envelope_with_a_mistake_is_named_with_its_file(
    tmp_path: Path, envelope: dict[str, Any], problem: str
) -> None:
    problems = problems_of(a_folder(tmp_path, envelope))
    assert "responses/any/0.json: " in problems
    assert problem in problems


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": 2},
        {"account_id": "12345"},
        {"as_of": "today"},
        {"kind": "invented"},
        {"currency": "dollars"},
        {"regions": []},
        {"name": ""},
        {"colour": "blue"},
    ],
)
def test_a_wrong_field_of_the_account_is_named(tmp_path: Path, wrong: dict[str, Any]) -> None:
    problems = problems_of(a_folder(tmp_path, an_envelope(), account={**ACCOUNT, **wrong}))
    assert f"account.json: {next(iter(wrong))}" in problems


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    wrong = {**ACCOUNT, "account_id": "1", "currency": ""}
    folder = a_folder(tmp_path, an_envelope(), an_envelope(operation="Nothing"), account=wrong)
    (folder / "responses" / "cut.json").write_text("{")
    problems = problems_of(folder).splitlines()
    assert [problem.split(":")[0] for problem in problems] == [
        "account.json",
        "account.json",
        "responses/any/1.json",
        "responses/cut.json",
    ]


# ---- which envelope answers a call ----


def test_the_envelope_that_names_most_of_the_request_answers(tmp_path: Path) -> None:
    general = an_envelope(response={"status": "Inactive"})
    special = an_envelope(region="eu-west-1")
    folder = a_folder(tmp_path, general, special)
    assert a_client(folder, "compute-optimizer").get_enrollment_status()["status"] == "Inactive"
    assert a_client(folder, "compute-optimizer", "eu-west-1").get_enrollment_status()["status"] == "Active"


def test_a_first_page_does_not_answer_a_call_for_a_later_one(tmp_path: Path) -> None:
    page = an_envelope(operation="GetIdleRecommendations", response={"idleRecommendations": [], "nextToken": "2"})
    client = a_client(a_folder(tmp_path, page), "compute-optimizer")
    assert client.get_idle_recommendations()["nextToken"] == "2"
    assert code_of(lambda: client.get_idle_recommendations(nextToken="2")) == "AccessDeniedException"


def test_a_call_that_narrows_is_not_answered_with_everything(tmp_path: Path) -> None:
    everything = an_envelope(operation="GetIdleRecommendations", response={"idleRecommendations": []})
    client = a_client(a_folder(tmp_path, everything), "compute-optimizer")
    assert client.get_idle_recommendations(accountIds=["123456789012"])["idleRecommendations"] == []
    narrow = [{"name": "Finding", "values": ["Idle"]}]
    assert code_of(lambda: client.get_idle_recommendations(filters=narrow)) == "AccessDeniedException"
    assert code_of(lambda: client.get_idle_recommendations(accountIds=["210987654321"])) == "AccessDeniedException"


def test_a_call_without_a_response_says_so_within_bounds(tmp_path: Path) -> None:
    client = a_client(a_folder(tmp_path, an_envelope()), "support")
    with pytest.raises(ClientError, match="holds no response for support:DescribeTrustedAdvisorCheckSummaries") as no:
        client.describe_trusted_advisor_check_summaries(checkIds=["x" * 50] * 100)
    assert no.value.response["Error"]["Code"] == "AccessDeniedException"
    assert len(str(no.value)) < 700


def test_sts_tells_whose_account_it_is_and_nothing_else(tmp_path: Path) -> None:
    client = a_client(a_folder(tmp_path, an_envelope()), "sts")
    assert client.get_caller_identity()["Account"] == "123456789012"
    assert code_of(client.get_session_token) == "AccessDenied"


# ---- what is left of a response ----


def test_days_outside_the_asked_period_are_left_out(tmp_path: Path) -> None:
    client = a_client(a_folder(tmp_path, daily_spend("01", "02", "03")), "ce")
    assert list(spend(client, "02", "04")) == ["2026-11-02", "2026-11-03"]


def test_a_page_may_be_empty_and_still_have_a_successor(tmp_path: Path) -> None:
    first, second = daily_spend("01", "02"), daily_spend("03", request={"NextPageToken": "2"})
    first["response"]["NextPageToken"] = "2"
    client = a_client(a_folder(tmp_path, first, second), "ce")
    assert spend(client, "03", "04") == {}
    assert spend(client, "03", "04", NextPageToken="2") == {"2026-11-03": ["i-1", "i-2"]}


def test_only_the_named_resources_are_told_also_inside_and(tmp_path: Path) -> None:
    client = a_client(a_folder(tmp_path, daily_spend("01")), "ce")
    named = {"Dimensions": {"Key": "RESOURCE_ID", "Values": ["i-2"]}}
    service = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon Elastic Compute Cloud - Compute"]}}
    assert spend(client, Filter=named) == {"2026-11-01": ["i-2"]}
    assert spend(client, Filter={"And": [service, named]}) == {"2026-11-01": ["i-2"]}
    assert spend(client, Filter={"Not": named}) == {"2026-11-01": ["i-1"]}
    assert spend(client, Filter={"Or": [named, {"Dimensions": {"Key": "RESOURCE_ID", "Values": ["i-9"]}}]}) == {
        "2026-11-01": ["i-2"]
    }


def test_a_filter_that_the_groups_cannot_tell_is_refused(tmp_path: Path) -> None:
    client = a_client(a_folder(tmp_path, daily_spend("01")), "ce")
    region = {"Dimensions": {"Key": "REGION", "Values": ["eu-west-1"]}}
    tag = {"Tags": {"Key": "team", "Values": ["web"]}}
    assert code_of(lambda: spend(client, Filter=region)) == "AccessDeniedException"
    assert code_of(lambda: spend(client, Filter=tag)) == "AccessDeniedException"
    own = {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": ["123456789012"]}}
    assert spend(client, Filter=own) == {"2026-11-01": ["i-1", "i-2"]}


def test_a_response_to_one_filter_answers_that_filter_as_it_is(tmp_path: Path) -> None:
    region = {"Dimensions": {"Key": "REGION", "Values": ["eu-west-1"]}}
    client = a_client(a_folder(tmp_path, daily_spend("01", request={"Filter": region})), "ce")
    assert spend(client, Filter=region) == {"2026-11-01": ["i-1", "i-2"]}


def test_a_period_that_is_not_covered_is_unavailable_not_empty(tmp_path: Path) -> None:
    client = a_client(a_folder(tmp_path, daily_spend("01")), "ce")
    assert code_of(lambda: spend(client, "03", "05")) == "DataUnavailableException"


# ---- errors, repetition, identity ----


def test_an_error_comes_out_with_its_code_over_json(tmp_path: Path) -> None:
    error = an_error("SubscriptionRequiredException", service="support", operation="DescribeTrustedAdvisorChecks")
    client = a_client(a_folder(tmp_path, error, an_error("OptInRequiredException")), "support")
    assert code_of(lambda: client.describe_trusted_advisor_checks(language="en")) == "SubscriptionRequiredException"
    optimizer = a_client(tmp_path, "compute-optimizer")
    assert code_of(optimizer.get_enrollment_status) == "OptInRequiredException"


def test_an_error_comes_out_with_its_code_over_rest_json(tmp_path: Path) -> None:
    error = an_error("ThrottlingException", service="trustedadvisor", operation="ListRecommendations")
    client = a_client(a_folder(tmp_path, error), "trustedadvisor")
    with pytest.raises(client.exceptions.ThrottlingException, match="as AWS says it"):
        client.list_recommendations(status="warning")


def test_a_throttle_that_is_counted_goes_away(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, an_envelope(), an_error("ThrottlingException", times=2))
    client = a_client(folder, "compute-optimizer")
    assert code_of(client.get_enrollment_status) == "ThrottlingException"
    assert code_of(client.get_enrollment_status) == "ThrottlingException"
    assert client.get_enrollment_status()["status"] == "Active"


def test_threads_share_the_count(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, an_envelope(), an_envelope(response={"status": "Pending"}, times=20))
    client = a_client(folder, "compute-optimizer")
    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(lambda _: client.get_enrollment_status()["status"], range(50)))
    assert (told.count("Pending"), told.count("Active")) == (20, 30)


def test_the_same_question_has_the_same_request_id(tmp_path: Path) -> None:
    a_folder(tmp_path, daily_spend("01", "02", "03"))

    def request_id(**parameters: Any) -> str:
        client = a_client(tmp_path, "ce")
        resources = {"Dimensions": {"Key": "RESOURCE_ID", "Values": ["i-1"]}}
        period = {"Start": "2026-11-01", "End": "2026-11-02"}
        asked = {"TimePeriod": period, "Granularity": "DAILY", "Filter": resources, **parameters}
        return str(client.get_cost_and_usage_with_resources(**asked)["ResponseMetadata"]["RequestId"])

    assert request_id() == request_id()
    assert request_id() != request_id(TimePeriod={"Start": "2026-11-02", "End": "2026-11-03"})


def test_under_moto_the_account_answers_and_s3_stays_with_moto(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, an_envelope(), account={**ACCOUNT, "account_id": "999988887777"})
    with mock_aws():
        session = boto3.Session(region_name="us-east-1")
        serve(load_account(folder), session)
        assert session.client("compute-optimizer").get_enrollment_status()["status"] == "Active"
        assert session.client("sts").get_caller_identity()["Account"] == "999988887777"
        session.client("s3").create_bucket(Bucket="kept-by-moto")
        assert [bucket["Name"] for bucket in session.client("s3").list_buckets()["Buckets"]] == ["kept-by-moto"]
