"""A JSON pointer leads to one value, or nowhere and says so."""

import pytest

from workflows.errors import InvalidContent
from workflows.json_pointer import resolved

DOCUMENT = {"a": [{"b/c": 1, "~": 2}, None], "": 3, "0": "zero"}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("", DOCUMENT), ("/a/0/b~1c", 1), ("/a/0/~0", 2), ("/a/1", None), ("/", 3), ("/0", "zero")],
)
def test_a_pointer_leads_to_its_value(pointer: str, value: object) -> None:
    assert resolved(DOCUMENT, pointer) == value


@pytest.mark.parametrize("pointer", ["a", "/b", "/a/2", "/a/-1", "/a/01", "/a/-", "/a/0/b", "/0/0", "/a/²"])
def test_a_pointer_that_leads_nowhere_says_so(pointer: str) -> None:
    with pytest.raises(InvalidContent, match=r"no JSON pointer|leads nowhere"):
        resolved(DOCUMENT, pointer)
