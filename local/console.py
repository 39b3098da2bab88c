"""Where output goes, and how wide it is."""

from typing import TextIO

from rich.console import Console

PLAIN_WIDTH = 140


def console_for(stream: TextIO) -> Console:
    """A console on the stream; one that is not a terminal gets plain text of a fixed width."""
    return _Console(file=stream) if stream.isatty() else _Console(file=stream, width=PLAIN_WIDTH, no_color=True)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        # Rich would end with exit code 1, which is what a failed review ends with.
        raise BrokenPipeError
