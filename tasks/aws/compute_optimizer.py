"""Compute Optimizer: truly regional, asked in each region on its own. boto3 has no paginator for most of its lists."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NoReturn

from tasks.aws.reading import Reader, note_refreshed, rows_in
from workflows.errors import AccessDenied, NotEnrolled, OutOfTime, SourceError, Throttled
from workflows.members import folded, members, text

SERVICE = "compute-optimizer"


@dataclass(frozen=True)
class List:
    """One of its lists: where the rows stand, of which types they are (None: any), how many a page may hold."""

    member: str
    types: frozenset[str] | None = None
    rows_a_page: int = 1000


DATABASES = frozenset({"RdsDbInstance", "RdsDbInstanceStorage", "RdsDbCluster", "AuroraDbClusterStorage"})
LISTS = {
    "GetEC2InstanceRecommendations": List("instanceRecommendations", frozenset({"Ec2Instance"})),
    "GetAutoScalingGroupRecommendations": List("autoScalingGroupRecommendations", frozenset({"Ec2AutoScalingGroup"})),
    "GetEBSVolumeRecommendations": List("volumeRecommendations", frozenset({"EbsVolume"})),
    "GetLambdaFunctionRecommendations": List("lambdaFunctionRecommendations", frozenset({"LambdaFunction"})),
    "GetECSServiceRecommendations": List("ecsServiceRecommendations", frozenset({"EcsService"})),
    "GetRDSDatabaseRecommendations": List("rdsDBRecommendations", DATABASES),
    "GetIdleRecommendations": List("idleRecommendations", rows_a_page=100),
}


def lists_of(types: Collection[str] | None) -> tuple[str, ...]:
    """The lists that may hold resources of these types; all of them where none are named."""
    return tuple(
        name
        for name, about in LISTS.items()
        if types is None or about.types is None or not about.types.isdisjoint(types)
    )


def read_recommendations(reader: Reader, lists: Collection[str] = tuple(LISTS)) -> int:
    """These lists of recommendations in the reader's region; NotEnrolled where the account is not.

    A list that is refused does not take the others with it: they are read, then the refusals are raised as one.
    """
    _enrolled(reader)
    if left_out := [name for name in LISTS if name not in lists]:
        reader.notes.append(f"The scope leaves out {', '.join(left_out)}.")
    return _of_each_list(reader, _read_list, lists)


def probe(reader: Reader) -> int:
    """The same with a row of each list, so that a permission that is missing shows; free."""
    _enrolled(reader)
    _of_each_list(reader, _first_row, tuple(LISTS))
    seen = (rows_in(one.response, about.member) for one in reader.responses if (about := LISTS.get(one.operation)))
    note_refreshed(reader, (row for rows in seen for row in rows), "lastRefreshTimestamp")
    return len(LISTS)


def _enrolled(reader: Reader) -> None:
    status = reader.ask(SERVICE, "GetEnrollmentStatus").get("status")
    if folded(status) != "active":
        raise NotEnrolled(f"Compute Optimizer's enrolment status is {text(status) or 'unknown'}.")


def _of_each_list(reader: Reader, reads: Callable[[Reader, str, List], int], lists: Collection[str]) -> int:
    rows, refusals = 0, []
    for operation in lists:
        try:
            rows += reads(reader, operation, LISTS[operation])
        except (Throttled, NotEnrolled, OutOfTime):
            raise
        except SourceError as error:
            if reader.given_up or not _answered(error):
                raise
            refusals.append((error, reader.last_operation))
    if refusals:
        _raise(reader, refusals)
    return rows


def _raise(reader: Reader, refusals: Sequence[tuple[SourceError, str]]) -> NoReturn:
    """The first refusal; of permissions all that are missing, so that they can be allowed at once."""
    first, asked = refusals[0]
    missing = [(error, operation) for error, operation in refusals if isinstance(error, AccessDenied)]
    if not isinstance(first, AccessDenied) or len(missing) == 1:
        reader.last_operation = asked
        raise first
    reader.last_operation = ", ".join(operation for _, operation in missing)
    raise AccessDenied("; ".join(str(error) for error, _ in missing)) from first.__cause__


def _first_row(reader: Reader, operation: str, about: List) -> int:
    return len(rows_in(reader.ask(SERVICE, operation, maxResults=1), about.member))


def _read_list(reader: Reader, operation: str, about: List) -> int:
    rows = 0
    for page in reader.pages(SERVICE, operation, maxResults=about.rows_a_page):
        rows += len(rows_in(page, about.member))
        errors = [members(one) for one in rows_in(page, "errors")]
        reader.notes.extend(f"{operation}: {text(one.get('identifier'))} {text(one.get('message'))}" for one in errors)
    return rows


def _answered(error: SourceError) -> bool:
    """Whether the region itself refused. Where it was not even reached, the next list would only wait again."""
    return error.__cause__ is None or hasattr(error.__cause__, "response")
