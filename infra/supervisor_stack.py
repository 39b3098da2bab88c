"""The parts list."""

from collections.abc import Mapping, Sequence

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.agent_functions import AgentFunctions
from infra.agent_registrar import AgentRegistrar
from infra.aws_events import AwsEvents
from infra.budget_alerts import BudgetAlerts
from infra.built_in_cards import BuiltInCards
from infra.cost_review import CostReview
from infra.dead_letters import DeadLetters
from infra.definition import cost_review, longest_timeouts_s
from infra.discovery import Discovery, bound_by
from infra.event_bus import FinopsEventBus
from infra.event_consumers import EventConsumers
from infra.function_code import runtime_code
from infra.grants import ASK_ACCESS, CONSUMER_ACCESS, PROXY_ACCESS, STEP_ACCESS, Owned, grant, work_access
from infra.nightly_schedule import NightlySchedule
from infra.review_function import FunctionSettings, review_function
from infra.reviews_api import ReviewsApi
from infra.shared_context import SharedContext
from infra.supervisor_steps import SupervisorSteps
from infra.table import Table
from tasks import settings
from tasks.agents import AGENTS, discovered
from tasks.consumers import START_REVIEW
from tasks.steps import STEPS

PROXY_MEMORY_MB = 512


class SupervisorStack(Stack):
    """The supervisor, its agents, what they share and what starts a review."""

    def __init__(  # noqa: PLR0913 because what differs between stages is to be seen in app.py, each by its name
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        regions: Sequence[str],
        schedule: str | None,
        time_zone: str,
        trusted_advisor_refresh: bool,
        discovery: Discovery,
    ) -> None:
        """prefix goes before every name; regions are what a review looks at by default; schedule None starts none.

        trusted_advisor_refresh has Trusted Advisor look anew before each review, and grants what is needed for it.
        discovery says who may register agents of other teams, and what bounds the function that asks them.
        """
        super().__init__(scope, construct_id, description="A supervisor of FinOps agents on Step Functions.")
        owned = self._owned(prefix)
        shared = FunctionSettings(code=runtime_code(), environment=_environment(owned, regions, prefix), prefix=prefix)
        supervisor = CostReview(
            self,
            "CostReview",
            name=f"{prefix}finops-cost-review",
            definition=cost_review(),
            functions=self._functions_of_the_review(shared, owned, discovery, refreshes=trusted_advisor_refresh),
        ).state_machine
        if schedule is not None:
            nightly = f"{prefix}finops-nightly-review"
            NightlySchedule(
                self, "Nightly", name=nightly, schedule=schedule, time_zone=time_zone, state_machine=supervisor
            )
        self._what_reacts_to_events(shared, owned, supervisor)
        if discovery.registrars:
            registrar = AgentRegistrar(
                self, "AgentRegistrar", registrars=discovery.registrars, registry=owned.registry
            ).role
            CfnOutput(self, "AgentRegistrarRole", value=registrar.role_arn)
        api = ReviewsApi(self, "ReviewsApi", name=f"{prefix}finops-reviews", state_machine=supervisor).api

        CfnOutput(self, "StateMachineArn", value=supervisor.state_machine_arn)
        CfnOutput(self, "ReviewsUrl", value=api.url_for_path("/reviews"))
        CfnOutput(self, "ContextBucket", value=owned.bucket.bucket_name)

    def _owned(self, prefix: str) -> Owned:
        """What the functions keep and share."""
        return Owned(
            bucket=SharedContext(self, "SharedContext").bucket,
            # What each agent can do now; waking the agents writes it anew.
            agent_states=Table(
                self,
                "AgentStates",
                table_name=f"{prefix}finops-agent-states",
                keys=("agent_name",),
                expires="delete_after",
                restorable=True,
            ).table,
            # Requests to Cost Explorer against the cap a review and the cap a day: each counter matters for a day.
            paid_requests=Table(
                self, "PaidRequests", table_name=f"{prefix}finops-paid-requests", keys=("counter",), expires="ttl"
            ).table,
            # What people decided about savings, and what came of it.
            opportunities=Table(
                self, "Opportunities", table_name=f"{prefix}finops-opportunities", keys=("opportunity_id",), kept=True
            ).table,
            # The cards of the agents that take part in reviews; whoever writes here decides who is told of the account.
            registry=Table(
                self,
                "AgentRegistry",
                table_name=f"{prefix}finops-agent-registry",
                keys=("registry", "agent_name"),
                restorable=True,
            ).table,
            # Events that a consumer has dealt with, or is dealing with.
            idempotency=Table(
                self, "Idempotency", table_name=f"{prefix}finops-idempotency", keys=("id",), expires="ttl"
            ).table,
            bus=FinopsEventBus(self, "EventBus", bus_name=f"{prefix}finops").bus,
        )

    def _functions_of_the_review(
        self, shared: FunctionSettings, owned: Owned, discovery: Discovery, *, refreshes: bool
    ) -> Mapping[str, lambda_.Function]:
        """The functions with their rights, by what the definition calls them; ask functions are not among these."""
        timeouts_s = longest_timeouts_s(cost_review())
        agents = AgentFunctions(self, "Agents", agents=AGENTS, shared=shared, timeouts_s=timeouts_s)
        steps = SupervisorSteps(self, "Steps", steps=STEPS, shared=shared, timeouts_s=timeouts_s)
        for spec in AGENTS:
            grant(agents.work[spec.key], work_access(spec, refreshes=refreshes), owned)
            if refreshes and spec.may_refresh:
                agents.work[spec.key].add_environment(settings.TRUSTED_ADVISOR_REFRESH, settings.TURNED_ON)
            grant(agents.ask[spec.key], ASK_ACCESS, owned)
        for step in STEPS:
            grant(steps.by_step[step], STEP_ACCESS[step], owned)
        proxy = review_function(
            self,
            discovered.WORK_PLACEHOLDER,
            shared=shared,
            name=discovered.WORK_FUNCTION,
            handler=f"{discovered.HANDLER_MODULE}.work",
            timeout_s=timeouts_s[discovered.WORK_PLACEHOLDER],
            memory_mb=PROXY_MEMORY_MB,
        )
        grant(proxy, PROXY_ACCESS, owned)
        if discovery.proxy_boundary is not None:
            bound_by(discovery.proxy_boundary, proxy)
        BuiltInCards(self, "BuiltInCards", prefix=shared.prefix, agents=AGENTS, ask=agents.ask)
        return (
            steps.by_step
            | {discovered.WORK_PLACEHOLDER: proxy}
            | {spec.work_placeholder: agents.work[spec.key] for spec in AGENTS}
        )

    def _what_reacts_to_events(self, shared: FunctionSettings, owned: Owned, supervisor: sfn.StateMachine) -> None:
        """The consumers with their rights, and the ways by which AWS's events and budgets' alerts reach them."""
        prefix = shared.prefix
        dead_letters = DeadLetters(self, "DeadLetters", name=f"{prefix}finops-dead-letters").queue
        consumers = EventConsumers(self, "Consumers", shared=shared, bus=owned.bus, dead_letters=dead_letters).by_name
        for name, access in CONSUMER_ACCESS.items():
            grant(consumers[name], access, owned)
        starts = consumers[START_REVIEW.name]
        starts.add_environment(settings.STATE_MACHINE_ARN, supervisor.state_machine_arn)
        supervisor.grant_start_execution(starts)
        AwsEvents(self, "AwsEvents", prefix=prefix, bus=owned.bus, dead_letters=dead_letters)
        alerts = f"{prefix}finops-budget-alerts"
        topic = BudgetAlerts(self, "BudgetAlerts", name=alerts, consumer=starts, dead_letters=dead_letters).topic
        CfnOutput(self, "BudgetAlertsTopic", value=topic.topic_arn)
        CfnOutput(self, "DeadLettersUrl", value=dead_letters.queue_url)


def _environment(owned: Owned, regions: Sequence[str], prefix: str) -> dict[str, str]:
    """What every function reads from its environment."""
    return {
        settings.CONTEXT_BUCKET: owned.bucket.bucket_name,
        settings.AGENT_STATES_TABLE: owned.agent_states.table_name,
        settings.PAID_REQUESTS_TABLE: owned.paid_requests.table_name,
        settings.OPPORTUNITIES_TABLE: owned.opportunities.table_name,
        settings.AGENT_REGISTRY_TABLE: owned.registry.table_name,
        settings.IDEMPOTENCY_TABLE: owned.idempotency.table_name,
        settings.EVENT_BUS: owned.bus.event_bus_name,
        settings.REGIONS: ",".join(regions),
        settings.FUNCTION_PREFIX: prefix,
    }
