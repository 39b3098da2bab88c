"""Errors in our own words. Step Functions retries and catches by these class names.

FinOpsError
├── BadInput                     the person who asked can mend it; nothing was paid for or written
│   ├── InvalidReviewRequest     the review's input document
│   ├── InvalidQuestion          what somebody asked an agent
│   ├── InvalidAccountFolder     a folder of recorded or authored AWS responses
│   ├── InvalidExemptions        a file of exemptions with wrong entries
│   ├── InvalidAgentCard         another team's card with wrong fields
│   ├── CannotRegister           a card for which there is no room or whose name is another's
│   ├── InvalidEvent             an event that is malformed, or none of those that its consumer knows
│   ├── IllegalDecision          what the state of an opportunity does not allow, or a decision that lacks something
│   └── UnusableProfile          a profile whose credentials do not exist, are expired or are refused
├── DecisionOvertaken            somebody else decided meanwhile; nothing was written over it
├── EventInProgress              the same event is being dealt with elsewhere at this moment
├── SourceError                  one AWS source could not be read; the review goes on without it
│   ├── AccessDenied
│   ├── NotEnrolled
│   ├── NoSupportPlan
│   ├── Throttled                worth another try: the state machine retries it
│   ├── ServiceUnavailable       AWS itself failed or was silent; worth another try too
│   ├── DataUnavailable
│   ├── InvalidSourceRequest     AWS refuses what we sent: our mistake, not the account's
│   ├── NotFound                 what was asked about is not there any more
│   ├── MalformedResponse
│   ├── OutOfTime                it did not fit into the time that the step may take
│   └── PaidRequestsExhausted    the cap on paid requests is reached; nothing was sent
│       └── DailyPaidRequestsExhausted  the day's cap, which all reviews share
├── InvalidAnswer                an agent's answer that breaks the contract
├── InvalidContent               stored content that is missing, truncated or not what its reference says
├── AgentUnreachable             another team's function that is not there, may not be asked, or failed itself
├── AgentTooSlow                 another team's agent that did not answer within the time that its card names
├── InvalidAgentAnswer           what another team's agent answered is not of the contract
├── AgentsNotReady               agents stay unready and the review was told not to go on without them
├── AuditFailed                  the report contradicts itself or its evidence: published as failed, without a figure
├── NoEvidence                   no agent gave anything valid: there is nothing to report
├── NotARead                     an operation that could change the account under review; it was not sent
├── RunIsOver                    a function that was given up asks after its run has ended; nothing was changed
├── Unrecordable                 responses that cannot be kept, or not without naming somebody; nothing was written
└── MissingSettings              the environment lacks values that a function needs
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Checked = TypeVar("Checked")


class FinOpsError(Exception):
    """The root of everything that we raise on purpose."""


class BadInput(FinOpsError):
    """Input that cannot be accepted, with every problem in it named at once."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


class Problems:
    """Collects what several checks refuse, so that all of it is said at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def of(self, check: Callable[[], Checked]) -> Checked:
        """What the check gives; where it refuses, its problems are kept, and the collection raises in the end."""
        try:
            return check()
        except BadInput as error:
            self.found += error.problems
            return None  # type: ignore[return-value] # because nobody gets to use it: together raises


@contextmanager
def together() -> Iterator[Problems]:
    """BadInput at its end with the problems of all checks inside."""
    problems = Problems()
    yield problems
    if problems.found:
        raise BadInput(problems.found)


class InvalidReviewRequest(BadInput):
    """A review request with wrong fields; nothing has been read or paid for yet."""


class InvalidQuestion(BadInput):
    """A question that is not of the form {"query", "context"}."""


class InvalidAccountFolder(BadInput):
    """An account folder that is missing, truncated or not of our format."""


class UnusableProfile(BadInput):
    """A profile of the AWS configuration whose credentials do not exist, are expired or are refused."""


class InvalidExemptions(BadInput):
    """A file of exemptions that cannot be followed; every wrong entry is named with the remedy."""


class InvalidEvent(BadInput):
    """An event that is malformed, or none of those that its consumer knows; nothing followed from it."""


class InvalidAgentCard(BadInput):
    """An agent's card that cannot be registered; every wrong field is named."""


class CannotRegister(BadInput):
    """A card that is right in itself, and that the registry does not take: its name is another's, or it is full."""


class AgentUnreachable(FinOpsError):
    """Another team's function that does not exist, may not be invoked, or failed instead of answering."""


class AgentTooSlow(FinOpsError):
    """Another team's agent that did not answer in time; nobody waits for it any more."""


class InvalidAgentAnswer(FinOpsError):
    """What another team's agent answered is too large, no JSON, or not of the contract."""


class IllegalDecision(BadInput):
    """A decision that the opportunity's state does not allow, or that lacks what it needs."""


class DecisionOvertaken(FinOpsError):
    """Somebody else decided on the same opportunity meanwhile; their decision stands."""


class EventInProgress(FinOpsError):
    """The same event is being dealt with elsewhere at this moment; delivered again later, its answer is there."""


class SourceError(FinOpsError):
    """One AWS source that could not be read; what it would have said is unknown, not zero."""


class AccessDenied(SourceError):
    """IAM refuses the operation; the message names the missing action where AWS tells it."""


class NotEnrolled(SourceError):
    """The service has to be switched on (enrolled, opted in) before it answers."""


class NoSupportPlan(SourceError):
    """The account's AWS Support plan does not include the operation."""


class Throttled(SourceError):
    """AWS asked us to slow down; trying again later is likely to help."""


class ServiceUnavailable(SourceError):
    """AWS failed on its own side, or gave no answer in time; trying again later is likely to help."""


class DataUnavailable(SourceError):
    """The service works but holds no data for what was asked."""


class InvalidSourceRequest(SourceError):
    """AWS does not take the request as we sent it; nothing that the account's owner could change helps."""


class NotFound(SourceError):
    """What was asked about by its name is not there, or not any more."""


class MalformedResponse(SourceError):
    """The response lacks what the service's own description promises."""


class OutOfTime(SourceError):
    """What was asked did not fit into the time that the step may take; trying again gives it no more."""


class PaidRequestsExhausted(SourceError):
    """The cap on paid requests is reached; the request was not sent."""


class DailyPaidRequestsExhausted(PaidRequestsExhausted):
    """The day's cap, which all reviews share, is reached; the request was not sent."""


class InvalidAnswer(FinOpsError):
    """An agent's answer that is not of the contract."""


class InvalidContent(FinOpsError):
    """Stored content that is missing, truncated or not what its reference says."""


class AgentsNotReady(FinOpsError):
    """Agents stay unready, and the review was told not to go on without them (or has nobody else)."""


class NoEvidence(FinOpsError):
    """No agent gave a valid answer, so there is no figure to report."""


class AuditFailed(FinOpsError):
    """The report broke a rule of its audit; it was stored as failed, with the reasons and without a figure."""


class MissingSettings(FinOpsError):
    """The environment lacks values that a function needs; all of them are named."""


class NotARead(FinOpsError):
    """An operation that is no known read was about to be sent to the account under review; it was not sent."""


class RunIsOver(FinOpsError):
    """A function that was given up, and went on, asks for something of a run on this machine that has ended."""


class Unrecordable(FinOpsError):
    """Responses that cannot be kept, or in which something survived that names somebody; nothing was written."""
