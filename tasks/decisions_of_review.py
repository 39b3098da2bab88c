"""What a review hears of people's decisions, and what it writes back: ConsolidateFindings' part in the ledger."""

from datetime import date

from tasks.decisions import AGENT, IMPLEMENTED, Implemented, implemented, implemented_bytes, ledger, write
from tasks.exemptions import EXEMPTIONS_KEY, stored_exemptions
from tasks.shared_context import latest_context, store_context
from tasks.wiring import World
from workflows.cost_review.request import Review
from workflows.errors import DecisionOvertaken, InvalidContent, InvalidExemptions
from workflows.savings.exemptions import Exemption, exemptions_from
from workflows.savings.outcomes import Outcome
from workflows.savings.set_aside import Decisions, Unusable

EXEMPTIONS, LEDGER = "Exemptions", "Decisions"
LONGEST_DETAIL = 1000


def decisions_before(world: World, as_of: date) -> Decisions:
    """The ledger and the exemptions as they stand; what cannot be used is named in `unusable`, and holds nothing."""
    exemptions, wrong_file = _exemptions(world)
    items, wrong_items = ledger(world)
    remedy = "Delete the item from the table of opportunities, and decide again."
    wrong = (*wrong_file, *(Unusable(LEDGER, one, remedy) for one in wrong_items))
    return Decisions(as_of, exemptions, items, wrong)


def _exemptions(world: World) -> tuple[tuple[Exemption, ...], tuple[Unusable, ...]]:
    remedy = (
        f"Mend {EXEMPTIONS_KEY} (finops review --exemptions FILE stores a checked one); until then it exempts nothing."
    )
    try:
        content = stored_exemptions(world)
        return (exemptions_from(content) if content is not None else ()), ()
    except (InvalidExemptions, InvalidContent) as error:
        return (), (Unusable(EXEMPTIONS, str(error)[:LONGEST_DETAIL], remedy),)


def note_conclusions(world: World, review: Review, outcome: Outcome) -> tuple[str, ...]:
    """Afterwards the ledger holds what the review concluded; the ids of those on which somebody decided meanwhile.

    Their decision stands: it is newer than what the review has seen, and the next review looks again.
    """
    overtaken = []
    for item in outcome.changed:
        try:
            write(world, item)
        except DecisionOvertaken:
            overtaken.append(item.opportunity_id)
    _have_the_bill_asked(world, review, outcome)
    return tuple(overtaken)


def _have_the_bill_asked(world: World, review: Review, outcome: Outcome) -> None:
    """Afterwards the next review's question to the bill is about what was implemented, too."""
    content = implemented_bytes(implemented(outcome.decisions.ledger))
    try:
        stored = latest_context(world, agent=AGENT, context_type=IMPLEMENTED)
        known = stored.content if stored else implemented_bytes(Implemented({}))
    except InvalidContent:
        known = b""  # what cannot be read is written anew
    if content != known:
        store_context(world, agent=AGENT, context_type=IMPLEMENTED, review_id=review.review_id, content=content)
