"""Trusted Advisor through the AWS Support API, which exists in us-east-1 and answers headers in English on request."""

from tasks.aws.reading import Reader
from workflows.errors import NoSupportPlan, SourceError

REGION = "us-east-1"
LANGUAGE = "en"
COST = "cost_optimizing"


def read_recommendations(reader: Reader) -> int:
    """The cost checks, their summaries, and the results of those that flag resources."""
    checks = _cost_checks(reader)
    if not checks:
        return 0
    summaries = reader.ask("support", "DescribeTrustedAdvisorCheckSummaries", checkIds=checks)["summaries"]
    for summary in summaries:
        if summary.get("hasFlaggedResources"):
            _read_result(reader, summary["checkId"])
    return len(summaries)


def probe(reader: Reader) -> int:
    """One free request that shows whether the API can be read."""
    return len(_cost_checks(reader))


def _cost_checks(reader: Reader) -> list[str]:
    checks = reader.ask("support", "DescribeTrustedAdvisorChecks", language=LANGUAGE)["checks"]
    return [check["id"] for check in checks if check.get("category") == COST]


def _read_result(reader: Reader, check_id: str) -> None:
    try:
        reader.ask("support", "DescribeTrustedAdvisorCheckResult", checkId=check_id, language=LANGUAGE)
    except NoSupportPlan:
        raise
    except SourceError as error:
        # A retired check answers InvalidParameterValueException; the other checks are still worth reading.
        if "InvalidParameterValue" not in str(error):
            raise
