"""Compute Optimizer: truly regional, asked in each region on its own. boto3 has no paginator for most of its lists."""

from dataclasses import dataclass

from tasks.aws.reading import Reader, rows_in
from workflows.errors import NotEnrolled, SourceError, Throttled
from workflows.members import folded, members, text

SERVICE = "compute-optimizer"


@dataclass(frozen=True)
class List:
    """One of its lists: where the rows stand, and how many of them a page may hold."""

    member: str
    rows_a_page: int = 1000


LISTS = {
    "GetEC2InstanceRecommendations": List("instanceRecommendations"),
    "GetAutoScalingGroupRecommendations": List("autoScalingGroupRecommendations"),
    "GetEBSVolumeRecommendations": List("volumeRecommendations"),
    "GetLambdaFunctionRecommendations": List("lambdaFunctionRecommendations"),
    "GetECSServiceRecommendations": List("ecsServiceRecommendations"),
    "GetRDSDatabaseRecommendations": List("rdsDBRecommendations"),
    "GetIdleRecommendations": List("idleRecommendations", rows_a_page=100),
}


def read_recommendations(reader: Reader) -> int:
    """Every list of recommendations in the reader's region.

    A list that is refused does not take the others with it: they are read, then the first refusal is raised.
    """
    probe(reader)
    rows, refusals = 0, []
    for operation, about in LISTS.items():
        try:
            rows += _read_list(reader, operation, about)
        except (Throttled, NotEnrolled):
            raise
        except SourceError as error:
            if reader.given_up or not _answered(error):
                raise
            refusals.append((error, reader.last_operation))
    if refusals:
        first, reader.last_operation = refusals[0]
        raise first
    return rows


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


def probe(reader: Reader) -> int:
    """Asks whether the account is enrolled; NotEnrolled where it is not."""
    status = reader.ask(SERVICE, "GetEnrollmentStatus").get("status")
    if folded(status) != "active":
        raise NotEnrolled(f"Compute Optimizer's enrolment status is {text(status) or 'unknown'}.")
    return 1
