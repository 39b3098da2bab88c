"""The `finops` command on a given day: what AWS still keeps depends on the day, and tests say the same next year.

python -m tests.local.on_a_day 2026-11-16 review --profile reader
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from local import clock
from local.command_line import main


def finops_on(day: str, arguments: Sequence[str]) -> int:
    """The command's exit code; for the whole process it stays that day."""
    noon = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)
    clock.now = lambda: noon
    return main(list(arguments))


if __name__ == "__main__":
    sys.exit(finops_on(sys.argv[1], sys.argv[2:]))
