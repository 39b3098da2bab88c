"""Whose account this is."""

from botocore.exceptions import BotoCoreError, ClientError

from tasks.aws.failures import in_our_words
from tasks.deadline import in_time
from tasks.wiring import Clients


def account_id(clients: Clients) -> str:
    """The twelve digits of the account whose credentials are used; needs no permission, costs nothing."""
    try:
        sts = clients("sts", "us-east-1")
        return str(in_time(sts.get_caller_identity, "sts:GetCallerIdentity")["Account"])
    except (ClientError, BotoCoreError) as error:
        raise in_our_words(error) from error
