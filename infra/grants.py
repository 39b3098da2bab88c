"""Who may do what: the whole table in view, then one policy statement a right."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from infra.shared_context import EVIDENCE_PREFIX, REPORTS_PREFIX
from tasks.agents import AGENTS
from tasks.agents.spec import AgentSpec
from tasks.consumers import DEEP_DIVE, START_REVIEW

EVIDENCE = f"{EVIDENCE_PREFIX}*"
PAID_RESPONSES = f"{EVIDENCE_PREFIX}cost-explorer-agent/responses/*"
DEEP_DIVES = f"{EVIDENCE_PREFIX}cost-explorer-agent/deep-dive/*"
BASELINES = f"{EVIDENCE_PREFIX}supervisor/*"
IMPLEMENTED = f"{EVIDENCE_PREFIX}supervisor/implemented/*"
READINESS = f"{EVIDENCE_PREFIX}supervisor/readiness/*"
SETTINGS = "settings/*"
REPORTS = f"{REPORTS_PREFIX}*"
DISCOVERED = f"{REPORTS_PREFIX}*/discovered/*"
AGENT_TAG = "finops-agent"
"""With the value "true", on the functions of other teams that reviews may invoke."""


@dataclass(frozen=True)
class Access:
    """What one function may do.

    reads, writes, lists  keys of the shared context
    reads_agent_states    sees what each agent noted of itself
    notes_state_of        the agent whose state it may read and write, and no other's
    notes_state_but_of    the agents whose state it may not touch, while it may read and write that of others
    reads_registry        sees which agents of other teams are registered
    reads_paid_requests   sees how many paid requests were counted
    counts_paid_requests  counts each request that costs money before it is sent
    keeps_decisions       reads what people decided, and writes what a review concludes from it
    announces             puts events on our bus
    handles_events_once   remembers in the idempotency table which events it has dealt with
    invokes_agents        invokes the functions of this account that are tagged as agents
    asks_aws              actions on the account under review; reads, unless the stack is told to refresh too
    """

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    reads_agent_states: bool = False
    notes_state_of: str | None = None
    notes_state_but_of: tuple[str, ...] = ()
    reads_registry: bool = False
    reads_paid_requests: bool = False
    counts_paid_requests: bool = False
    keeps_decisions: bool = False
    announces: bool = False
    handles_events_once: bool = False
    invokes_agents: bool = False
    asks_aws: tuple[str, ...] = ()


STEP_ACCESS: Mapping[str, Access] = {
    "PrepareReview": Access(reads_registry=True),
    "CheckReadiness": Access(writes=(READINESS, DISCOVERED), reads_agent_states=True, reads_registry=True),
    "ConsolidateFindings": Access(
        reads=(EVIDENCE, SETTINGS, DISCOVERED),
        writes=(REPORTS, IMPLEMENTED),
        lists=(BASELINES, SETTINGS),
        reads_paid_requests=True,
        keeps_decisions=True,
    ),
    "WriteSummary": Access(reads=(REPORTS,)),
    "PublishReport": Access(reads=(REPORTS,), writes=(REPORTS, BASELINES), announces=True),
    "RecordFailure": Access(writes=(REPORTS,), announces=True),
}

CONSUMER_ACCESS: Mapping[str, Access] = {
    # Beside the one right that is not in this table: to start executions of the review's machine.
    START_REVIEW.name: Access(reads_paid_requests=True, handles_events_once=True),
    # The one question that the Cost Explorer agent asks the bill about named resources, counted like its own.
    DEEP_DIVE.name: Access(
        reads=(EVIDENCE,),
        writes=(DEEP_DIVES, PAID_RESPONSES),
        lists=(PAID_RESPONSES, DEEP_DIVES, BASELINES),
        reads_paid_requests=True,
        counts_paid_requests=True,
        handles_events_once=True,
        asks_aws=("ce:GetCostAndUsageWithResources",),
    ),
}

ASK_ACCESS = Access(reads=(EVIDENCE,), lists=(EVIDENCE,))


PROXY_ACCESS = Access(
    reads=(EVIDENCE, DISCOVERED),
    writes=(EVIDENCE, DISCOVERED),
    notes_state_but_of=tuple(spec.name for spec in AGENTS),
    announces=True,
    invokes_agents=True,
)
"""It asks nothing of AWS about the account: what other teams' functions read is their own roles' matter."""


def work_access(spec: AgentSpec, *, refreshes: bool) -> Access:
    """An agent at work reads its own AWS services, and passes on what it saw; refreshes has AWS look anew before."""
    return Access(
        reads=(EVIDENCE,),
        writes=(EVIDENCE,),
        # Who pays looks first for what was paid for today, and asks about what was carried out or named before.
        lists=(PAID_RESPONSES, DEEP_DIVES, BASELINES) if spec.has_paid_reads else (),
        notes_state_of=spec.name,
        announces=True,
        counts_paid_requests=spec.has_paid_reads,
        asks_aws=(*spec.may_read, *spec.may_refresh) if refreshes else spec.may_read,
    )


@dataclass(frozen=True)
class Owned:
    """What the stack owns and its functions share."""

    bucket: s3.Bucket
    agent_states: dynamodb.Table
    paid_requests: dynamodb.Table
    opportunities: dynamodb.Table
    registry: dynamodb.Table
    idempotency: dynamodb.Table
    bus: events.EventBus


def grant(function: lambda_.Function, access: Access, owned: Owned) -> None:
    """The function's role has these rights."""
    for statement in (
        *_on_the_bucket(access, owned.bucket),
        *_on_the_states(access, owned),
        *_on_the_rest(access, owned),
    ):
        function.add_to_role_policy(statement)


def _on_the_bucket(access: Access, bucket: s3.Bucket) -> Iterator[iam.PolicyStatement]:
    if access.reads:
        # The second right too, because a reference names the version that was stored.
        objects = [bucket.arn_for_objects(keys) for keys in access.reads]
        yield iam.PolicyStatement(actions=["s3:GetObject", "s3:GetObjectVersion"], resources=objects)
    if access.writes:
        yield _may("s3:PutObject", *(bucket.arn_for_objects(keys) for keys in access.writes))
    if access.lists:
        yield iam.PolicyStatement(
            actions=["s3:ListBucket"],
            resources=[bucket.bucket_arn],
            conditions={"StringLike": {"s3:prefix": list(access.lists)}},
        )


def _on_the_states(access: Access, owned: Owned) -> Iterator[iam.PolicyStatement]:
    if access.reads_agent_states:
        yield _may("dynamodb:BatchGetItem", owned.agent_states.table_arn)
    if access.notes_state_of is not None:
        yield iam.PolicyStatement(
            actions=["dynamodb:GetItem", "dynamodb:PutItem"],
            resources=[owned.agent_states.table_arn],
            conditions={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [access.notes_state_of]}},
        )
    if access.notes_state_but_of:
        yield iam.PolicyStatement(
            actions=["dynamodb:GetItem", "dynamodb:PutItem"],
            resources=[owned.agent_states.table_arn],
            conditions={"ForAllValues:StringNotEquals": {"dynamodb:LeadingKeys": list(access.notes_state_but_of)}},
        )


def _on_the_rest(access: Access, owned: Owned) -> Iterator[iam.PolicyStatement]:
    if access.reads_registry:
        yield _may("dynamodb:Query", owned.registry.table_arn)
    if access.reads_paid_requests:
        yield _may("dynamodb:GetItem", owned.paid_requests.table_arn)
    if access.counts_paid_requests:
        yield _may("dynamodb:UpdateItem", owned.paid_requests.table_arn)
    if access.keeps_decisions:
        yield iam.PolicyStatement(
            actions=["dynamodb:Scan", "dynamodb:PutItem"], resources=[owned.opportunities.table_arn]
        )
    if access.announces:
        yield _may("events:PutEvents", owned.bus.event_bus_arn)
    if access.handles_events_once:
        remembering = [f"dynamodb:{verb}Item" for verb in ("Get", "Put", "Update", "Delete")]
        yield iam.PolicyStatement(actions=remembering, resources=[owned.idempotency.table_arn])
    if access.invokes_agents:
        # By the tag, because nobody knows their names before; none of this stack's own functions has it.
        yield iam.PolicyStatement(
            actions=["lambda:InvokeFunction"],
            resources=[f"arn:{Aws.PARTITION}:lambda:*:{Aws.ACCOUNT_ID}:function:*"],
            conditions={"StringEquals": {f"aws:ResourceTag/{AGENT_TAG}": "true"}},
        )
    if access.asks_aws:
        # On everything, because most of these know no resource level, and the review is of the account as a whole.
        yield iam.PolicyStatement(actions=list(access.asks_aws), resources=["*"])


def _may(action: str, *resources: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=[action], resources=list(resources))
