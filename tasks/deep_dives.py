"""Deep dives in the shared context: agent-context/cost-explorer-agent/deep-dive/{timestamp}-{review_id}.json."""

from botocore.exceptions import BotoCoreError, ClientError

from tasks.shared_context import newest_contexts, store_context, stored_as
from tasks.telemetry import logger
from tasks.wiring import World
from workflows.cost_review.answers import Reference
from workflows.cost_review.deep_dive import DeepDive, deep_dive_bytes, deep_dive_from
from workflows.errors import InvalidContent

AGENT = "cost-explorer-agent"
CONTEXT_TYPE = "deep-dive"
MOST_TRIED = 20
"""Those of one account lie among those of others; nobody looks further back than this for one's own."""


def store_deep_dive(world: World, dive: DeepDive) -> Reference:
    """Afterwards the next reviews of the account find it."""
    return store_context(
        world, agent=AGENT, context_type=CONTEXT_TYPE, review_id=dive.review_id, content=deep_dive_bytes(dive)
    )


def newest_deep_dive(world: World, account_id: str) -> DeepDive | None:
    """The account's newest deep dive, or None where there is none, or none that can be read (the log says why)."""
    try:
        for key in newest_contexts(world, agent=AGENT, context_type=CONTEXT_TYPE)[:MOST_TRIED]:
            dive = deep_dive_from(stored_as(world, key)[1])
            if (dive.account_id, dive.origin) == (account_id, world.settings.responses_from):
                return dive
    except (InvalidContent, ClientError, BotoCoreError) as error:
        logger().warning(f"The newest deep dive cannot be read, and is left out: {error}")
    return None
