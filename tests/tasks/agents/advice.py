"""Accounts for which Trusted Advisor has one check to tell, in the shapes of both of its APIs."""

from collections.abc import Mapping, Sequence
from typing import Any

from local.account_folder import Envelope
from tests.tasks.worlds import Json, a_response

CHECK = "a1b2c3d4e5"
ARN = "arn:aws:trustedadvisor::123456789012:recommendation/of-a-check"
LEGACY: Json = {"trusted_advisor_api": "support"}
API_SOURCE, SUPPORT_SOURCE = "TrustedAdvisor us-east-1", "TrustedAdvisorLegacy us-east-1"

_HUB = (
    "Status|Region|Resource ID|Recommended Action|Current Resource Summary|Recommended Resource Summary"
    "|Estimated Monthly Cost|Estimated Monthly Savings|Last Refresh Time stamp"
)
_COMMITMENT = "Status|Region|Recommended Resource Summary|Estimated Monthly Cost|Estimated Monthly Savings"
_CONFIG_RULE = "Status|Region|Resource|AWS Config Rule|Input Parameters|Last Updated Time"
_ENDPOINT = "Status|Region|VPC Endpoint Id|VPC Id|Subnet Ids|Service Name|TotalBytesProcessed|Last Updated Time"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    check: tuple(columns.split("|"))
    for check, columns in {
        **{f"c1z7kmr{number}n": _HUB for number in ("00", "01", "02", "03", "04", "05", "06", "17", "18")},
        **{f"c1z7kmr{number}n": _COMMITMENT for number in ("08", "09", "11", "12", "13", "14", "15", "16")},
        **dict.fromkeys(("c18d2gz127", "c18d2gz128", "c18d2gz150", "c18d2gz100", "c18d2gz171"), _CONFIG_RULE),
        **dict.fromkeys(("c2vlfg0jp6", "c2vlfg0k35"), _ENDPOINT),
        "Qch7DwouX1": "Region/AZ|Instance ID|Instance Name|Instance Type|Estimated Monthly Savings|Day 1|Day 2"
        "|14-Day Average CPU Utilization|14-Day Average Network I/O|Number of Days Low Utilization",
        "hjLMh88uM8": "Region|Load Balancer Name|Reason|Estimated Monthly Savings",
        "Ti39halfu8": "Region|DB Instance Name|Multi-AZ|Instance Type|Storage Provisioned (GB)"
        "|Days Since Last Connection|Estimated Monthly Savings (On Demand)",
        "G31sQ1E9U": "Status|Region|Cluster|Instance Type|Reason|Estimated Monthly Savings",
        "1e93e4c0b5": "Status|Zone|Instance Type|Platform|Instance Count|Current Monthly Cost"
        "|Estimated Monthly Savings|Expiration Date|Reserved Instance ID|Reason",
        "COr6dfpM03": "Status|Region|Volume ID|Volume Type|Volume Size (GB)|Volume Baseline IOPS"
        "|Recommended Volume Type|Recommended Volume Size (GB)|Lookback Period (days)|Savings Opportunity (%)"
        "|Estimated Monthly Savings|Estimated Monthly Savings Currency|Last Updated Time",
        "COr6dfpM05": "Status|Region|Function Name|Function Version|Memory Size (MB)|Recommended Memory Size (MB)"
        "|Lookback Period (days)|Savings Opportunity (%)|Estimated Monthly Savings"
        "|Estimated Monthly Savings Currency|Last Updated Time",
        "Qsdfp3A4L1": "Status|Region|Instance ID|Instance Type|vCPU|SQL Server Edition|Maximum vCPU"
        "|Recommended Instance Type|Estimated Monthly Savings|Last Updated Time",
        "cX3c2R1chu": "Region|Instance Type|Platform|Recommended Number of RIs to Purchase"
        "|Expected Average RI Utilization|Estimated Savings with Recommendations (Monthly)|Upfront Cost of RIs"
        "|Estimated costs of RIs (Monthly)|Lookback Period (Days)|Term (Years)",
        "DAvU99Dc4C": "Region|Volume ID|Volume Name|Volume Type|Volume Size|Monthly Storage Cost|Snapshot ID"
        "|Snapshot Name|Snapshot Age",
        "Z4AUBRNSmz": "Region|IP Address",
        "51fC20e7I2": "Hosted Zone Name|Hosted Zone ID|Resource Record Set Name|Resource Record Set Type",
        "Qsdfp3A4L2": "Status|Region|Instance ID|Instance Type|vCPU|Minimum vCPU|SQL Server Edition|Last Updated Time",
        "Cm24dfsM12": "Status|Region|Endpoint ARN|Provisioned Inference Unit|AutoScaling Status|Reason",
        "L4dfs2Q3C2": "Status|Region|Function ARN|Max Daily Error Rate|Lost Daily Compute Cost|Current Day Invokes"
        "|*Average Daily Invokes|Last Updated Time",
        "L4dfs2Q3C3": "Status|Region|Function ARN|Max Daily Timeout Rate|Function Timeout Settings (millisecond)"
        "|Lost Daily Compute Cost|Average Daily Invokes|Last Updated Time",
        "Wxdfp4B1L1": "Status|Region|Workload ARN|Workload Name|Reviewer Name|Last Updated Time",
        "c1cj39rr6v": "Status|Region|Bucket Name|Bucket ARN|Days After Initiation|Last Updated Time",
        "c2vlfg022t": "Status|Region|NAT Gateway Id|Subnet Id|VPC Id|TotalBytes|Last Updated Time",
        "c2vlfg0bfw": "Status|Region|Network Firewall Arn|VPC Id|Subnets|TotalBytesProcessed|Last Updated Time",
    }.items()
}
"""The columns of each cost check, as AWS documents them (some of the many that no rule reads are left out)."""


def a_check(*rows: Json, check: str = CHECK, headers: Json | None = None, **recommendation: Any) -> list[Envelope]:
    """The account's only recommendation, as Trusted Advisor's own API tells it."""
    summary = {
        "id": "of-a-check",
        "arn": ARN,
        "name": "A check",
        "type": "standard",
        "status": "warning",
        "checkArn": f"arn:aws:trustedadvisor:::check/{check}",
        "pillars": ["cost_optimizing"],
        "source": "ta_check",
        "resourcesAggregates": {"okCount": 0, "warningCount": len(rows), "errorCount": 0},
        "pillarSpecificAggregates": {"costOptimizing": {"estimatedMonthlySavings": 5.0}},
        **recommendation,
    }
    metadata = headers or {"0": "Region", "1": "Volume ID", "2": "Estimated Monthly Savings"}
    ta = "trustedadvisor"
    return [
        a_response(ta, "ListChecks", {"checkSummaries": [{"id": check, "metadata": metadata}]}),
        a_response(ta, "ListRecommendations", {"recommendationSummaries": [summary]}),
        a_response(ta, "ListRecommendationResources", {"recommendationResourceSummaries": list(rows)}),
    ]


def a_resource(*cells: str | None, resource: str = "vol-1", **more: Any) -> Json:
    return {
        "id": resource,
        "arn": f"{ARN}/{resource}",
        "awsResourceId": resource,
        "regionCode": "us-east-1",
        "status": "warning",
        "recommendationArn": ARN,
        "metadata": {str(place): cell for place, cell in enumerate(cells)},
        **more,
    }


def a_legacy_check(
    *rows: Json, check: str = CHECK, headers: Sequence[str] = ("Region", "Volume ID"), **summary: Any
) -> list[Envelope]:
    """The account's only check, as the Support API tells it."""
    described = {"id": check, "name": "A check", "description": "", "category": "cost_optimizing"}
    told = {
        "checkId": check,
        "timestamp": "2026-11-16T00:00:00Z",
        "status": "warning",
        "hasFlaggedResources": True,
        "resourcesSummary": {"resourcesFlagged": len(rows)},
        "categorySpecificSummary": {"costOptimizing": {"estimatedMonthlySavings": 5.0}},
        **summary,
    }
    result = {"checkId": check, "status": "warning", "flaggedResources": list(rows)}
    return [
        a_response("support", "DescribeTrustedAdvisorChecks", {"checks": [{**described, "metadata": list(headers)}]}),
        a_response("support", "DescribeTrustedAdvisorCheckSummaries", {"summaries": [told]}),
        a_response("support", "DescribeTrustedAdvisorCheckResult", {"result": result}),
    ]


def a_legacy_row(*cells: str | None, resource_id: str = "hash", **more: Any) -> Json:
    row = {"status": "warning", "region": "us-east-1", "resourceId": resource_id, "isSuppressed": False}
    return {**row, "metadata": list(cells), **more}


def documented(check: str, **cells: str | None) -> list[Envelope]:
    """One row of a check with its documented columns; a cell is named by its header, "_" for what is no letter."""
    columns = COLUMNS[check]
    unknown = set(cells) - {_name(column) for column in columns}
    assert not unknown, f"{check} has no columns {unknown}"
    row = a_resource(*(cells.get(_name(column)) for column in columns), resource="own-id")
    return a_check(row, check=check, headers={str(place): column for place, column in enumerate(columns)})


def _name(column: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in column)
