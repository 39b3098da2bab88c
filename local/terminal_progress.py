"""A run's progress in the terminal: every state with where it is, or plain lines where nobody watches."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from local.following import Progress, StateProgress
from local.plan import PlannedState

MARKS = {"done": ("✓", "green"), "gap": ("✗", "red")}
WORDS = {"done": "done", "gap": "gave nothing"}


class ShowsProgress(Protocol):
    """Takes in the events of a run as they come."""

    def __call__(self, events: Iterable[Mapping[str, Any]]) -> None: ...


@contextmanager
def progress_shown(console: Console, planned: Sequence[PlannedState]) -> Iterator[ShowsProgress]:
    """Within it, what is handed in shows: live in a terminal, a line a finished state elsewhere."""
    progress = Progress()
    if not console.is_terminal:
        yield lambda events: _print_lines(console, progress.take(events), planned)
        return
    with Live(console=console, refresh_per_second=8, transient=False) as live:
        view = _View(progress, planned)
        live.update(view)

        def show(events: Iterable[Mapping[str, Any]]) -> None:
            progress.take(events)

        yield show
        view.over = True
        live.update(view)


def _print_lines(console: Console, ended: Iterable[StateProgress], planned: Sequence[PlannedState]) -> None:
    shown = {state.name for state in planned}
    for state in ended:
        if state.name in shown:
            name = f"{state.name} ({state.agent})" if state.agent else state.name
            console.print(f"{name}: {WORDS[state.status]} ({state.seconds:.2f} s)", highlight=False, markup=False)


class _View:
    """The table of states, drawn anew at each refresh."""

    def __init__(self, progress: Progress, planned: Sequence[PlannedState]) -> None:
        self._progress, self._planned, self.over = progress, planned, False
        self._spinner = Spinner("dots", style="cyan")

    def __rich__(self) -> Table:
        table = Table.grid(padding=(0, 1))
        for state in self._planned:
            table.add_row(*self._row(state))
        return table

    def _row(self, planned: PlannedState) -> tuple[Any, Text, Text, Text]:
        state = self._progress.named(planned.name)
        name = Text("  " * planned.depth + planned.name)
        if state is None:
            name.stylize("dim")
            return Text("–" if self.over else "·", style="dim"), name, Text(""), Text("")
        if state.status == "running":
            if self.over:
                return Text("✗", style="red"), name, Text(""), Text("not finished", style="red")
            return self._spinner.render(time.monotonic()), name, Text(""), Text("")
        mark, colour = MARKS[state.status]
        note = "" if state.status == "done" else WORDS[state.status]
        retried = f"after {state.failures} failures" if state.failures and state.status == "done" else ""
        seconds = Text(f"{state.seconds:.2f} s", style="dim", justify="right")
        return Text(mark, style=colour), name, seconds, Text(note or retried, style=colour if note else "yellow")
