"""One source or region that cannot be read leaves a gap with a remedy, and the others go on."""

from typing import Any

import pytest

from tasks.agents.rightsizing.handler import work as door
from tests.tasks.agents.test_rightsizing import HUB, IRELAND, RIGHTSIZING, VIRGINIA, findings
from tests.tasks.worlds import a_response, a_review, a_world, an_error, findings_after, states, work
from workflows.cost_review.request import Scope

pytestmark = pytest.mark.usefixtures("own_aws")


def test_every_page_of_each_source_is_read() -> None:
    account = a_world()
    work(door, account.world, "collect")
    assert account.asked("ListRecommendations") == 2
    assert account.asked("GetEC2InstanceRecommendations") == 3


@pytest.mark.parametrize(
    ("refusal", "where", "remedy"),
    [
        (
            a_response("cost-optimization-hub", "ListEnrollmentStatuses", {"items": [{"status": "Inactive"}]}),
            HUB,
            "Enrol Cost Optimization Hub",
        ),
        (
            an_error(
                "cost-optimization-hub",
                "ListRecommendations",
                "AccessDeniedException",
                "AWS account is not enrolled for recommendations",
            ),
            HUB,
            "Enrol Cost Optimization Hub",
        ),
        (
            a_response("compute-optimizer", "GetEnrollmentStatus", {"status": "Pending"}, region="us-east-1"),
            VIRGINIA,
            "Opt in to Compute Optimizer",
        ),
        (
            an_error("compute-optimizer", "GetIdleRecommendations", "OptInRequiredException", region="us-east-1"),
            VIRGINIA,
            "Opt in to Compute Optimizer",
        ),
        (
            an_error(
                "ce",
                "GetRightsizingRecommendation",
                "AccessDeniedException",
                "Rightsizing EC2 recommendation is an opt-in only feature.",
            ),
            RIGHTSIZING,
            "Enable rightsizing",
        ),
    ],
)
def test_a_source_that_is_not_enrolled_is_named_and_the_others_go_on(refusal: Any, where: str, remedy: str) -> None:
    found = findings(refusal)
    expected = {**dict.fromkeys((HUB, VIRGINIA, IRELAND, RIGHTSIZING), "AVAILABLE"), where: "NOT_ENROLLED"}
    assert states(found) == expected
    assert [one.remedy.startswith(remedy) for one in found.sources if one.is_gap] == [True]


def test_a_denied_region_is_named_and_the_others_are_read() -> None:
    message = "User: r is not authorized to perform: compute-optimizer:GetEnrollmentStatus with an explicit deny"
    denied = an_error("compute-optimizer", "GetEnrollmentStatus", "AccessDeniedException", message, region="eu-west-1")
    found = findings(denied)
    assert states(found)[IRELAND] == "DENIED"
    assert states(found)[VIRGINIA] == "AVAILABLE"
    (gap,) = [one for one in found.sources if one.is_gap]
    assert gap.remedy == "Allow compute-optimizer:GetEnrollmentStatus for the role that runs this."


def test_only_the_regions_in_scope_are_asked() -> None:
    review = a_review(analysis_type="targeted", scope=Scope(regions=("eu-west-1",)))
    world = a_world().world
    found = findings_after(door, world, review)
    assert VIRGINIA not in states(found)
    assert states(found)[IRELAND] == "AVAILABLE"
