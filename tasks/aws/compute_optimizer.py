"""Compute Optimizer: truly regional, asked in each region on its own."""

from tasks.aws.reading import Reader
from workflows.errors import NotEnrolled

SERVICE = "compute-optimizer"
LISTS = {
    "GetEC2InstanceRecommendations": "instanceRecommendations",
    "GetEBSVolumeRecommendations": "volumeRecommendations",
    "GetLambdaFunctionRecommendations": "lambdaFunctionRecommendations",
    "GetRDSDatabaseRecommendations": "rdsDBRecommendations",
    "GetIdleRecommendations": "idleRecommendations",
}


def read_recommendations(reader: Reader) -> int:
    """Every list of recommendations in the reader's region."""
    probe(reader)
    return sum(
        len(page.get(member, [])) for operation, member in LISTS.items() for page in reader.pages(SERVICE, operation)
    )


def probe(reader: Reader) -> int:
    """Asks whether the account is enrolled; NotEnrolled where it is not."""
    status = reader.ask(SERVICE, "GetEnrollmentStatus").get("status")
    if status != "Active":
        raise NotEnrolled(f"Compute Optimizer's enrolment status is {status}.")
    return 1
