"""The guard of a real account: what is not a known read is refused before it is sent."""

from collections.abc import Collection
from typing import Any

from local.account_folder import SERVICES
from tasks.iam_actions import READS
from workflows.errors import NotARead

SERVICE_NAMES = {service_id: service for service, service_id in SERVICES.items()}

# How boto3 itself gets a profile's credentials; they read and write nothing in the account.
SIGN_IN = frozenset(
    {
        "signin:CreateOAuth2Token",
        "sso:GetRoleCredentials",
        "sso-oidc:CreateToken",
        "sts:AssumeRole",
        "sts:AssumeRoleWithSAML",
        "sts:AssumeRoleWithWebIdentity",
        "sts:GetSessionToken",
    }
)


def only_reads(session: Any, *, besides: Collection[str] = ()) -> None:
    """Clients that this session creates from now on call what stands in the table of reads, and nothing else.

    session is boto3's or botocore's. Anything else, unknown operations included, raises NotARead; besides names the
    operations ("service:Operation") that are let through although they are no reads.
    """
    allowed = READS.keys() | SIGN_IN | set(besides)

    def refuse_what_is_no_read(event_name: str, **_: Any) -> None:
        operation = operation_named_by(event_name)
        if operation not in allowed:
            raise NotARead(f"{operation} is no known read, and nothing else is sent to an account under review.")

    events = getattr(session, "events", None) or session.get_component("event_emitter")
    events.register_first("before-call", refuse_what_is_no_read)


def operation_named_by(event_name: str) -> str:
    """ "ce:GetCostForecast" for the event "before-call.cost-explorer.GetCostForecast"."""
    _, service_id, operation = event_name.split(".")
    return f"{SERVICE_NAMES.get(service_id, service_id)}:{operation}"
