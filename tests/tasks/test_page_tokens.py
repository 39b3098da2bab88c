"""Every list is read to its end: who takes the token of the next page is known, or told to be unknown."""

from typing import Any, ClassVar

import botocore.session
import pytest

from tasks.aws.page_tokens import page_tokens
from workflows.errors import MalformedResponse


def described(service: str, operation: str) -> Any:
    return botocore.session.get_session().get_service_model(service).operation_model(operation)


@pytest.mark.parametrize(
    ("service", "operation", "tokens"),
    [
        ("ce", "GetAnomalies", ("NextPageToken", "NextPageToken")),
        ("ce", "GetSavingsPlansCoverage", ("NextToken", "NextToken")),
        ("ec2", "DescribeVolumes", ("NextToken", "NextToken")),
        ("elbv2", "DescribeLoadBalancers", ("NextMarker", "Marker")),
        ("logs", "DescribeLogGroups", ("nextToken", "nextToken")),
        ("ec2", "DescribeAddresses", None),
    ],
)
def test_the_next_page_is_asked_for_as_its_service_wants_it(
    service: str, operation: str, tokens: tuple[str, str] | None
) -> None:
    assert page_tokens(service, operation, described) == tokens


def test_a_token_that_nothing_is_known_to_take_is_no_end() -> None:
    """A made-up operation, because botocore knows a paginator for those that we looked at."""

    class Shape:
        members: ClassVar = {"NextMarker": None}

    class Model:
        output_shape, input_shape = Shape(), None

    with pytest.raises(MalformedResponse, match="next page is not known"):
        page_tokens("sts", "GetSomething", lambda *_: Model())
