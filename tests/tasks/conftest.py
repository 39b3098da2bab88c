"""What the tests of this room share."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import botocore.endpoint
import pytest
from moto import mock_aws

from local.moto_seams import CONFIG
from tests.tasks.worlds import SETTINGS, own_clients


@pytest.fixture(autouse=True)
def retries_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3's pauses between attempts take no time."""
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None))


@pytest.fixture
def own_aws() -> Iterator[None]:
    """Our own bucket, tables and bus, empty; the account that is read passes moto by."""
    with emulated():
        yield


@pytest.fixture(scope="module")
def own_aws_of_the_module() -> Iterator[None]:
    """The same, shared by the tests of one module, where what lies in it takes long to make."""
    with emulated():
        yield


@contextmanager
def emulated() -> Iterator[None]:
    with mock_aws(config=CONFIG):
        clients = own_clients()
        clients("s3").create_bucket(Bucket=SETTINGS.context_bucket)
        clients("s3").put_bucket_versioning(
            Bucket=SETTINGS.context_bucket, VersioningConfiguration={"Status": "Enabled"}
        )
        for table, *keys in (
            (SETTINGS.agent_states_table, "agent_name"),
            (SETTINGS.paid_requests_table, "counter"),
            (SETTINGS.opportunities_table, "opportunity_id"),
            (SETTINGS.agent_registry_table, "registry", "agent_name"),
            (SETTINGS.idempotency_table, "id"),
        ):
            clients("dynamodb").create_table(
                TableName=table,
                KeySchema=[
                    {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
                ],
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
                BillingMode="PAY_PER_REQUEST",
            )
        clients("events").create_event_bus(Name=SETTINGS.event_bus)
        yield
