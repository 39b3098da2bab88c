"""A stored review, made again of its stored evidence by the very functions that made it.

Each agent's analysis runs in the order of the definition, on the evidence that lies in the state folder and on the
findings that were just made again; so does the consolidation, with the inputs that the review kept. Nothing is asked
of AWS, nothing is stored, and no clock is read.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from asl import COST_REVIEW
from local.state_folder import StateFolder, StoredObject
from tasks.agents import AGENTS
from tasks.agents.discovered.asking import agent_of
from tasks.agents.spec import AgentSpec
from tasks.agents.work import Agent
from tasks.discovered_hearings import discovered_from
from tasks.steps.check_readiness import built_in
from tasks.steps.consolidate_findings import CONSOLIDATED, analysed_slots, report_again
from tasks.steps.write_summary import TEMPLATE, from_template
from workflows.cost_review.answers import Answer, Gap, NotAsked, Reference, read_slot
from workflows.cost_review.answers import WorkRequest as Request
from workflows.cost_review.documents import to_bytes
from workflows.cost_review.formats import FORMATS, REPORT_JSON
from workflows.cost_review.request import Review
from workflows.errors import FinOpsError, InvalidContent

Json = Mapping[str, Any]
ANSWER = "analyse"


@dataclass(frozen=True)
class Compared:
    """One stored document beside what was made again: where they first differ, or "" where their bytes are the same.

    where is a JSON path ($.totals[0].counted_usage), or a line of what is no JSON.
    """

    what: str
    key: str
    size: int
    where: str = ""
    was: str = ""
    now: str = ""

    @property
    def same(self) -> bool:
        return not self.where


@dataclass
class Stored:
    """Reads by reference what the state folder keeps, even what was changed since; damaged says which that is."""

    folder: StateFolder
    objects: Mapping[tuple[str, str], StoredObject]
    made_again: dict[str, bytes] = field(default_factory=dict)
    damaged: dict[str, str] = field(default_factory=dict)

    def read(self, reference: Reference) -> bytes:
        """What was made again in its place, else what lies there; InvalidContent where nothing does."""
        if reference.key in self.made_again:
            return self.made_again[reference.key]
        return self.on_disk(reference)

    def on_disk(self, reference: Reference) -> bytes:
        """What lies there."""
        kept = self.objects.get((reference.key, reference.version_id or ""))
        if kept is None:
            raise InvalidContent(f"{reference.key} is not kept any more.")
        content = self.folder.content_as_it_is(kept)
        if hashlib.sha256(content).hexdigest() != reference.sha256:
            self.damaged[reference.key] = "it is not the content that was stored: its SHA-256 differs"
        return content

    def file(self, kept: StoredObject) -> bytes:
        """One of the review's own files."""
        content = self.folder.content_as_it_is(kept)
        if not self.folder.is_as_stored(kept):
            self.damaged[kept.key] = "it is not the content that was stored: its SHA-256 differs"
        return content


@dataclass(frozen=True)
class Replay:
    """A review made again: each document compared, and stored content that is not what it was.

    copied says what of the files is the review's own and was taken over: of that their bytes prove nothing.
    """

    review_id: str
    compared: tuple[Compared, ...]
    damaged: Mapping[str, str]
    copied: tuple[str, ...]

    @property
    def same(self) -> bool:
        return not self.damaged and all(one.same for one in self.compared)


def replay(folder: StateFolder, review_id: str, files: Mapping[str, StoredObject]) -> Replay:
    """The review made again; InvalidContent where it does not hold what it was made of."""
    objects = {(kept.key, kept.version_id): kept for kept in folder.read().objects}
    stored = Stored(folder, objects)
    document = _parsed(stored.file(files[CONSOLIDATED]), CONSOLIDATED)
    inputs = document.get("inputs")
    if not isinstance(inputs, Mapping):
        raise InvalidContent(f"{review_id} was kept without its inputs, and cannot be made again.")
    compared = [*_findings_again(inputs["event"], stored)]
    compared += _findings_of_others_again(inputs, stored)
    report = json.loads(json.dumps(report_again(inputs, built_in(), stored.read)))
    compared.append(_difference(CONSOLIDATED, files[CONSOLIDATED].key, _bytes(document["report"]), _bytes(report)))
    published = _parsed(stored.file(files[REPORT_JSON]), REPORT_JSON)
    compared += _files_again(report, published, files, stored)
    return Replay(review_id, tuple(compared), dict(sorted(stored.damaged.items())), copied_of(published))


def copied_of(published: Json) -> tuple[str, ...]:
    """What cannot be made again, in words: the run's own ids, times and cost, and what a model wrote."""
    by = published["summary"].get("written_by")
    own_run = "run (the run's own ids, times and cost)"
    return (own_run,) if by == TEMPLATE else (f"summary (written by {by})", own_run)


def _findings_again(event: Json, stored: Stored) -> Iterator[Compared]:
    slots = analysed_slots(event)
    for analysis in analyses():
        spec = analysis.spec
        answer = read_slot(slots.get(spec.key), agent=spec.name, stage=ANSWER, review_id=event["review"]["review_id"])
        if isinstance(answer, Gap | NotAsked):
            continue
        builds_on = {name: slots[name] for name in analysis.builds_on if name in slots}
        request = _request(answer, event["review"], event["collected"][spec.key], builds_on)
        yield _compared(_agent(spec), request, answer, stored)


def _request(answer: Answer, review: Json, collected: object, builds_on: Json) -> Request:
    return Request.model_validate(
        {
            "contract": "finops.work/1",
            "action": "analyse",
            "review": review,
            "step": {"state": answer.run.state, "entered_at": answer.run.entered_at, "retry": answer.run.retry},
            "collected": collected,
            "builds_on": builds_on,
        }
    )


def _compared(agent: Agent, request: Request, answer: Answer, stored: Stored) -> Compared:
    """The agent's findings made again, which take the place of the stored ones for whoever builds on them."""
    what, key = f"findings of {agent.spec.name}", answer.content.key
    was = stored.on_disk(answer.content)
    try:
        findings = agent.conclusions(request, stored.read)
        if findings is None:
            raise InvalidContent("nothing was collected that it could be made of")
    except FinOpsError as error:
        return Compared(what, key, len(was), "$", "findings", f"{type(error).__name__}: {error}")
    now = stored.made_again[key] = to_bytes(findings)
    return _difference(what, key, was, now)


def _findings_of_others_again(inputs: Json, stored: Stored) -> Iterator[Compared]:
    """The findings of other teams' agents, of what they answered: none of them is asked again."""
    discovered, event = discovered_from(inputs.get("discovered")), inputs["event"]
    review = Review.model_validate(event["review"])
    for listed in discovered.manifest.agents:
        answer = discovered.slots(listed, review.review_id)[ANSWER]
        if isinstance(answer, Answer):
            collected = discovered.left[listed.name]["collect"]
            request = _request(answer, event["review"], collected, {})
            yield _compared(agent_of(listed, review), request, answer, stored)


def _agent(spec: AgentSpec) -> Agent:
    agent = import_module(spec.handler_module).AGENT
    assert isinstance(agent, Agent)  # noqa: S101 because mypy cannot see through import_module
    return agent


def _files_again(
    report: Json, published: Json, files: Mapping[str, StoredObject], stored: Stored
) -> Iterator[Compared]:
    """The published files; ids, times and the run's own cost are the review's, as is a summary that a model wrote."""
    summary = published["summary"]
    if summary.get("written_by") == TEMPLATE:
        summary = from_template(report)
    whole = {**report, "summary": summary, "run": published["run"]}
    for name, one in FORMATS.items():
        if name in files:
            yield _difference(name, files[name].key, stored.file(files[name]), one.render(whole).encode())


# ---- the order, from the definition


@dataclass(frozen=True)
class Analysis:
    """An agent's analysis, and the slots of the state that it builds on."""

    spec: AgentSpec
    builds_on: tuple[str, ...]


def analyses() -> tuple[Analysis, ...]:
    """The analyses of the definition, each after those that it builds on."""
    by_function = {f"${{{spec.work_placeholder}}}": spec for spec in AGENTS}
    waiting = [
        Analysis(by_function[task["FunctionName"]], tuple(_slots_named(task["Payload"])))
        for task in _tasks(json.loads(COST_REVIEW.read_text()))
        if task["FunctionName"] in by_function and task["Payload"].get("action") == "analyse"
    ]
    done: list[Analysis] = []
    while waiting:
        keys = {one.spec.key for one in waiting}
        ready = [one for one in waiting if not keys & set(one.builds_on)]
        assert ready, f"the definition's analyses build on each other in a circle: {sorted(keys)}"  # noqa: S101 because a test of the definition says so first
        done += ready
        waiting = [one for one in waiting if one not in ready]
    return tuple(done)


def _slots_named(payload: Json) -> Iterable[str]:
    return (name.removesuffix(".$") for name in payload.get("builds_on", {}))


def _tasks(machine: Json) -> Iterator[Json]:
    for state in machine["States"].values():
        if state["Type"] == "Task" and "FunctionName" in state["Parameters"]:
            yield state["Parameters"]
        for inner in (*state.get("Branches", ()), *([state["ItemProcessor"]] if "ItemProcessor" in state else ())):
            yield from _tasks(inner)


# ---- where two documents differ


def _bytes(document: object) -> bytes:
    return json.dumps(document, indent=1, sort_keys=True).encode()


def _parsed(content: bytes, what: str) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except ValueError as error:
        raise InvalidContent(f"{what} is no JSON any more: {error}") from error
    if not isinstance(document, dict):
        raise InvalidContent(f"{what} is no JSON object any more.")
    return document


def _difference(what: str, key: str, was: bytes, now: bytes) -> Compared:
    if was == now:
        return Compared(what, key, len(was))
    try:
        found = first_difference(json.loads(was), json.loads(now))
    except ValueError:
        found = None
    return Compared(what, key, len(was), *(found or _line(was, now)))


def first_difference(was: object, now: object, path: str = "$") -> tuple[str, str, str] | None:
    """Where two JSON values first differ, as a path with both values; None where they are equal."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in sorted({*was, *now}):
            if name not in was or name not in now:
                return f"{path}.{name}", _short(was.get(name, "nothing")), _short(now.get(name, "nothing"))
            if found := first_difference(was[name], now[name], f"{path}.{name}"):
                return found
        return None
    if isinstance(was, list) and isinstance(now, list):
        for number, (one, other) in enumerate(zip(was, now, strict=False)):
            if found := first_difference(one, other, f"{path}[{number}]"):
                return found
        return None if len(was) == len(now) else (path, f"{len(was)} items", f"{len(now)} items")
    return None if type(was) is type(now) and was == now else (path, _short(was), _short(now))


def _line(was: bytes, now: bytes) -> tuple[str, str, str]:
    lines = enumerate(zip(was.splitlines(), now.splitlines(), strict=False), start=1)
    for number, (one, other) in lines:
        if one != other:
            return f"line {number}", _short(one.decode(errors="replace")), _short(other.decode(errors="replace"))
    return "its end", f"{len(was)} bytes", f"{len(now)} bytes"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:119] + "…"
