"""The kinds of action that people decide about: what holds for one kind does not hold for another."""

from workflows.savings.overlaps import STOP_PAYING

STOPS_PAYING = "StopPaying"


def action_kind(action_type: str) -> str:
    """StopPaying for whatever stops paying for a resource (Stop, Delete, ScaleIn), else the action itself."""
    return STOPS_PAYING if action_type in STOP_PAYING else str(action_type)


def kind_words(kind: str) -> str:
    """The kind by the names of its actions."""
    return "Stop, Delete or ScaleIn" if kind == STOPS_PAYING else kind


def same_kind(one: str, other: str) -> bool:
    """Whether both are of one kind; a kind that nobody knows, "", goes with each."""
    return not one or not other or one == other
