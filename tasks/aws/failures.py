"""AWS's error codes in our own words, with the remedy."""

import re
from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError

from workflows.errors import (
    AccessDenied,
    DataUnavailable,
    MalformedResponse,
    NoSupportPlan,
    NotEnrolled,
    PaidRequestsExhausted,
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
NOT_ENROLLED_TEXT = re.compile(r"not enrolled|opt-in|not registered|not enabled for cost explorer", re.IGNORECASE)
NOT_ENROLLED_CODES = frozenset({"OptInRequiredException"})
NO_PLAN_TEXT = re.compile(r"premium support|support plan", re.IGNORECASE)
ACTION_TEXT = re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9*]+)")

STATES: Mapping[type[SourceError], SourceState] = {
    AccessDenied: SourceState.DENIED,
    NotEnrolled: SourceState.NOT_ENROLLED,
    NoSupportPlan: SourceState.NO_SUPPORT_PLAN,
    Throttled: SourceState.THROTTLED,
    DataUnavailable: SourceState.ERROR,
    MalformedResponse: SourceState.ERROR,
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
PLAN = "Trusted Advisor's cost checks need Business Support+ or a higher plan."
LATER = "Run the review again later; AWS throttled it."


def in_our_words(error: ClientError | BotoCoreError) -> SourceError:
    """The error as one of ours; the cause stays on it."""
    if isinstance(error, ConnectTimeoutError | ReadTimeoutError):
        return Throttled(f"AWS did not answer in time: {error}")
    if isinstance(error, BotoCoreError):
        return SourceError(f"{type(error).__name__}: {error}")
    code = str(error.response["Error"].get("Code", ""))
    message = str(error.response["Error"].get("Message", ""))
    said = f"{code}: {message}" if message else code
    if code in THROTTLES:
        return Throttled(said)
    if code == "SubscriptionRequiredException" or NO_PLAN_TEXT.search(message):
        return NoSupportPlan(said)
    # IAM's refusal quotes the caller's role, whose name may hold any words.
    by_service = code == "AccessDeniedException" and not ACTION_TEXT.search(message)
    if code in NOT_ENROLLED_CODES or (by_service and NOT_ENROLLED_TEXT.search(message)):
        return NotEnrolled(said)
    if code in {"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"}:
        return AccessDenied(said)
    if code == "DataUnavailableException":
        return DataUnavailable(said)
    return SourceError(said)


def remedy(error: SourceError, source: str, operation: str) -> str:
    """What the account's owner can do about it; operation ("ce:GetAnomalies") is what was asked last."""
    match error:
        case AccessDenied():
            named = ACTION_TEXT.search(str(error))
            action = named.group(1) if named else IAM_ACTIONS.get(operation, operation)
            allow = f"Allow {action} for the role that runs this."
            # This API answers a missing plan like a missing permission.
            return f"{allow} {PLAN}" if source == Source.TRUSTED_ADVISOR else allow
        case NotEnrolled():
            return ENROL.get(source, "Enable the service for this account.")
        case NoSupportPlan():
            return PLAN
        case DataUnavailable():
            return "Look from a day (as_of) for which the account has data."
        case Throttled():
            return LATER
        case PaidRequestsExhausted():
            return "Raise max_cost_explorer_requests, or narrow the scope."
        case _:
            return "Check the credentials, and sign in again." if CREDENTIALS_TEXT.match(str(error)) else ""
