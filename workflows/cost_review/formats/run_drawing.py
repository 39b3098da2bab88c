"""The graph of the run: which states stand where, how they are joined, and what became of each. All in pixels."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from workflows.cost_review.formats.views.words import duration

Json = Mapping[str, Any]
NODE_WIDTH, NODE_HEIGHT = 130, 62
COLUMN, ROW = NODE_WIDTH + 20, NODE_HEIGHT + 18
PAD, TITLE, PANEL_GAP = 11, 30, 20
LONGEST_LINE = 16
COLLECT_ROWS = ("CollectTrustedAdvisor", "CollectCostExplorer", "CollectRightsizing", "CollectBudget")
IN_ORDER = {
    "AnalyseTrustedAdvisor": (0, 0),
    "CollectNamedResourceSpend": (1, 1),
    "AnalyseCostExplorer": (1, 2),
    "AnalyseRightsizing": (2, 3),
}
ANALYSE_CELLS = {**IN_ORDER, "AnalyseBudget": (3, 0)}
"""(row, column) of each state that analyses; a row is an agent's, so the order steps down from agent to agent."""
MARKS = {"answered": "✓", "gap": "✗", "not_asked": "–", "unrecorded": "·"}
WORDS = {"answered": "answered", "gap": "gap", "not_asked": "not asked", "unrecorded": "no record"}


@dataclass(frozen=True)
class State:
    """One state and what became of it; short stands in the node, says in full in its title."""

    name: str
    agent: str
    outcome: str
    short: str
    says: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Node:
    """A state in its place."""

    state: State
    x: int
    y: int


@dataclass(frozen=True)
class Panel:
    """One movement of the review."""

    title: str
    x: int
    width: int


@dataclass(frozen=True)
class RunDrawing:
    """The whole graph; edges are SVG paths."""

    width: int
    height: int
    panels: tuple[Panel, ...]
    nodes: tuple[Node, ...]
    edges: tuple[str, ...]


@dataclass(frozen=True)
class _Movement:
    """A panel before it has a place: its states by (row, column), and the pairs of cells that an arrow joins."""

    title: str
    cells: Mapping[tuple[int, int], State]
    arrows: tuple[tuple[tuple[int, int], tuple[int, int]], ...]

    @property
    def columns(self) -> int:
        return 1 + max(column for _, column in self.cells)

    @property
    def rows(self) -> int:
        return 1 + max(row for row, _ in self.cells)


def run_drawing(report: Json) -> RunDrawing:
    """The four movements, left to right; what no built-in agent answers for gets a lane of its own below."""
    run = report["run"]
    placed, lanes = _sorted_out(run["steps"])
    movements = (
        _stack("Prepare", _preparation(run)),
        _collect(placed, lanes),
        _analyse(placed, lanes),
        _stack("Consolidate", _conclusion(report)),
    )
    return _laid_out(movements)


def _sorted_out(steps: Sequence[Json]) -> tuple[dict[str, State], list[list[State]]]:
    """The built-in states by name, and a lane an agent of everything else."""
    placed: dict[str, State] = {}
    lanes: dict[str, list[State]] = {}
    for step in steps:
        name = step["state"]
        if name not in placed and (name in COLLECT_ROWS or name in ANALYSE_CELLS):
            placed[name] = _state(step, _wrapped(name))
        else:
            lanes.setdefault(step["agent"], []).append(_state(step, (_shortened(name), _shortened(step["agent"]))))
    return placed, list(lanes.values())


def _state(step: Json, lines: tuple[str, ...]) -> State:
    outcome = step["outcome"] if step["outcome"] in WORDS else "gap"
    retries = step.get("retry") or 0
    tries = f"{retries} {'retry' if retries == 1 else 'retries'}" if retries else ""
    took = duration(step.get("duration_ms"))
    measured = f"{took} ↻ {retries}" if retries else took
    says = ", ".join(one for one in (WORDS[outcome], took, tries) if one)
    return State(
        step["state"],
        step["agent"],
        outcome,
        f"{MARKS[outcome]} {measured or WORDS[outcome]}",
        f"{says}: {step['error']}" if step["error"] else says,
        lines,
    )


def _own(name: str, says: str = "done", outcome: str = "answered") -> State:
    return State(name, "supervisor", outcome, f"{MARKS[outcome]} {says}", says, _wrapped(name))


def _preparation(run: Json) -> Iterator[State]:
    readiness = run.get("readiness") or {}
    ready = f"{len(readiness.get('ready_agents') or ())} of {readiness.get('total_required') or 0} ready"
    yield _own("PrepareReview")
    if run.get("woken"):
        yield _own("CheckReadiness")
        yield _own("WakeAgents", f"{run['woken']} woken")
        yield _own("RecheckReadiness", ready)
    else:
        yield _own("CheckReadiness", ready)


def _conclusion(report: Json) -> Iterator[State]:
    yield _own("ConsolidateFindings")
    yield _own("WriteSummary") if report["summary"]["text"] else _own("WriteSummary", "gap", "gap")
    yield _own("PublishReport", "this page")


def _stack(title: str, states: Iterable[State]) -> _Movement:
    cells = {(row, 0): state for row, state in enumerate(states)}
    return _Movement(title, cells, tuple(pairwise(cells)))


def _collect(placed: Mapping[str, State], lanes: Sequence[Sequence[State]]) -> _Movement:
    cells = {(row, 0): placed.get(name) or _unrecorded(name) for row, name in enumerate(COLLECT_ROWS)}
    for row, lane in enumerate(lanes, start=len(COLLECT_ROWS)):
        if _collects_first(lane):
            cells[row, 0] = lane[0]
    return _Movement("Collect", cells, ())


def _analyse(placed: Mapping[str, State], lanes: Sequence[Sequence[State]]) -> _Movement:
    cells = {cell: placed.get(name) or _unrecorded(name) for name, cell in ANALYSE_CELLS.items()}
    arrows = list(pairwise(IN_ORDER.values()))
    for row, lane in enumerate(lanes, start=len(COLLECT_ROWS)):
        rest = lane[1:] if _collects_first(lane) else lane
        cells.update({(row, column): state for column, state in enumerate(rest)})
        arrows += pairwise((row, column) for column in range(len(rest)))
    return _Movement("Analyse", cells, tuple(arrows))


def _collects_first(lane: Sequence[State]) -> bool:
    return lane[0].name.startswith("Collect")


def _unrecorded(name: str) -> State:
    says = WORDS["unrecorded"]
    return State(name, "", "unrecorded", f"{MARKS['unrecorded']} {says}", says, _wrapped(name))


def _laid_out(movements: Sequence[_Movement]) -> RunDrawing:
    panels: list[Panel] = []
    nodes: list[Node] = []
    edges: list[str] = []
    x = 0
    for movement in movements:
        if panels:
            edges.append(f"M{x - PANEL_GAP + 2} {TITLE + NODE_HEIGHT // 2}H{x - 3}")
        width = movement.columns * COLUMN - (COLUMN - NODE_WIDTH) + 2 * PAD
        panels.append(Panel(movement.title, x, width))
        nodes += [Node(state, *_corner(x, cell)) for cell, state in movement.cells.items()]
        edges += [_arrow(x, *cells) for cells in movement.arrows]
        x += width + PANEL_GAP
    rows = max(movement.rows for movement in movements)
    height = TITLE + rows * ROW - (ROW - NODE_HEIGHT) + PAD
    return RunDrawing(x - PANEL_GAP, height, tuple(panels), tuple(nodes), tuple(edges))


def _corner(panel_x: int, cell: tuple[int, int]) -> tuple[int, int]:
    row, column = cell
    return panel_x + PAD + column * COLUMN, TITLE + row * ROW


def _arrow(panel_x: int, start: tuple[int, int], end: tuple[int, int]) -> str:
    """Straight down within a column; otherwise to the right, with a step down where the agent changes."""
    (from_x, from_y), (to_x, to_y) = _corner(panel_x, start), _corner(panel_x, end)
    if from_x == to_x:
        return f"M{from_x + NODE_WIDTH // 2} {from_y + NODE_HEIGHT}V{to_y - 3}"
    middle = from_y + NODE_HEIGHT // 2
    turn = f"H{(from_x + NODE_WIDTH + to_x) // 2 - 2}V{to_y + NODE_HEIGHT // 2}" if from_y != to_y else ""
    return f"M{from_x + NODE_WIDTH} {middle}{turn}H{to_x - 3}"


def _wrapped(name: str) -> tuple[str, ...]:
    """The state's name on two lines at most, broken where a word begins."""
    lines = [""]
    for word in re.findall(r"[A-Z]?[^A-Z]+|[A-Z]", name):
        if lines[-1] and len(lines[-1]) + len(word) > LONGEST_LINE:
            lines.append("")
        lines[-1] += word
    return tuple(_shortened(line) for line in lines[:2])


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + "…"
