"""Real boto3 clients of the sample account, and what the tests ask them again and again."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import boto3

from local.account_folder import SAMPLE_ACCOUNT, load_account
from local.account_server import serve

ACCOUNT = load_account(SAMPLE_ACCOUNT)
COSTS = {"Granularity": "DAILY", "Metrics": ["UnblendedCost", "AmortizedCost"]}
BY_SERVICE = [{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "DIMENSION", "Key": "RECORD_TYPE"}]
BY_RESOURCE = [{"Type": "DIMENSION", "Key": "RESOURCE_ID"}]

Spend = dict[tuple[str, str, str], Decimal]


class SampleClients:
    """Clients of the sample account, and how many requests they made."""

    def __init__(self) -> None:
        self.session = boto3.Session(aws_access_key_id="none", aws_secret_access_key="none", region_name="us-east-1")
        serve(ACCOUNT, self.session)
        self.requests = 0
        self.session.events.register("response-received", self._count)

    def _count(self, **_: Any) -> None:
        self.requests += 1

    def client(self, service: str, region: str = "us-east-1") -> Any:
        return self.session.client(service, region_name=region)

    def pages(self, service: str, operation: str, **parameters: Any) -> list[Any]:
        return list(self.client(service).get_paginator(operation).paginate(**parameters))

    def follow(self, call: Callable[..., Any], token: str, **parameters: Any) -> Iterator[Any]:
        """The pages of an operation for which boto3 has no paginator."""
        page = call(**parameters)
        yield page
        while token in page:
            page = call(**parameters, **{token: page[token]})
            yield page

    def spend(self, start: str, end: str) -> Spend:
        parameters = {**COSTS, "TimePeriod": {"Start": start, "End": end}, "GroupBy": BY_SERVICE}
        return {
            (bucket["TimePeriod"]["Start"], *group["Keys"]): Decimal(group["Metrics"]["UnblendedCost"]["Amount"])
            for page in self.follow(self.client("ce").get_cost_and_usage, "NextPageToken", **parameters)
            for bucket in page["ResultsByTime"]
            for group in bucket["Groups"]
        }

    def resource_spend(self, start: str, end: str, *ids: str) -> dict[str, list[Decimal]]:
        named = {"And": [{"Dimensions": {"Key": "RESOURCE_ID", "Values": list(ids)}}]}
        parameters = {**COSTS, "TimePeriod": {"Start": start, "End": end}, "GroupBy": BY_RESOURCE, "Filter": named}
        daily: dict[str, list[Decimal]] = {}
        for bucket in self.client("ce").get_cost_and_usage_with_resources(**parameters)["ResultsByTime"]:
            for group in bucket["Groups"]:
                daily.setdefault(group["Keys"][0], []).append(Decimal(group["Metrics"]["AmortizedCost"]["Amount"]))
        return daily


def exact(number: float) -> Decimal:
    return Decimal(str(number))
