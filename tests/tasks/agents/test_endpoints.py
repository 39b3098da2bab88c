"""Where Trusted Advisor's requests go, and in which language they ask."""

from typing import Any

import pytest

from tasks.agents.trusted_advisor.handler import work as trusted_advisor
from tests.tasks.worlds import a_review, a_world, an_account, evidence_of, work
from workflows.cost_review.request import Scope

pytestmark = pytest.mark.usefixtures("own_aws")


@pytest.mark.parametrize("api", ["trustedadvisor", "support"])
def test_trap_09_trusted_advisor_is_asked_in_virginia_whatever_region_is_in_scope(api: str) -> None:
    account = a_world(an_account(), trusted_advisor_api=api, regions=("eu-west-1",))
    asked: list[str] = []

    def note(request: Any, **_: Any) -> None:
        asked.append(request.url.split("/")[2])

    heard: Any = note
    for region in ("us-east-1", "eu-west-1"):
        account.world.account(api, region).meta.events.register_first("before-send", heard)
    review = a_review(analysis_type="targeted", scope=Scope(regions=("eu-west-1",)))
    evidence = evidence_of(account.world, work(trusted_advisor, account.world, "collect", review))
    # Support's requests end in Virginia whatever region they are made for; what is kept of them has to say so too.
    assert {one.region for one in evidence.responses} == {"us-east-1"}
    assert set(asked) == {f"{api}.us-east-1.amazonaws.com"}


@pytest.mark.parametrize("api", ["trustedadvisor", "support"])
def test_trap_34_each_request_that_goes_out_to_either_api_asks_in_english(api: str) -> None:
    account = a_world(an_account(), trusted_advisor_api=api)
    asked: list[str] = []

    def note(request: Any, **_: Any) -> None:
        asked.append(f"{request.url} {request.body}")

    heard: Any = note
    account.world.account(api, "us-east-1").meta.events.register_first("before-send", heard)
    work(trusted_advisor, account.world, "collect")
    in_a_language = [one for one in asked if "language" in one]
    assert in_a_language
    assert all("language=en" in one or '"language": "en"' in one for one in in_a_language)
