"""JSON pointers (RFC 6901): the way to one value in a document."""

from workflows.errors import InvalidContent


def resolved(document: object, pointer: str) -> object:
    """The value that the pointer leads to; InvalidContent says where the way ends."""
    if pointer and not pointer.startswith("/"):
        raise InvalidContent(f"{pointer!r} is no JSON pointer")
    value = document
    for part in pointer.split("/")[1:]:
        value = _member(value, part.replace("~1", "/").replace("~0", "~"), pointer)
    return value


def _member(value: object, name: str, pointer: str) -> object:
    if isinstance(value, dict) and name in value:
        return value[name]
    is_index = name.isascii() and name.isdigit() and (name == "0" or not name.startswith("0"))
    if isinstance(value, list) and is_index and int(name) < len(value):
        return value[int(name)]
    raise InvalidContent(f"{pointer} leads nowhere: there is no {name!r}")
