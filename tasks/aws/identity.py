"""Whose account this is."""

from botocore.exceptions import BotoCoreError, ClientError

from tasks.aws.failures import in_our_words
from tasks.wiring import Clients


def account_id(clients: Clients) -> str:
    """The twelve digits of the account whose credentials are used; needs no permission, costs nothing."""
    try:
        return str(clients("sts", "us-east-1").get_caller_identity()["Account"])
    except (ClientError, BotoCoreError) as error:
        raise in_our_words(error) from error
