"""How an operation tells that there is another page, and how that page is asked for."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.exceptions import UnknownServiceError
from botocore.loaders import create_loader

from workflows.errors import MalformedResponse

TOKEN_MEMBER = {
    "ce": "NextPageToken",
    "budgets": "NextToken",
    "trustedadvisor": "nextToken",
    "cost-optimization-hub": "nextToken",
    "compute-optimizer": "nextToken",
}
"""Services that have one name for it in questions and answers; boto3 has no paginator for half of these operations."""
TOKEN_MEMBER_OF = {"ce:GetSavingsPlansCoverage": "NextToken"}
"""Operations whose token has another name than their service's others."""
PAGE_TOKEN = re.compile(r"token$|marker$", re.IGNORECASE)


def page_tokens(service: str, operation: str, described: Callable[[str, str], Any]) -> tuple[str, str] | None:
    """The member of the answer that holds the token, and the parameter that takes it; None where all is one page.

    described gives botocore's model of an operation that no table knows. MalformedResponse where it has a token and
    nothing tells who takes it: the pages after the first would be lost without a word.
    """
    known = TOKEN_MEMBER_OF.get(f"{service}:{operation}") or TOKEN_MEMBER.get(service)
    if known is not None:
        return known, known
    paginator = _paginators(service).get(operation)
    if paginator is not None and isinstance(paginator["output_token"], str):
        return paginator["output_token"], paginator["input_token"]
    model = described(service, operation)
    answered, asked = (shape.members if shape else {} for shape in (model.output_shape, model.input_shape))
    tokens = sorted(filter(PAGE_TOKEN.search, answered))
    if not tokens:
        return None
    if len(tokens) > 1 or tokens[0] not in asked:
        raise MalformedResponse(f"How {service}:{operation} is asked for its next page is not known (page_tokens.py).")
    return tokens[0], tokens[0]


@cache
def _paginators(service: str) -> dict[str, Any]:
    try:
        described: dict[str, Any] = create_loader().load_service_model(service, "paginators-1")["pagination"]
    except UnknownServiceError:
        return {}
    return described
