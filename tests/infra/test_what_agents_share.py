"""The bucket, the tables and the bus."""

from tests.infra.template import Template


def test_the_bucket_is_private_versioned_encrypted_and_outlives_the_stack(template: Template) -> None:
    """Reports are records."""
    bucket = template.the("AWS::S3::Bucket")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    blocked = bucket["PublicAccessBlockConfiguration"]
    assert len(blocked) == 4
    assert all(blocked.values())
    assert template.deletion_policy("AWS::S3::Bucket") == {"Retain"}


def test_the_bucket_refuses_what_comes_without_tls_or_with_an_old_one(template: Template) -> None:
    """Whoever asks, for whatever."""
    statements = template.the("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    assert {each["Effect"] for each in statements} == {"Deny"}
    conditions = [each["Condition"] for each in statements]
    assert conditions == [{"Bool": {"aws:SecureTransport": "false"}}, {"NumericLessThan": {"s3:TlsVersion": 1.2}}]


def test_evidence_expires_after_thirteen_months_and_reports_never(template: Template) -> None:
    """Of reports only the versions that were replaced go."""
    rules = template.the("AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]
    assert [(rule["Prefix"], rule["ExpirationInDays"]) for rule in rules if "ExpirationInDays" in rule] == [
        ("agent-context/", 400)
    ]
    assert {rule["Status"] for rule in rules} == {"Enabled"}
    (old,) = (rule["NoncurrentVersionExpiration"] for rule in rules if "NoncurrentVersionExpiration" in rule)
    assert old == {"NoncurrentDays": 90}


def test_the_states_table_holds_one_item_an_agent_on_demand_and_recoverable(template: Template) -> None:
    """Stale items go by themselves."""
    table = template.the("AWS::DynamoDB::Table", TableName="finops-agent-states")
    assert table["KeySchema"] == [{"AttributeName": "agent_name", "KeyType": "HASH"}]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "delete_after", "Enabled": True}


def test_the_paid_requests_table_holds_one_counter_a_review(template: Template) -> None:
    """On demand; old counters go by themselves."""
    table = template.the("AWS::DynamoDB::Table", TableName="finops-paid-requests")
    assert table["KeySchema"] == [{"AttributeName": "counter", "KeyType": "HASH"}]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}


def test_the_opportunities_table_holds_one_item_an_opportunity_recoverable_and_without_an_end(
    template: Template,
) -> None:
    """Decisions are no states that go stale."""
    table = template.the("AWS::DynamoDB::Table", TableName="finops-opportunities")
    assert table["KeySchema"] == [{"AttributeName": "opportunity_id", "KeyType": "HASH"}]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert "TimeToLiveSpecification" not in table


def test_the_tables_go_with_the_stack_except_for_what_people_decided(template: Template) -> None:
    """Names are fixed, and a table that stays stands in the way of the next; but nobody decides it all again."""
    resources = template.content["Resources"].values()
    tables = [one for one in resources if one["Type"] == "AWS::DynamoDB::Table"]
    assert {one["Properties"]["TableName"]: one["DeletionPolicy"] for one in tables} == {
        "finops-agent-states": "Delete",
        "finops-paid-requests": "Delete",
        "finops-opportunities": "Retain",
        "finops-agent-registry": "Delete",
        "finops-idempotency": "Delete",
    }


def test_there_is_one_bus(template: Template) -> None:
    """Ours, beside the default one."""
    assert template.the("AWS::Events::EventBus")["Name"] == "finops"
