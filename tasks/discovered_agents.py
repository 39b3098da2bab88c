"""What a review keeps of other teams' agents: who they are (the manifest), and how each one's step went (its outcome).

Both lie below reviews/{review_id}/discovered/, because a hundred of them have no room in the state: the state holds
the manifest's reference. An outcome is {"collect": slot, "analyse": slot}, slots as the state holds those of built-in
agents; the one of the analysis holds that of the collecting too, so that evidence and findings belong together.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal

from botocore.exceptions import BotoCoreError, ClientError

from tasks.shared_context import REVIEWS_PREFIX, read_content, store_review_file, stored_as
from tasks.wiring import World
from workflows.cost_review.answers import Reference
from workflows.discovery.manifest import Listed, Manifest, manifest_bytes, manifest_from
from workflows.errors import InvalidContent

FOLDER = "discovered"
MANIFEST = f"{FOLDER}/agents.json"
JSON_TYPE = "application/json"
Stage = Literal["collect", "analyse"]
Slots = Mapping[str, Any]


def store_manifest(world: World, review_id: str, manifest: Manifest) -> Reference:
    """Where the manifest lies from now on; a second look's takes the place of the first one's."""
    content = manifest_bytes(manifest)
    return store_review_file(world, review_id=review_id, name=MANIFEST, content=content, content_type=JSON_TYPE)


def read_manifest(world: World, reference: Reference) -> Manifest:
    """The manifest that was stored; InvalidContent where it is not there as it was."""
    return manifest_from(read_content(world, reference))


def store_outcome(world: World, review_id: str, agent: Listed, stage: Stage, slots: Slots) -> None:
    """Afterwards ConsolidateFindings finds how the agent's step went."""
    content = json.dumps(slots, sort_keys=True).encode()
    name = _outcome_name(agent, stage)
    store_review_file(world, review_id=review_id, name=name, content=content, content_type=JSON_TYPE)


def outcome_of(world: World, review_id: str, agent: Listed, stage: Stage) -> Slots | None:
    """How the agent's step went; None where it did not come to an end, or nobody can read what it left."""
    try:
        _, content = stored_as(world, f"{REVIEWS_PREFIX}/{review_id}/{_outcome_name(agent, stage)}")
        slots = json.loads(content)
    except (ClientError, BotoCoreError, InvalidContent, ValueError):
        return None
    return slots if isinstance(slots, dict) else None


def _outcome_name(agent: Listed, stage: Stage) -> str:
    return f"{FOLDER}/{agent.name}/{stage}.json"
