"""A refresh happens only where the settings ask for it, is waited for within a bound, and never hinders the reading."""

from typing import Any

import pytest

from tasks.agents.spec import AgentSpec
from tasks.agents.trusted_advisor.collect import collect
from tasks.agents.trusted_advisor.handler import work as door
from tasks.agents.trusted_advisor.rules import analyse
from tasks.agents.trusted_advisor.spec import SPEC
from tasks.agents.work import Heard
from tasks.aws.reading import Reading
from tasks.settings import REQUIRED, Settings
from tests.tasks.agents.advice import LEGACY
from tests.tasks.worlds import AWorld, a_response, a_review, a_world, an_account, an_error, work
from workflows.cost_review.documents import Evidence
from workflows.money import total

COST_CHECKS = 7
STATUSES = "DescribeTrustedAdvisorCheckRefreshStatuses"
ASKED = "RefreshTrustedAdvisorCheck"


def enqueued(check: str = "Qch7DwouX1", status: str = "enqueued", **more: Any) -> Any:
    answer = {"checkId": check, "status": status, "millisUntilNextRefreshable": 3599992}
    return a_response("support", ASKED, {"status": answer}, request={"checkId": check}, **more)


def automatic() -> Any:
    """What AWS says for every check that it refreshes by itself."""
    return an_error("support", ASKED, "InvalidParameterValueException", "This check is refreshed automatically.")


def looks(at_last: str, *, under_way_for: int = 0) -> list[Any]:
    """What is answered look by look."""
    told = {one: {"statuses": [{"checkId": "Qch7DwouX1", "status": one}]} for one in ("processing", at_last)}
    before = [a_response("support", STATUSES, told["processing"], times=under_way_for)] if under_way_for else []
    return [*before, a_response("support", STATUSES, told[at_last])]


def collected(*instead: Any, **how: Any) -> tuple[AWorld, tuple[Reading, ...], list[float]]:
    account = a_world(an_account(*instead), **{"trusted_advisor_refresh": True, **how})
    slept: list[float] = []
    readings = collect(account.world, a_review(), "123456789012", sleep=slept.append)
    return account, readings, slept


def detail(readings: tuple[Reading, ...]) -> str:
    return next(reading.status.detail for reading in readings if reading.responses)


@pytest.mark.usefixtures("own_aws")
def test_nothing_is_refreshed_unless_the_settings_ask_for_it() -> None:
    for how in ({}, LEGACY):
        account = a_world(**how)
        work(door, account.world, "collect")
        assert not [operation for operation in account.sent if "Refresh" in operation]


def test_only_the_word_on_turns_it_on() -> None:
    environment = dict.fromkeys(REQUIRED, "x")
    for word, turned_on in (("on", True), ("", False), ("off", False), ("true", False)):
        settings = Settings.from_environment({**environment, "FINOPS_TRUSTED_ADVISOR_REFRESH": word})
        assert settings.trusted_advisor_refresh is turned_on
    assert Settings.from_environment(environment).trusted_advisor_refresh is False


def test_it_waits_until_the_result_is_there_and_reads_afterwards() -> None:
    account, readings, slept = collected(enqueued(), automatic(), *looks("success", under_way_for=2))
    assert account.asked(ASKED) == COST_CHECKS
    assert slept == [5.0, 5.0, 5.0]
    asked = [operation.rpartition(":")[2] for operation in account.sent]
    assert asked.index("ListRecommendations") > max(place for place, one in enumerate(asked) if one == STATUSES)
    assert detail(readings) == "1 of 1 checks that can be refreshed on request were refreshed."


def test_it_waits_a_minute_at_most_and_says_what_did_not_come() -> None:
    account, readings, slept = collected(enqueued(), automatic(), *looks("processing"))
    assert sum(slept) == 60
    assert account.asked(STATUSES) == len(slept)
    assert detail(readings) == "0 of 1 checks that can be refreshed on request were refreshed."


@pytest.mark.parametrize("status", ["abandoned", "none"])
def test_a_refresh_that_aws_gives_up_is_not_waited_for(status: str) -> None:
    _, readings, slept = collected(enqueued(), automatic(), *looks(status))
    assert len(slept) == 1
    assert detail(readings).startswith("0 of 1 checks")


def test_checks_that_aws_refreshes_by_itself_are_passed_over() -> None:
    _, readings, slept = collected(automatic())
    assert slept == []
    assert detail(readings) == "0 of 0 checks that can be refreshed on request were refreshed."


@pytest.mark.parametrize("how", [{}, LEGACY], ids=["trustedadvisor", "support"])
def test_a_refresh_that_is_denied_leaves_the_reading_as_it_is_and_names_the_missing_action(how: Any) -> None:
    message = "User: x is not authorized to perform: support:RefreshTrustedAdvisorCheck because no policy allows it"
    _, readings, _ = collected(an_error("support", ASKED, "AccessDeniedException", message), **how)
    assert "Allow support:RefreshTrustedAdvisorCheck" in detail(readings)
    assert not any(reading.status.is_gap or reading.throttled for reading in readings)
    responses = tuple(response for reading in readings for response in reading.responses)
    evidence = Evidence(SPEC.name, "123456789012", responses, tuple(reading.status for reading in readings))
    found = analyse(evidence, a_review(), Heard())
    assert str(total(one.estimated_monthly_savings for one in found.stated)) == "247.97"


def test_what_a_refresh_needs_is_not_among_what_the_role_may_read() -> None:
    assert set(SPEC.may_refresh) == {f"support:{STATUSES}", f"support:{ASKED}"}
    assert not set(SPEC.may_refresh) & set(SPEC.may_read)
    assert AgentSpec.__dataclass_fields__["may_refresh"].default == ()


def test_an_emergency_does_not_wait_for_a_refresh() -> None:
    account = a_world(trusted_advisor_refresh=True)
    slept: list[float] = []
    readings = collect(account.world, a_review(analysis_type="emergency"), "123456789012", sleep=slept.append)
    assert "an emergency does not wait" in detail(readings)
    assert not account.asked(ASKED)
    assert slept == []
