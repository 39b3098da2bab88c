"""finops policy: the least that a role needs to be allowed for a review to see everything."""

import json
import sys
from typing import Any

from tasks.agents import AGENTS


def policy_command(*, refreshing: bool = False) -> int:
    """Prints the IAM policy; nothing is asked of AWS for it."""
    sys.stdout.write(json.dumps(reading_policy(refreshing=refreshing), indent=2) + "\n")
    return 0


def reading_policy(*, refreshing: bool = False) -> dict[str, Any]:
    """One statement an agent, from what it may read. None of these actions can be limited to single resources.

    refreshing adds what an agent needs to have AWS look anew.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "".join(word.capitalize() for word in spec.key.split("_")),
                "Effect": "Allow",
                "Action": sorted({*spec.may_read, *(spec.may_refresh if refreshing else ())}),
                "Resource": "*",
            }
            for spec in AGENTS
        ],
    }
