"""The way into every function: the world is made, and what goes wrong leaves in few and plain words."""

from collections.abc import Callable, Mapping
from typing import Any

from tasks.telemetry import logger
from tasks.wiring import World, world_of_lambda

LONGEST_MESSAGE = 1_000
Handle = Callable[[Mapping[str, Any], World], Mapping[str, Any]]


class Door:
    """A Lambda handler. AWS calls it with (event, context); a laptop calls run with a world of its own."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def __call__(self, event: Mapping[str, Any], _context: object) -> Mapping[str, Any]:
        return self.run(event, world_of_lambda())

    def run(self, event: Mapping[str, Any], world: World) -> Mapping[str, Any]:
        """The function's answer; its errors keep their class, by which Step Functions retries and catches.

        A failure's cause travels through the state, so its message is bounded and its trace is left to the log.
        """
        try:
            return self._handle(event, world)
        except Exception as error:
            logger().exception("The function failed.", extra={"review_id": _review_id(event)})
            raise _bounded(error).with_traceback(None) from None


def _bounded(error: Exception) -> Exception:
    said = str(error)
    if len(said) > LONGEST_MESSAGE:
        said = said[:LONGEST_MESSAGE] + "…"
        error.args = (said,)
    if len(str(error)) > len(said):
        # An error that words itself (pydantic's) takes no other words: only its name goes on, which is what is caught.
        error = type(type(error).__name__, (Exception,), {})(said)
    return error


def _review_id(event: object) -> str:
    """The review's id; before there is a review it is the execution's name."""
    if not isinstance(event, Mapping):
        return ""
    review, execution = event.get("review"), event.get("execution")
    if isinstance(review, Mapping):
        return str(review.get("review_id", ""))
    return str(execution.get("name", "")) if isinstance(execution, Mapping) else ""
