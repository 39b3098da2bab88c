"""A region that hangs, or that the account has not enabled, is named and holds up no other."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

from local.account_folder import Account, Envelope
from tasks.agents.rightsizing.collect import check
from tasks.agents.rightsizing.handler import work as door
from tasks.aws.reading import Reader, Reading
from tasks.aws.regions import ALL, Deadline, named_regions, read_in_each_region
from tests.tasks.agents.test_rightsizing import HUB, IRELAND, VIRGINIA
from tests.tasks.worlds import (
    NOW,
    REGIONS,
    AWorld,
    a_response,
    a_review,
    a_scripted_world,
    a_world,
    an_account,
    an_error,
    findings_after,
    states,
)
from workflows.cost_review.request import Scope
from workflows.errors import SourceError
from workflows.sources import SourceState

IDLE: dict[str, Any] = {"compute-optimizer:GetIdleRecommendations": [{"idleRecommendations": []}]}
ALLOWED = timedelta(seconds=30)


@dataclass
class Regions:
    """Three regions, of which the one named hung answers once and then waits until it is let go."""

    account: AWorld = field(default_factory=lambda: a_scripted_world(IDLE))
    let_go: threading.Event = field(default_factory=threading.Event)
    hangs: threading.Event = field(default_factory=threading.Event)
    threads: dict[str, threading.Thread] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def reads(self, reader: Reader) -> int:
        self.threads[reader.region] = threading.current_thread()
        reader.ask("compute-optimizer", "GetIdleRecommendations")
        if reader.region == "eu-hung-1":
            self.hangs.set()
            self.let_go.wait()
            try:
                reader.ask("compute-optimizer", "GetIdleRecommendations")
            except SourceError as error:
                self.refused.append(str(error))
        return 1

    def now(self) -> datetime:
        """The deadline is over once all but the region that hangs have ended."""
        others = [thread for region, thread in self.threads.items() if region != "eu-hung-1"]
        ended = len(others) == 2 and not any(thread.is_alive() for thread in others)
        return NOW + ALLOWED if ended and self.hangs.is_set() else NOW


def read_three(regions: Regions) -> tuple[Reading, ...]:
    names = ("us-east-1", "eu-hung-1", "eu-west-1")
    deadline = Deadline(ALLOWED, regions.now)
    return read_in_each_region(regions.account.world.account, "Somebody", names, regions.reads, deadline)


def test_a_region_that_hangs_is_named_as_a_gap_and_the_others_are_read() -> None:
    regions = Regions()
    readings = read_three(regions)
    regions.let_go.set()
    assert [(one.status.region, one.status.state) for one in readings] == [
        ("us-east-1", SourceState.AVAILABLE),
        ("eu-hung-1", SourceState.ERROR),
        ("eu-west-1", SourceState.AVAILABLE),
    ]
    assert readings[1].status.detail.startswith("NoAnswer from eu-hung-1 within 30 s")
    assert "eu-hung-1" in readings[1].status.remedy
    assert not readings[1].throttled


def test_what_a_region_answered_before_it_hung_is_kept() -> None:
    regions = Regions()
    readings = read_three(regions)
    regions.let_go.set()
    assert [len(one.responses) for one in readings] == [1, 1, 1]


def test_a_region_that_nobody_waits_for_any_more_asks_nothing_more() -> None:
    regions = Regions()
    read_three(regions)
    regions.let_go.set()
    regions.threads["eu-hung-1"].join()
    assert len(regions.refused) == 1
    assert regions.account.asked("GetIdleRecommendations") == 3


def test_where_no_region_answers_in_time_each_is_named_with_what_to_do() -> None:
    let_go, asked_before = threading.Event(), threading.Event()

    def late() -> datetime:
        try:
            return NOW + ALLOWED if asked_before.is_set() else NOW
        finally:
            asked_before.set()

    clients = a_scripted_world(IDLE).world.account
    names = ("us-east-1", "eu-west-1")
    readings = read_in_each_region(clients, "Somebody", names, lambda _: int(let_go.wait()), Deadline(ALLOWED, late))
    let_go.set()
    assert [(one.status.region, one.status.state) for one in readings] == [(name, SourceState.ERROR) for name in names]
    assert all(one.status.remedy.startswith(f"Enable {one.status.region} for") for one in readings)


def test_an_error_that_is_not_ours_is_not_swallowed_by_its_thread() -> None:
    def breaks(_reader: Reader) -> int:
        raise ZeroDivisionError

    clients = a_scripted_world(IDLE).world.account
    with pytest.raises(ZeroDivisionError):
        read_in_each_region(clients, "Somebody", ("us-east-1",), breaks, Deadline(ALLOWED, lambda: NOW))


@pytest.mark.usefixtures("own_aws")
@pytest.mark.parametrize("code", ["UnrecognizedClientException", "AuthFailure", "InvalidClientTokenId"])
def test_a_region_that_the_account_has_not_enabled_is_named_with_what_to_do(code: str) -> None:
    told = "The security token included in the request is invalid."
    account = an_account(an_error("compute-optimizer", "GetEnrollmentStatus", code, told, region="eu-west-1"))
    found = findings_after(door, a_world(account).world)
    assert states(found)[VIRGINIA] == states(found)[HUB] == "AVAILABLE"
    assert states(found)[IRELAND] == "ERROR"
    (gap,) = [one for one in found.sources if one.is_gap]
    assert gap.remedy.startswith("Enable eu-west-1 for the account")


@pytest.mark.usefixtures("own_aws")
@pytest.mark.parametrize(
    "failure",
    [
        lambda url: EndpointConnectionError(endpoint_url=url),
        lambda url: ConnectTimeoutError(endpoint_url=url),
    ],
)
def test_a_region_without_a_connection_is_named_and_the_step_is_not_tried_again(
    failure: Callable[[str], Exception],
) -> None:
    account = a_world(an_account())

    def refuse(request: Any, **_: Any) -> None:
        raise failure(request.url)

    respond: Any = refuse
    account.world.account("compute-optimizer", "eu-west-1").meta.events.register_first("before-send", respond)
    found = findings_after(door, account.world)
    assert states(found)[VIRGINIA] == "AVAILABLE"
    (gap,) = [one for one in found.sources if one.is_gap]
    assert (gap.region, gap.state) == ("eu-west-1", "ERROR")
    assert gap.remedy.startswith("Enable eu-west-1 for the account and let its endpoint be reached")


@pytest.mark.usefixtures("own_aws")
def test_where_every_region_refuses_the_credentials_the_credentials_are_the_reason() -> None:
    account = an_account(
        an_error("compute-optimizer", "GetEnrollmentStatus", "UnrecognizedClientException"),
        an_error("cost-optimization-hub", "ListEnrollmentStatuses", "UnrecognizedClientException"),
    )
    found = findings_after(door, a_world(account).world)
    remedies = {one.remedy for one in found.sources if one.is_gap}
    assert remedies == {"Check the credentials, and sign in again."}


@pytest.mark.usefixtures("own_aws")
@pytest.mark.parametrize(
    "hub",
    [
        None,
        an_error("cost-optimization-hub", "ListEnrollmentStatuses", "AccessDeniedException"),
        a_response("cost-optimization-hub", "ListEnrollmentStatuses", {"items": []}),
    ],
)
def test_a_single_region_that_is_not_enabled_is_told_from_bad_credentials_by_the_hubs_answer(
    hub: Envelope | None,
) -> None:
    refused = an_error("compute-optimizer", "GetEnrollmentStatus", "UnrecognizedClientException")
    account = an_account(*filter(None, (refused, hub)))
    world = a_world(account, regions=("me-south-1",)).world
    for sources in (findings_after(door, world).sources, check(world)):
        (gap,) = [one for one in sources if one.region == "me-south-1"]
        assert gap.remedy.startswith("Enable me-south-1 for the account")


def regions_of(found: Any) -> dict[str, SourceState]:
    return {one.region: one.state for one in found.sources if one.source == "ComputeOptimizer"}


def everywhere(*instead: Envelope) -> Any:
    """What the agent finds where it may ask all regions, of which all but two are not enabled for the account."""
    return findings_after(door, a_world(_open_in_two_regions(*instead), regions=(ALL,)).world)


def _open_in_two_regions(*instead: Envelope) -> Account:
    known = named_regions((ALL,), "compute-optimizer")
    closed = [region for region in known if region not in REGIONS]
    told = "The security token included in the request is invalid."
    refusals = [
        an_error("compute-optimizer", "GetEnrollmentStatus", "UnrecognizedClientException", told, region=region)
        for region in closed
    ]
    return an_account(*instead, base=an_account(*refusals))


@pytest.mark.usefixtures("own_aws")
def test_where_no_region_is_named_all_are_asked_and_only_those_that_are_enabled_count() -> None:
    found = everywhere()
    states_by_region = regions_of(found)
    assert len(states_by_region) > 20
    assert {region for region, state in states_by_region.items() if state is SourceState.AVAILABLE} == set(REGIONS)
    assert set(states_by_region.values()) == {SourceState.AVAILABLE, SourceState.NOT_NEEDED}
    assert "ap-south-1 is not enabled for the account" in " ".join(one.detail for one in found.sources)
    assert not [one for one in found.sources if one.is_gap]


@pytest.mark.usefixtures("own_aws")
def test_a_region_that_the_organization_closes_is_no_gap_where_nobody_named_it() -> None:
    told = "User: x is not authorized to perform: compute-optimizer:GetEnrollmentStatus with an explicit deny in a "
    denied = an_error(
        "compute-optimizer",
        "GetEnrollmentStatus",
        "AccessDeniedException",
        f"{told}service control policy",
        region="ap-south-1",
    )
    found = everywhere(denied)
    assert regions_of(found)["ap-south-1"] is SourceState.NOT_NEEDED
    assert "service control policy closes ap-south-1" in " ".join(one.detail for one in found.sources)


@pytest.mark.usefixtures("own_aws")
def test_a_region_that_lacks_a_permission_is_a_gap_although_nobody_named_it() -> None:
    denied = an_error("compute-optimizer", "GetEnrollmentStatus", "AccessDeniedException", region="eu-west-1")
    assert regions_of(everywhere(denied))["eu-west-1"] is SourceState.DENIED


@pytest.mark.usefixtures("own_aws")
def test_an_account_that_is_not_enrolled_is_told_so_once() -> None:
    inactive = [
        a_response("compute-optimizer", "GetEnrollmentStatus", {"status": "Inactive"}, region=region)
        for region in REGIONS
    ]
    found = everywhere(*inactive)
    assert [one.region for one in found.sources if one.is_gap] == ["us-east-1"]


@pytest.mark.usefixtures("own_aws")
def test_where_all_regions_refuse_the_credentials_it_is_a_gap_in_each() -> None:
    refused = an_error("compute-optimizer", "GetEnrollmentStatus", "UnrecognizedClientException")
    found = findings_after(door, a_world(an_account(refused), regions=(ALL,)).world)
    assert set(regions_of(found).values()) == {SourceState.ERROR}


@pytest.mark.usefixtures("own_aws")
def test_a_region_in_which_the_hub_has_findings_and_that_was_not_asked_is_named() -> None:
    found = findings_after(door, a_world(regions=("us-east-1",)).world)
    assert regions_of(found) == {"us-east-1": SourceState.AVAILABLE, "eu-west-1": SourceState.NOT_NEEDED}
    (left,) = [one for one in found.sources if one.region == "eu-west-1"]
    assert "other regions are named" in left.detail


@pytest.mark.usefixtures("own_aws")
def test_a_region_outside_the_scope_of_the_review_is_not_spoken_of() -> None:
    review = a_review(analysis_type="targeted", scope=Scope(regions=("us-east-1",)))
    assert regions_of(findings_after(door, a_world().world, review)) == {"us-east-1": SourceState.AVAILABLE}


def test_a_region_younger_than_boto3_is_asked_where_the_hub_names_it() -> None:
    assert "xx-new-1" in named_regions((ALL, "xx-new-1"), "compute-optimizer")
    assert named_regions((ALL,), "compute-optimizer")[0] == "us-east-1"
    assert named_regions(("b", "a", "b"), "compute-optimizer") == ("b", "a")
