"""What AWS refuses becomes one of our own words, with a remedy that its owner can follow."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from tasks.aws.failures import STATES, in_our_words, remedy
from tasks.aws.reading import Reader, Reading, read
from tests.tasks.worlds import a_scripted_world
from workflows import errors
from workflows.errors import (
    AccessDenied,
    InvalidSourceRequest,
    NotEnrolled,
    NotFound,
    PaidRequestsExhausted,
    ServiceUnavailable,
    SourceError,
)
from workflows.sources import Source, SourceState

ERRORS = Path(__file__).parents[2].parent / "shared" / "recordings" / "errors.json"
REAL = json.loads(ERRORS.read_text()) if ERRORS.is_file() else []
STATE_OF = {
    "CALLER_ERROR": SourceState.ERROR,
    "DENIED_OR_NO_PLAN": SourceState.DENIED,
    "NO_SUPPORT_PLAN or unknown/retired check": SourceState.NO_SUPPORT_PLAN,
}
A_CALL: dict[tuple[str, str], tuple[Source, str, dict[str, Any]]] = {
    ("support", "*"): (Source.TRUSTED_ADVISOR_LEGACY, "DescribeTrustedAdvisorChecks", {"language": "en"}),
    ("support", "DescribeTrustedAdvisorCheckResult"): (
        Source.TRUSTED_ADVISOR_LEGACY,
        "DescribeTrustedAdvisorCheckResult",
        {"checkId": "fH7LL0l7J9"},
    ),
    ("trustedadvisor", "*"): (Source.TRUSTED_ADVISOR, "ListRecommendations", {}),
    ("compute-optimizer", "Get*Recommendations"): (Source.COMPUTE_OPTIMIZER, "GetEC2InstanceRecommendations", {}),
    ("cost-optimization-hub", "List*/Get*"): (Source.COST_OPTIMIZATION_HUB, "ListRecommendations", {}),
    ("ce", "*"): (
        Source.COST_EXPLORER,
        "GetCostAndUsage",
        {"TimePeriod": {"Start": "2026-11-01", "End": "2026-11-16"}, "Granularity": "DAILY", "Metrics": ["X"]},
    ),
    ("ce", "GetRightsizingRecommendation"): (
        Source.COST_EXPLORER_RIGHTSIZING,
        "GetRightsizingRecommendation",
        {"Service": "AmazonEC2"},
    ),
    ("ce", "GetCostForecast"): (
        Source.COST_EXPLORER_FORECAST,
        "GetCostForecast",
        {
            "TimePeriod": {"Start": "2026-11-16", "End": "2026-12-01"},
            "Metric": "UNBLENDED_COST",
            "Granularity": "DAILY",
        },
    ),
}
A_CALL["ce", "GetCostAndUsage"] = A_CALL["ce", "*"]
A_CALL["ce", "GetCostAndUsageWithResources"] = (
    Source.COST_EXPLORER_RESOURCES,
    "GetCostAndUsageWithResources",
    {**A_CALL["ce", "*"][2], "Filter": {"Dimensions": {"Key": "RESOURCE_ID", "Values": ["i-1"]}}},
)
REMEDIES = {
    "CALLER_ERROR": "maintain this tool",
    "NO_SUPPORT_PLAN": "Business Support+",
    "NO_SUPPORT_PLAN or unknown/retired check": "Business Support+",
    "DENIED_OR_NO_PLAN": "trustedadvisor:ListRecommendations",
    "THROTTLED": "later",
}
ENROLMENTS = {
    Source.COMPUTE_OPTIMIZER: "Opt in to Compute Optimizer",
    Source.COST_OPTIMIZATION_HUB: "Enrol Cost Optimization Hub",
    Source.COST_EXPLORER: "Enable Cost Explorer",
    Source.COST_EXPLORER_RIGHTSIZING: "rightsizing",
    Source.COST_EXPLORER_RESOURCES: "resource-level",
}


def refused(code: str, message: str, *, service: str = "ce", operation: str = "*", status: int = 400) -> Reading:
    """A reading of a source that AWS refuses in these words."""
    own_source, asked, parameters = A_CALL[service, operation]
    account = a_scripted_world({f"{service}:{asked}": [(status, {"__type": code, "message": message})]})

    def reads(reader: Reader) -> int:
        return len(reader.ask(service, asked, **parameters))

    may_lack_data = own_source is Source.COST_EXPLORER_FORECAST
    return read(account.world.account, own_source, "us-east-1", reads, may_lack_data=may_lack_data)


@pytest.mark.skipif(not REAL, reason="the recorded errors are not beside this checkout")
@pytest.mark.parametrize(
    "real", [one for one in REAL if one["code"]], ids=lambda one: f"{one['service']}-{one['code']}"
)
def test_each_error_that_aws_was_seen_to_answer_becomes_the_state_it_means(real: dict[str, Any]) -> None:
    reading = refused(
        real["code"],
        real["message"],
        service=real["service"],
        operation=real["operation"],
        status=real["http_status"],
    )
    meant = real["maps_to"]
    assert reading.status.state == STATE_OF.get(meant, meant)
    if meant == "NOT_ENROLLED":
        assert ENROLMENTS[Source(reading.status.source)] in reading.status.remedy
    assert REMEDIES.get(meant, "") in reading.status.remedy


@pytest.mark.skipif(not REAL, reason="the recorded errors are not beside this checkout")
@pytest.mark.parametrize(
    "real", [one for one in REAL if one["code"]], ids=lambda one: f"{one['service']}-{one['code']}"
)
def test_none_of_these_errors_is_left_without_a_word_and_a_remedy_of_its_own(real: dict[str, Any]) -> None:
    told = in_our_words(a_client_error(real["code"], real["message"], real["http_status"]))
    assert type(told) is not SourceError
    assert remedy(told, Source.COST_EXPLORER, "ce:GetCostAndUsage")


def a_client_error(code: str, message: str = "No.", status: int = 400) -> ClientError:
    told: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "Operation")


@pytest.mark.parametrize(
    "code",
    [
        "ValidationException",
        "InvalidParameterValueException",
        "InvalidNextTokenException",
        "RequestChangedException",
        "BillExpirationException",
        "UnresolvableUsageUnitException",
    ],
)
def test_what_aws_does_not_take_is_our_mistake_and_the_remedy_says_so(code: str) -> None:
    status = refused(code, "1 validation error detected").status
    assert status.state is SourceState.ERROR
    assert status.remedy == "Report it to those who maintain this tool: AWS refuses what it sent."
    assert isinstance(in_our_words(a_client_error(code)), InvalidSourceRequest)


def test_a_request_that_boto3_does_not_send_is_our_mistake_too() -> None:
    account = a_scripted_world({"ce:GetCostAndUsage": [{}]})
    reading = read(account.world.account, "CostExplorer", "us-east-1", lambda reader: len(reader.ask("ce", "GetTags")))
    assert account.sent == []
    assert "maintain this tool" in reading.status.remedy


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("InternalServerException", 500),
        ("InternalServerError", 500),
        ("InternalErrorException", 400),
        ("ServiceUnavailableException", 503),
        ("SomethingNew", 502),
    ],
)
def test_what_fails_on_awss_own_side_is_worth_another_try(code: str, status: int) -> None:
    reading = refused(code, "We failed.", status=status)
    assert reading.throttled
    assert reading.status.state is SourceState.ERROR
    assert reading.status.remedy == "Run the review again later; AWS failed to answer."
    assert isinstance(in_our_words(a_client_error(code, "We failed.", status)), ServiceUnavailable)


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "NotFoundException"])
def test_what_is_not_there_any_more_is_told_from_our_own_mistakes(code: str) -> None:
    told = in_our_words(a_client_error(code, status=404))
    assert isinstance(told, NotFound)
    assert "removed meanwhile" in remedy(told, Source.BUDGETS, "budgets:DescribeBudgets")


@pytest.mark.parametrize(
    ("because", "told"),
    [
        (
            "with an explicit deny in a service control policy",
            "Lift the explicit deny of ce:GetTags in a service control policy.",
        ),
        (
            "with an explicit deny in an identity-based policy",
            "Lift the explicit deny of ce:GetTags in an identity-based policy.",
        ),
        ("because no identity-based policy allows it", "Allow ce:GetTags for the role that runs this."),
    ],
)
def test_a_refusal_that_a_policy_forbids_is_not_helped_by_allowing_it_once_more(because: str, told: str) -> None:
    message = f"User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: ce:GetTags {because}"
    assert refused("AccessDeniedException", message).status.remedy == told


def test_a_denied_trusted_advisor_that_names_the_policy_does_not_lack_the_plan() -> None:
    message = (
        "User: x is not authorized to perform: trustedadvisor:ListRecommendations because no identity-based policy"
    )
    status = refused("AccessDeniedException", message, service="trustedadvisor", status=403).status
    assert status.remedy == "Allow trustedadvisor:ListRecommendations for the role that runs this."


def test_the_tree_of_errors_is_drawn_as_it_grows() -> None:
    drawn = errors.__doc__ or ""
    kinds = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.FinOpsError)]
    for kind in kinds:
        (line,) = [one for one in drawn.splitlines() if one.split("── ")[-1].split(" ")[0] == kind.__name__]
        depth = (line.find("── ") - 1) // 4 + 1 if "── " in line else 0
        assert depth == len(kind.__mro__) - len(errors.FinOpsError.__mro__), kind


def test_a_refusal_names_the_iam_action_that_aws_names() -> None:
    message = "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: ce:GetDimensionValues on resource: x"
    assert "ce:GetDimensionValues" in refused("AccessDeniedException", message).status.remedy


def test_a_refusal_that_names_no_action_is_helped_by_the_operation_that_was_asked() -> None:
    status = refused("AccessDeniedException", "No.").status
    assert status.remedy == "Allow ce:GetCostAndUsage for the role that runs this."


def test_a_denied_trusted_advisor_may_lack_the_plan_too_because_aws_answers_both_alike() -> None:
    status = refused("AccessDeniedException", "No.", service="trustedadvisor", status=403).status
    assert status.state is SourceState.DENIED
    assert "trustedadvisor:ListRecommendations" in status.remedy
    assert "Business Support+" in status.remedy


def test_a_role_whose_name_speaks_of_opt_in_is_denied_not_unenrolled() -> None:
    message = "User: arn:aws:sts::1:assumed-role/opt-in-reader/s is not authorized to perform: ce:GetCostAndUsage"
    assert refused("AccessDeniedException", message).status.state is SourceState.DENIED


@pytest.mark.parametrize("operation", ["DescribeBudgets", "DescribeBudgetPerformanceHistory"])
def test_the_iam_action_of_budgets_is_not_called_like_the_operation(operation: str) -> None:
    told = remedy(AccessDenied("No."), Source.BUDGETS, f"budgets:{operation}")
    assert "budgets:ViewBudget" in told


@pytest.mark.parametrize(
    "code",
    [
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "RequestThrottled",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "SlowDown",
    ],
)
def test_whatever_word_aws_has_for_throttling_it_is_worth_another_try(code: str) -> None:
    reading = refused(code, "Rate exceeded")
    assert reading.status.state is SourceState.THROTTLED
    assert reading.throttled
    assert reading.status.remedy


@pytest.mark.parametrize("error", [ConnectTimeoutError(endpoint_url="x"), ReadTimeoutError(endpoint_url="x")])
def test_no_answer_in_time_is_worth_another_try(error: BotoCoreError) -> None:
    assert isinstance(in_our_words(error), ServiceUnavailable)


@pytest.mark.parametrize("error", [NoCredentialsError(), EndpointConnectionError(endpoint_url="https://ce")])
def test_what_never_reached_aws_is_an_error_that_says_so(error: BotoCoreError) -> None:
    ours = in_our_words(error)
    assert type(ours) is SourceError
    assert type(error).__name__ in str(ours)


def test_an_error_without_words_is_still_named_by_its_code() -> None:
    assert str(in_our_words(ClientError({"Error": {"Code": "Oops"}}, "GetCostAndUsage"))) == "Oops"
    assert isinstance(in_our_words(ClientError({"Error": {}}, "GetCostAndUsage")), SourceError)


def test_each_kind_of_failure_has_a_state_and_each_leaves_a_gap() -> None:
    assert set(STATES) >= {SourceError, *SourceError.__subclasses__()}
    assert not {"AVAILABLE", "NO_DATA", "NOT_NEEDED"} & set(STATES.values())


def test_data_that_aws_does_not_have_is_a_gap_except_where_it_may_be_lacking() -> None:
    spend = refused("DataUnavailableException", "No data.").status
    forecast = refused("DataUnavailableException", "No data.", operation="GetCostForecast").status
    assert (spend.state, forecast.state) == (SourceState.ERROR, SourceState.NO_DATA)
    assert "as_of" in spend.remedy


def test_an_unenrolled_service_that_nobody_here_knows_gets_a_remedy_too() -> None:
    assert "Enable" in remedy(NotEnrolled("no"), "SomethingNew", "x:Y")


def test_what_the_cap_left_out_can_be_had_by_raising_it() -> None:
    told = remedy(PaidRequestsExhausted("no"), Source.COST_EXPLORER, "ce:GetCostAndUsage")
    assert "max_cost_explorer_requests" in told


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException"])
def test_credentials_that_aws_does_not_take_are_told_to_be_looked_at(code: str) -> None:
    status = refused(code, "The security token included in the request is expired").status
    assert status.state is SourceState.ERROR
    assert "credentials" in status.remedy


def test_credentials_that_are_not_there_are_told_to_be_looked_at() -> None:
    assert "credentials" in remedy(in_our_words(NoCredentialsError()), Source.BUDGETS, "budgets:DescribeBudgets")


COST_EXPLORERS = [
    Source.COST_EXPLORER,
    Source.COST_EXPLORER_ACCOUNTS,
    Source.COST_EXPLORER_FORECAST,
    Source.COST_EXPLORER_RESOURCES,
    Source.COST_EXPLORER_RIGHTSIZING,
    Source.COST_ANOMALY_DETECTION,
    Source.SAVINGS_PLANS,
    Source.RESERVATIONS,
    Source.COMMITMENT_OPTIONS,
]


@pytest.mark.parametrize("source", COST_EXPLORERS)
def test_where_cost_explorer_is_off_every_question_to_it_says_to_enable_it(source: Source) -> None:
    told = in_our_words(a_client_error("AccessDeniedException", "User not enabled for cost explorer access"))
    assert isinstance(told, NotEnrolled)
    assert remedy(told, source, "ce:GetCostForecast") == "Enable Cost Explorer in the Billing console, then wait a day."


@pytest.mark.parametrize(
    "message",
    [
        "Linked account doesn't have access to cost explorer",
        "You don't have access to Cost Explorer. The management account has not enabled it for member accounts.",
    ],
)
def test_a_member_account_that_the_payer_keeps_from_cost_explorer_is_sent_to_the_payer(message: str) -> None:
    status = refused("AccessDeniedException", message).status
    assert status.state is SourceState.NOT_ENROLLED
    assert "payer account" in status.remedy


def test_a_role_named_after_cost_explorer_lacks_a_permission_and_no_enrolment() -> None:
    message = "User: arn:aws:sts::1:assumed-role/access to cost explorer/s is not authorized to perform: ce:GetTags"
    assert refused("AccessDeniedException", message).status.remedy == "Allow ce:GetTags for the role that runs this."


def test_an_account_whose_cost_explorer_was_just_enabled_is_told_to_wait_a_day() -> None:
    said = "Data is not available. If just enabled Cost Explorer, data might not be ingested yet."
    assert "wait a day" in refused("DataUnavailableException", said).status.remedy


def test_an_account_that_is_not_signed_up_is_not_enrolled_and_says_how_to_sign_up() -> None:
    told = in_our_words(a_client_error("OptInRequired", "You are not subscribed to this service."))
    assert isinstance(told, NotEnrolled)
    assert "sign-up" in remedy(told, Source.COMPUTE_OPTIMIZER, "compute-optimizer:GetEnrollmentStatus")


@pytest.mark.parametrize(
    ("code", "says"), [("RequestExpired", "clock"), ("ExpiredNextTokenException", "expired while it was read")]
)
def test_what_expired_is_told_by_what_it_was(code: str, says: str) -> None:
    assert says in refused(code, "It has expired.").status.remedy


def test_all_permissions_that_a_refusal_names_are_told_together() -> None:
    missing = AccessDenied("not authorized to perform: a:One; not authorized to perform: a:Two")
    assert remedy(missing, Source.BUDGETS, "a:Three") == "Allow a:One and a:Two for the role that runs this."
