"""Who reacts to events: a function a consumer, the rules by which events reach them, and where what fails is kept."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.event_rules import event_rule
from infra.review_function import FunctionSettings, review_function
from tasks.consumers import CONSUMERS, HANDLING_TIMEOUT_S, RULES, Consumer

MEMORY_MB = 512
# A review that starts half a day after what it is about looks at other figures; six hours is Lambda's own limit too.
LONGEST_AGE = Duration.hours(6)


class EventConsumers(Construct):
    """The functions by the consumer's name. What fails three times, or cannot be delivered, is a dead letter."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        shared: FunctionSettings,
        bus: events.IEventBus,
        dead_letters: sqs.IQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        self.by_name: Mapping[str, lambda_.Function] = {
            consumer.name: self._function(consumer, shared, dead_letters) for consumer in CONSUMERS
        }
        for rule in RULES:
            target = targets.LambdaFunction(
                self.by_name[rule.consumer.name], dead_letter_queue=dead_letters, max_event_age=LONGEST_AGE
            )
            event_rule(self, rule, prefix=shared.prefix, target=target, bus=bus)

    def _function(self, consumer: Consumer, shared: FunctionSettings, dead_letters: sqs.IQueue) -> lambda_.Function:
        function = review_function(
            self,
            consumer.placeholder,
            shared=shared,
            name=consumer.name,
            handler=f"{consumer.module}.handler",
            timeout_s=HANDLING_TIMEOUT_S,
            memory_mb=MEMORY_MB,
        )
        function.configure_async_invoke(
            max_event_age=LONGEST_AGE, on_failure=destinations.SqsDestination(dead_letters), retry_attempts=2
        )
        return function
