"""Claims that nobody needs to look into: what another team's agent cannot know, or cannot be true.

Such an agent is left out as a whole: nobody could tell which of its other figures to believe.
"""

from collections.abc import Mapping, Sequence

from workflows.cost_review.documents import Findings
from workflows.cost_review.request import Review
from workflows.money import total
from workflows.savings.bill import Bill

MOST_NAMED = 3
MOST_CLAIMS = 10_000
"""Of all agents of other teams together: each has a line in every report, and a hundred agents could name 200,000."""


def implausible(claims: Findings, heard: Sequence[Findings], bill: Bill, review: Review) -> str:
    """Why the claims cannot be true, in a sentence; "" where they can. heard is what AWS's own sources say.

    What cannot be compared (no bill, no amount) proves nothing against anybody.
    """
    foreign = {one.account_id for one in claims.recommendations} - _looked_at(claims, heard, review)
    if foreign:
        named = ", ".join(sorted(foreign)[:MOST_NAMED])
        return f"It proposes savings in accounts that this review does not look at: {named}."
    return _beyond(claims, bill)


def _looked_at(claims: Findings, heard: Sequence[Findings], review: Review) -> frozenset[str]:
    """The accounts that the review knows of; of these, a scope leaves out savings, and not who proposes them too."""
    billed = {account.account_id for one in heard if one.spend for account in one.spend.accounts}
    proposed = {row.account_id for one in heard for row in one.recommendations}
    known = {claims.account_id, *(one.account_id for one in heard), *billed, *proposed}
    return frozenset({*known, *review.scope.accounts})


def _beyond(claims: Findings, bill: Bill) -> str:
    if bill.usage is None:
        return ""
    amounts = [
        (one.estimated_monthly_savings, one)
        for one in claims.recommendations
        if one.estimated_monthly_savings is not None and one.estimated_monthly_savings > 0
    ]
    other = sorted({one.billing_currency for _, one in amounts} - {bill.billing_currency})
    if other:
        return f"It claims savings in {', '.join(other[:MOST_NAMED])}, and the bill is in {bill.billing_currency}."
    whole = f"the whole bill of a month is {bill.usage:.2f} {bill.billing_currency}"
    for amount, one in amounts:
        if amount > bill.usage:
            return f"It claims that {one.resource_id[:80]} saves {amount:.2f} a month, and {whole}."
    together = total(amount for amount, _ in amounts)
    if together > bill.usage:
        return f"Its claims come to {together:.2f} a month together, and {whole}."
    return ""


def without_room(claims: Mapping[str, int], most: int) -> frozenset[str]:
    """Who has to be left out so that all others have room, by how much each claims; those with few claims come first.

    So that one who claims much crowds out nobody but itself.
    """
    left, out = most, set()
    for name in sorted(claims, key=lambda name: (claims[name], name)):
        if claims[name] > left:
            out.add(name)
        else:
            left -= claims[name]
    return frozenset(out)
