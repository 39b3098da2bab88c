"""The nightly review."""

from aws_cdk import Duration, TimeZone
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct


class NightlySchedule(Construct):
    """Starts a comprehensive review at the scheduled local time, or up to a quarter of an hour later."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        schedule: str,
        time_zone: str,
        state_machine: sfn.StateMachine,
    ) -> None:
        """schedule: an expression of EventBridge Scheduler, such as `cron(15 3 * * ? *)`."""
        super().__init__(scope, construct_id)
        scheduler.Schedule(
            self,
            "Schedule",
            schedule_name=name,
            description="Starts the nightly cost review.",
            schedule=scheduler.ScheduleExpression.expression(schedule, TimeZone.of(time_zone)),
            time_window=scheduler.TimeWindow.flexible(Duration.minutes(15)),
            target=targets.StepFunctionsStartExecution(
                state_machine,
                input=scheduler.ScheduleTargetInput.from_object({"requested_by": "nightly-schedule"}),
                # Not the day-long default, because a review of last night that starts at noon meets the next one.
                max_event_age=Duration.hours(2),
                retry_attempts=10,
            ),
        )
