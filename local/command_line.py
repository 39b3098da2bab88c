"""The finops command.

Exit codes of a review: 0 complete, 3 partial, 1 failed, 2 bad input (then nothing was read, paid for or written).
"""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from local.options import agents, decisions, history, review
from workflows.errors import BadInput, FinOpsError

FAILED, BAD_INPUT = 1, 2
INTERRUPTED, BROKEN_PIPE = 130, 141
GROUPS = (review, history, agents, decisions)
"""In the order in which `finops --help` names their commands."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code."""
    options = _parser().parse_args(arguments)
    # The functions log as in AWS; here their errors are in the report, so the log stays out of the way.
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    try:
        return int(options.run(options))
    except BadInput as error:
        return _complain(error.problems, BAD_INPUT)
    except FinOpsError as error:
        return _complain([str(error)], FAILED)
    except KeyboardInterrupt:
        return _complain(["interrupted; the state folder is as it was before"], INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has closed it (finops show latest | head): end quietly, as if by the signal itself.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def _complain(problems: Sequence[str], code: int) -> int:
    for problem in problems:
        print(f"finops: {problem}", file=sys.stderr)
    return code


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in the same words and with the same exit code as everything else."""

    def error(self, message: str) -> NoReturn:
        print(f"finops: {message} (see: {self.prog} --help)", file=sys.stderr)
        raise SystemExit(BAD_INPUT)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="finops", description="Asks the FinOps agents what can be saved, and counts it once.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for group in GROUPS:
        group.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
