"""Synthesizes the stacks: `python app.py` writes cdk.out/, and needs no credentials, no network and no cdk command.

What differs between stages stands here, as keyword arguments.
"""

import os

from infra.node import use_packaged_node

use_packaged_node()  # first, because aws_cdk starts node as soon as it is imported

from aws_cdk import App, Aws  # noqa: E402, because of the line above

from infra.aws_events_stack import AwsEventsStack  # noqa: E402, because of the line above
from infra.discovery import Discovery  # noqa: E402, because of the line above
from infra.supervisor_stack import SupervisorStack  # noqa: E402, because of the line above

# The region that the supervisor is deployed in, where that is not us-east-1: a second, small stack in us-east-1 then
# forwards to it what AWS announces only there.
SUPERVISOR_REGION: str | None = None


def supervisor_app(outdir: str) -> App:
    """The app with its stacks; no account and no region is named, so each deploys wherever it is pointed."""
    app = App(outdir=outdir, analytics_reporting=False)  # off, because our template holds our resources only
    SupervisorStack(
        app,
        "FinOpsSupervisor",
        prefix="",  # a second stage in the same account needs one, such as "staging-"
        regions=(Aws.REGION,),  # name more where the account runs more
        schedule="cron(15 3 * * ? *)",  # None starts no review by night
        time_zone="Etc/UTC",
        discovery=Discovery(),  # name registrars, so that agents of other teams can be registered
        trusted_advisor_refresh=False,  # True has Trusted Advisor look anew first; its role may then do more than read
    )
    if SUPERVISOR_REGION is not None:
        AwsEventsStack(app, "FinOpsAwsEvents", prefix="", supervisor_region=SUPERVISOR_REGION)
    return app


if __name__ == "__main__":
    supervisor_app(os.environ.get("CDK_OUTDIR", "cdk.out")).synth()  # the cdk command says by CDK_OUTDIR where to
