"""The reviewed file of exemptions in the shared context; the same object here and in AWS."""

from botocore.exceptions import BotoCoreError, ClientError

from tasks.wiring import World
from workflows.errors import InvalidContent

EXEMPTIONS_KEY = "settings/exemptions.toml"


def stored_exemptions(world: World) -> bytes | None:
    """The file's content, None where there is none; InvalidContent where it is there and cannot be read."""
    s3, bucket = world.own("s3"), world.settings.context_bucket
    try:
        # Listed, not tried: S3 answers a key that is missing like one that is forbidden.
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=EXEMPTIONS_KEY)
        if EXEMPTIONS_KEY not in {entry["Key"] for entry in listed.get("Contents", [])}:
            return None
        content: bytes = s3.get_object(Bucket=bucket, Key=EXEMPTIONS_KEY)["Body"].read()
    except (ClientError, BotoCoreError) as error:
        raise InvalidContent(f"{EXEMPTIONS_KEY} cannot be read: {error}") from error
    return content
