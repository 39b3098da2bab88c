"""The contract test: asks an agent's function as a review would, and says of each rule whether it is kept.

It holds the answers to what the proxy holds them to, one rule after the other, so that whoever mends the agent sees
all that is wrong with it, and not only the first thing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, TypeVar

from tasks.agents.discovered.asking import longest_wait_s
from tasks.agents.discovered.rules import is_signed_by, is_to_review, lies_where_it_says, speaks_of_its_own
from workflows.cost_review.request import Review, Scope
from workflows.discovery.card import LONGEST_TIMEOUT_S, AgentCard
from workflows.discovery.contract import (
    AGENT_CONTRACT,
    LARGEST_ANSWER_BYTES,
    AgentAction,
    Answered,
    Question,
    RecommendAnswer,
    SelfCheckAnswer,
    answer_document,
    plain,
    question,
    validated,
)
from workflows.errors import FinOpsError, InvalidAgentAnswer

REVIEW_ID = "contract-check"
ACCOUNT = "123456789012"
"""A made-up review of a made-up account: the function under test is told of no real one."""
Outcome = Literal["kept", "broken", "not_checked"]
Ask = Callable[[Question, float], bytes]
"""Asks the function, for so many seconds at most; FinOpsError where it gave no answer."""
Got = TypeVar("Got")
NO_CARD = "no card was named"
NOTHING_TO_CHECK = "what comes before it is broken"
IS_READY = "It is ready"
"""The one rule that a sound agent may not keep now and keep tomorrow."""


@dataclass(frozen=True)
class Clocks:
    """The time, and a stopwatch in seconds."""

    now: Callable[[], datetime]
    stopwatch_s: Callable[[], float]


@dataclass(frozen=True)
class Rule:
    """A rule of the contract and whether it is kept; detail says what was seen or why it was not checked."""

    rule: str
    outcome: Outcome
    detail: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Measured:
    """One answer: to what, after how many seconds, and how large."""

    action: AgentAction
    seconds: float
    bytes: int


@dataclass(frozen=True)
class ContractCheck:
    """What the test came to."""

    agent: str
    rules: tuple[Rule, ...]
    answers: tuple[Measured, ...]
    recommendations: int

    @property
    def is_kept(self) -> bool:
        """Whether no rule is broken."""
        return all(one.outcome != "broken" for one in self.rules)

    @property
    def broken_whenever_asked(self) -> tuple[Rule, ...]:
        """The broken rules, that of being ready left out."""
        return tuple(one for one in self.rules if one.outcome == "broken" and one.rule != IS_READY)


def check_contract(ask: Ask, *, card: AgentCard | None, name: str, clocks: Clocks) -> ContractCheck:
    """Asks for a self-check and, where the agent is ready, for what it recommends.

    name is how the agent is addressed where there is no card to say it.
    """
    check = _Check(ask, card, card.name if card else name, clocks)
    ready = check.self_check()
    recommended = check.recommend(asked=ready)
    return ContractCheck(
        check.agent, tuple(check.rules), tuple(check.answers), len(recommended.recommendations) if recommended else 0
    )


class _Check:
    """One run of the test, and the rules as it comes to them."""

    def __init__(self, ask: Ask, card: AgentCard | None, agent: str, clocks: Clocks) -> None:
        self._ask, self._card, self._clocks = ask, card, clocks
        self.agent = agent
        self.rules: list[Rule] = []
        self.answers: list[Measured] = []
        self._review = _made_up_review(clocks.now())

    def self_check(self) -> bool:
        """Whether it is ready to be asked for more."""
        answer = self._answer("self_check", SelfCheckAnswer)
        self._signed("self_check", answer)
        ready = self._of(
            IS_READY,
            "Mend what it says stands in its way; a review does not ask it before.",
            partial(_is_ready, answer) if answer else None,
        )
        return ready is not None

    def recommend(self, *, asked: bool) -> RecommendAnswer | None:
        """What it recommends, where that was to be asked and is of the contract."""
        answer = self._answer("recommend", RecommendAnswer, asked=asked)
        self._signed("recommend", answer)
        self._of(
            "It answers the review that asks",
            "Copy review.review_id of the question into review_id.",
            partial(is_to_review, self._review.review_id, answer) if answer else None,
        )
        terms = self._card.terms.sources if self._card else ()
        self._of(
            "It speaks of no source that its card does not name",
            "Name the source in the card's extension, or leave it out.",
            partial(speaks_of_its_own, terms, answer) if answer else None,
            needs_card=True,
        )
        self._of(
            "It says what it saw of every source that its card names",
            "Add a line to sources for each, with its state, even where it saw nothing.",
            partial(_says_what_it_saw, terms, answer) if answer else None,
            needs_card=True,
        )
        self._of(
            "Each ARN lies in the account of its recommendation",
            "Name the account that the resource lies in as account_id.",
            partial(lies_where_it_says, answer) if answer else None,
        )
        return answer

    def _answer(self, action: AgentAction, model: type[Answered], *, asked: bool = True) -> Answered | None:
        timeout_s = longest_wait_s(self._card.terms.timeout_seconds if self._card else 60, self._review, action)
        content = self._of(
            f"It answers {action} within {timeout_s:g} s",
            f"Mend the function, or make it faster; a card may ask for {LONGEST_TIMEOUT_S} s at most.",
            partial(self._asked, action, timeout_s) if asked else None,
        )
        document = self._of(
            f"Its answer to {action} is a JSON object of at most {LARGEST_ANSWER_BYTES:,} bytes",
            "Answer with one JSON object, without NaN or Infinity; if it is too big, leave out the smallest savings.",
            partial(answer_document, content) if content is not None else None,
        )
        return self._of(
            f"Its answer to {action} is of the contract {AGENT_CONTRACT}",
            "Hold it to the schema in workflows/discovery/schemas; no other fields may be there.",
            partial(validated, model, document) if document is not None else None,
        )

    def _signed(self, action: AgentAction, answer: SelfCheckAnswer | RecommendAnswer | None) -> None:
        self._of(
            f"Its answer to {action} is signed with its name",
            "Copy agent of the question into agent.",
            partial(is_signed_by, self.agent, answer) if answer else None,
        )

    def _asked(self, action: AgentAction, timeout_s: float) -> bytes:
        deadline = (self._clocks.now() + timedelta(seconds=timeout_s)).isoformat()
        asking = question(action, self.agent, self._review, ACCOUNT, deadline)
        began = self._clocks.stopwatch_s()
        content = self._ask(asking, timeout_s)
        self.answers.append(Measured(action, self._clocks.stopwatch_s() - began, len(content)))
        return content

    def _of(self, rule: str, remedy: str, check: Callable[[], Got] | None, *, needs_card: bool = False) -> Got | None:
        """What the check gives; where it refuses, the rule is broken, and None is there to go on with."""
        if check is None or (needs_card and self._card is None):
            self.rules.append(Rule(rule, "not_checked", NOTHING_TO_CHECK if check is None else NO_CARD))
            return None
        try:
            got = check()
        except FinOpsError as error:
            self.rules.append(Rule(rule, "broken", plain(str(error)), remedy))
            return None
        self.rules.append(Rule(rule, "kept"))
        return got


def _made_up_review(now: datetime) -> Review:
    return Review(
        review_id=REVIEW_ID,
        analysis_type="comprehensive",
        scope=Scope(),
        as_of=now.date(),
        on_not_ready="degrade",
        max_cost_explorer_requests=0,
        requested_by=REVIEW_ID,
        started_at=now.isoformat(),
    )


def _is_ready(answer: SelfCheckAnswer) -> Literal[True]:
    if answer.status != "ready":
        told = " ".join(part for part in (answer.reason, answer.remedy) if part)
        raise InvalidAgentAnswer(f"It says that it is not: {told or 'it does not say why.'}")
    return True


def _says_what_it_saw(sources: tuple[str, ...], answer: RecommendAnswer) -> None:
    if silent := sorted(set(sources) - {seen.source for seen in answer.sources}):
        raise InvalidAgentAnswer(f"It says nothing of {', '.join(silent)}.")
