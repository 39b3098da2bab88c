"""What no review has to look into, and for how much of what other teams claim it has room."""

from workflows.discovery.plausibility import MOST_CLAIMS, without_room


def test_who_claims_much_crowds_out_nobody_but_itself() -> None:
    assert without_room({"greedy": 80, "few": 10, "some": 40, "more": 60}, most=100) == {"greedy", "more"}
    assert without_room({"a": 50, "b": 50, "c": 50}, most=100) == {"c"}


def test_what_fits_leaves_nobody_out() -> None:
    assert without_room({"a": 60, "b": 40, "none": 0}, most=100) == frozenset()
    assert without_room({f"agent-{number}": 100 for number in range(95)}, most=MOST_CLAIMS) == frozenset()
