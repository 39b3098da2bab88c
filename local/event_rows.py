"""What the journal's entries come to: an event a row, with all that became of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local.event_journal import Arrived, Entry, Outcome

NO_ONE = "nobody reacts to it"
DEAD_LETTER = "dead letter"


@dataclass
class EventRow:
    """One event: when it arrived first and how often, and what became of each delivery of it.

    event is None where only an outcome is left of it: the journal is bounded.
    """

    event_id: str
    at: datetime
    event: Mapping[str, Any] | None = None
    times: int = 0
    outcomes: list[Outcome] = field(default_factory=list)

    def told(self, name: str) -> str:
        """A field of the event, as words."""
        return str((self.event or {}).get(name) or "")

    def became(self) -> list[str]:
        """A sentence a delivery, in the order in which they ended; the same one is said once."""
        said = [sentence for outcome in self.outcomes for sentence in in_words(outcome)]
        return list(dict.fromkeys(said)) or [NO_ONE]


def rows_of(entries: Iterable[Entry]) -> list[EventRow]:
    """A row an event, in the order in which they arrived first."""
    rows: dict[str, EventRow] = {}
    for entry in entries:
        row = rows.setdefault(entry.event_id, EventRow(entry.event_id, entry.at))
        match entry:
            case Arrived():
                row.event = row.event or entry.event
                row.times += 1
            case Outcome():
                row.outcomes.append(entry)
    return list(rows.values())


def in_words(outcome: Outcome) -> Iterator[str]:
    """What became of a delivery: by whom, what, and for which review."""
    by = outcome.consumer.removeprefix("finops-")
    if outcome.result == "dead_letter":
        tries = f" after {outcome.attempts} tries" if outcome.attempts else ""
        yield f"{by}: {DEAD_LETTER}{tries}: {outcome.error}"
        return
    for answer in answers_of(outcome):
        said = str(answer.get("outcome", "delivered")).replace("_", " ")
        review = f", review {answer['review_id']}" if answer.get("review_id") else ""
        why = f" ({answer['why']})" if answer.get("why") else ""
        paid = _paid_in(answer)
        sent = f", {paid} paid request{'s' if paid > 1 else ''}" if paid else ""
        yield f"{by}: {said}{review}{sent}{why}"


def paid_for(entries: Iterable[Entry]) -> int:
    """How many paid requests those sent who reacted to events; what is told twice was paid for once."""
    answers = [answer for entry in entries if isinstance(entry, Outcome) for answer in answers_of(entry)]
    return sum({str(answer.get("review_id")): _paid_in(answer) for answer in answers}.values())


def _paid_in(answer: Mapping[str, Any]) -> int:
    paid = answer.get("cost_explorer_requests")
    return paid if isinstance(paid, int) else 0


def answers_of(outcome: Outcome) -> list[Mapping[str, Any]]:
    """What the function answered, one for each event in what it got."""
    answers = outcome.answer.get("answers")
    if isinstance(answers, list):
        return [answer for answer in answers if isinstance(answer, dict)]
    return [outcome.answer]
