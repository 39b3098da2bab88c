"""Tables and texts of Markdown in which nothing that somebody named acts on anything."""

import re
from collections.abc import Collection, Iterable, Sequence


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], *, right: Collection[str] = ()) -> str:
    """The rows under their headers, figures (the headers in right) to the right; each cell stays in its cell."""
    lines = [
        "| " + " | ".join(headers) + " |",
        "|" + "|".join(" ---: " if one in right else " --- " for one in headers) + "|",
    ]
    lines += ["| " + " | ".join(escaped(str(cell)) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def paragraph(text: str) -> str:
    """The text in one line that begins no heading, list or rule either."""
    return re.sub(r"^ *(\d*)(?=[#+=.)-])", r"\1\\", escaped(text))


def escaped(text: str) -> str:
    """The text in one line, with nothing in it that Markdown or HTML would act on."""
    flat = re.sub(r"&(?=#?\w+;)", "&amp;", re.sub(r"\s+", " ", text)).replace("<", "&lt;").replace(">", "&gt;")
    # A bare address becomes a link by its "://", its "www." or its "@"; "_" emphasises only at a word's edge.
    return re.sub(r"([|`\[\]\\*~@]|:(?=//)|(?<=www)\.|(?<!\w)_|_(?!\w))", r"\\\1", flat)
