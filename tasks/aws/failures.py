"""AWS's error codes in our own words, with the remedy."""

import re
from collections.abc import Mapping

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    ParamValidationError,
    ReadTimeoutError,
)

from workflows.errors import (
    AccessDenied,
    DailyPaidRequestsExhausted,
    DataUnavailable,
    InvalidSourceRequest,
    MalformedResponse,
    NoSupportPlan,
    NotEnrolled,
    NotFound,
    OutOfTime,
    PaidRequestsExhausted,
    ServiceUnavailable,
    SourceError,
    Throttled,
)
from workflows.sources import Source, SourceState

THROTTLES = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""What boto3's standard retries take for throttling, as far as the services that we read say it."""
OUTAGES = frozenset(
    {
        "InternalError",
        "InternalErrorException",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
    }
)
"""AWS's own failures. Some come with HTTP 400, so that the status alone does not tell."""
DENIALS = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException"})
OUR_MISTAKES = frozenset(
    {
        "BillExpirationException",
        "InvalidNextTokenException",
        "InvalidParameterException",
        "InvalidParameterValue",
        "InvalidParameterValueException",
        "MissingParameter",
        "RequestChangedException",
        "SerializationException",
        "UnknownOperationException",
        "UnresolvableUsageUnitException",
        "ValidationError",
        "ValidationException",
    }
)
ABSENCES = frozenset({"NotFoundException", "ResourceNotFoundException"})
NO_COST_EXPLORER = re.compile(r"not enabled for cost explorer", re.IGNORECASE)
NO_MEMBER_ACCESS = re.compile(r"access to cost explorer\b", re.IGNORECASE)
NOT_ENROLLED_TEXT = re.compile(
    rf"not enrolled|opt-in|not registered|{NO_COST_EXPLORER.pattern}|n't have {NO_MEMBER_ACCESS.pattern}", re.IGNORECASE
)
NOT_ENROLLED_CODES = frozenset({"OptInRequired", "OptInRequiredException"})
NO_PLAN_TEXT = re.compile(r"premium support|support plan", re.IGNORECASE)
DENY_TEXT = re.compile(r"with an explicit deny in (an? [a-z -]+ policy)")
ACTION_TEXT = re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9*]+)")

STATES: Mapping[type[SourceError], SourceState] = {
    AccessDenied: SourceState.DENIED,
    NotEnrolled: SourceState.NOT_ENROLLED,
    NoSupportPlan: SourceState.NO_SUPPORT_PLAN,
    Throttled: SourceState.THROTTLED,
    ServiceUnavailable: SourceState.ERROR,
    DataUnavailable: SourceState.ERROR,
    InvalidSourceRequest: SourceState.ERROR,
    NotFound: SourceState.ERROR,
    MalformedResponse: SourceState.ERROR,
    OutOfTime: SourceState.SKIPPED,
    PaidRequestsExhausted: SourceState.SKIPPED,
    SourceError: SourceState.ERROR,
}

ENROL: Mapping[str, str] = {
    Source.COST_OPTIMIZATION_HUB: "Enrol Cost Optimization Hub in its preferences (free), then wait a day.",
    Source.COMPUTE_OPTIMIZER: "Opt in to Compute Optimizer in its console (free), then wait a day.",
    Source.COST_EXPLORER: "Enable Cost Explorer in the Billing console, then wait a day.",
    Source.COST_EXPLORER_RIGHTSIZING: "Enable rightsizing in Cost Explorer's preferences (payer account).",
    Source.COST_EXPLORER_RESOURCES: "Enable daily resource-level data in Cost Explorer's preferences (payer account).",
}
IAM_ACTIONS = {
    "budgets:DescribeBudgets": "budgets:ViewBudget",
    "budgets:DescribeBudgetPerformanceHistory": "budgets:ViewBudget",
}
"""Where an operation's IAM action has another name (Service Authorization Reference)."""
CREDENTIALS_TEXT = re.compile(
    r"^(ExpiredToken|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|UnrecognizedClient"
    r"|NoCredentials|PartialCredentials|CredentialRetrieval|TokenRetrieval|SSOToken|UnauthorizedSSOToken)"
)
BY_ITS_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (NO_COST_EXPLORER, ENROL[Source.COST_EXPLORER]),
    (NO_MEMBER_ACCESS, "Have the payer account let its members see Cost Explorer (Billing preferences)."),
    (re.compile(r"^OptInRequired\b"), "Finish the account's sign-up in the AWS console; it is not subscribed to this."),
)
"""What helps an account that is not enrolled, where AWS's text tells more than the source that was asked."""
BY_ITS_CODE: tuple[tuple[re.Pattern[str], str], ...] = (
    (CREDENTIALS_TEXT, "Check the credentials, and sign in again."),
    (re.compile(r"^RequestExpired"), "Set this machine's clock right, or sign in again; then run the review again."),
    (re.compile(r"^ExpiredNextToken"), "Run the review again; AWS's list expired while it was read page by page."),
)
PLAN = "Trusted Advisor's cost checks need Business Support+ or a higher plan."
WHAT_HELPS: Mapping[type[Exception], str] = {
    NoSupportPlan: PLAN,
    DataUnavailable: (
        "Where Cost Explorer was enabled just now, wait a day; otherwise look from a day (as_of) for which the account "
        "has data."
    ),
    Throttled: "Run the review again later; AWS throttled it.",
    ServiceUnavailable: "Run the review again later; AWS failed to answer.",
    InvalidSourceRequest: "Report it to those who maintain this tool: AWS refuses what it sent.",
    MalformedResponse: "Run the review again; if it stays, report it to those who maintain this tool.",
    NotFound: "Run the review again; what it asked about was removed meanwhile.",
    OutOfTime: "Narrow the scope, or run a review that is no emergency: its steps may take longer.",
    PaidRequestsExhausted: "Raise max_cost_explorer_requests, or narrow the scope.",
    SourceError: "Look at what it says, and at the network and the proxy; then run the review again.",
    DailyPaidRequestsExhausted: "Raise FINOPS_MAX_COST_EXPLORER_REQUESTS_A_DAY, or run the review tomorrow.",
}


def in_our_words(error: ClientError | BotoCoreError) -> SourceError:
    """The error as one of ours; the cause stays on it."""
    if isinstance(error, ConnectTimeoutError | ReadTimeoutError):
        return ServiceUnavailable(f"AWS did not answer in time: {error}")
    if isinstance(error, ParamValidationError):
        return InvalidSourceRequest(f"{type(error).__name__}: {error}")
    if isinstance(error, BotoCoreError):
        return SourceError(f"{type(error).__name__}: {error}")
    code = str(error.response["Error"].get("Code", ""))
    message = str(error.response["Error"].get("Message", ""))
    said = f"{code}: {message}" if message else code
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return _kind(code, message, status)(said)


def _kind(code: str, message: str, http_status: int) -> type[SourceError]:
    """The first that fits, in this order: a text may tell more than the code that it comes with."""
    # IAM's refusal quotes the caller's role, whose name may hold any words.
    by_service = code == "AccessDeniedException" and not ACTION_TEXT.search(message)
    fits = (
        (code in THROTTLES, Throttled),
        (code == "SubscriptionRequiredException" or NO_PLAN_TEXT.search(message), NoSupportPlan),
        (code in NOT_ENROLLED_CODES or (by_service and NOT_ENROLLED_TEXT.search(message)), NotEnrolled),
        (code in DENIALS, AccessDenied),
        (code == "DataUnavailableException", DataUnavailable),
        (code in OUTAGES or http_status >= 500, ServiceUnavailable),
        (code in OUR_MISTAKES, InvalidSourceRequest),
        (code in ABSENCES, NotFound),
    )
    return next((kind for fit, kind in fits if fit), SourceError)


def remedy(error: SourceError, source: str, operation: str) -> str:
    """What the account's owner can do about it; operation ("ce:GetAnomalies") is what was asked last."""
    match error:
        case AccessDenied():
            return _permission(str(error), source, operation)
        case NotEnrolled():
            own = ENROL.get(source, "Enable the service for this account.")
            return next((told for text, told in BY_ITS_WORDS if text.search(str(error))), own)
    if by_code := next((told for code, told in BY_ITS_CODE if code.match(str(error))), ""):
        return by_code
    return next((WHAT_HELPS[kind] for kind in type(error).__mro__ if kind in WHAT_HELPS), "")


def _permission(said: str, source: str, operation: str) -> str:
    named = sorted(set(ACTION_TEXT.findall(said)))
    action = " and ".join(filter(None, (", ".join(named[:-1]), *named[-1:]))) or IAM_ACTIONS.get(operation, operation)
    if denying := DENY_TEXT.search(said):
        return f"Lift the explicit deny of {action} in {denying.group(1)}."
    allow = f"Allow {action} for the role that runs this."
    # This API answers a missing plan like a missing permission, unless it says which policy is lacking.
    may_lack_plan = source == Source.TRUSTED_ADVISOR and "identity-based policy" not in said
    return f"{allow} {PLAN}" if may_lack_plan else allow
