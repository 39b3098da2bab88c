"""Accounts as they differ: the sample account with some answers replaced, as folders."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.account_folder import SAMPLE_ACCOUNT

Json = dict[str, Any]
Answer = tuple[int, Json]


def refusal(code: str, message: str = "No.") -> Answer:
    return 400, {"__type": code, "message": message}


HUB_NOT_ENROLLED: Mapping[str, Answer] = {"cost-optimization-hub:ListEnrollmentStatuses": (200, {"items": []})}
OPTIMIZER_NOT_ENROLLED: Mapping[str, Answer] = {
    "compute-optimizer:GetEnrollmentStatus": (200, {"status": "Inactive", "memberAccountsEnrolled": False})
}
NO_RESOURCE_DATA: Mapping[str, Answer] = {
    "ce:GetCostAndUsageWithResources": refusal(
        "AccessDeniedException", "Hourly and resource-level data is an opt-in only feature."
    )
}
NO_NEW_API: Mapping[str, Answer] = {
    f"trustedadvisor:{operation}": refusal("AccessDeniedException", "Not for this account.")
    for operation in ("ListChecks", "ListRecommendations", "ListRecommendationResources")
}
NO_PLAN: Mapping[str, Answer] = {
    **NO_NEW_API,
    **{
        f"support:{operation}": refusal(
            "SubscriptionRequiredException", "AWS Premium Support Subscription is required to use this service."
        )
        for operation in (
            "DescribeTrustedAdvisorChecks",
            "DescribeTrustedAdvisorCheckSummaries",
            "DescribeTrustedAdvisorCheckResult",
        )
    },
}

VARIANTS: Mapping[str, Mapping[str, Answer]] = {
    "everything on": {},
    "hub not enrolled": HUB_NOT_ENROLLED,
    "compute optimizer not enrolled": OPTIMIZER_NOT_ENROLLED,
    "no resource-level data": NO_RESOURCE_DATA,
    "legacy trusted advisor api": NO_NEW_API,
    "neither hub nor compute optimizer": {**HUB_NOT_ENROLLED, **OPTIMIZER_NOT_ENROLLED},
    "commitments owned": {},
    "nothing on": {**HUB_NOT_ENROLLED, **OPTIMIZER_NOT_ENROLLED, **NO_RESOURCE_DATA, **NO_PLAN},
}


def owning_commitments(folder: Path) -> Path:
    """The account in this folder, whose database is reserved and whose functions are under a Savings Plan."""
    covered = {"Amazon Relational Database Service": "DiscountedUsage", "AWS Lambda": "SavingsPlanCoveredUsage"}
    for path in (folder / "responses" / "ce").glob("GetCostAndUsage__daily*.json"):
        envelope = json.loads(path.read_text())
        for bucket in envelope["response"]["ResultsByTime"]:
            for group in bucket["Groups"]:
                service, kind = group["Keys"]
                group["Keys"] = [service, covered.get(service, kind) if kind == "Usage" else kind]
        path.write_text(json.dumps(envelope))
    return folder


def an_account_folder(folder: Path, instead: Mapping[str, Answer]) -> Path:
    """The sample account in this folder, with these answers (by "service:Operation") in the place of its own."""
    shutil.copytree(SAMPLE_ACCOUNT, folder)
    for asked, (status, response) in instead.items():
        service, _, operation = asked.partition(":")
        place = folder / "responses" / service
        place.mkdir(exist_ok=True)
        for old in place.glob(f"{operation}__*.json"):
            old.unlink()
        envelope = {
            "service": service,
            "operation": operation,
            "http_status": status,
            "provenance": {"kind": "authored", "note": "A variant of the sample account."},
            "response": response,
        }
        (place / f"{operation}__variant.json").write_text(json.dumps(envelope))
    return folder
