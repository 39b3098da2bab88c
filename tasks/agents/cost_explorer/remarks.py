"""What has to be said beside Cost Explorer's figures so that nobody reads more into them: pure."""

from collections.abc import Iterator, Sequence

from workflows.cost_review.documents import Findings
from workflows.sources import Source, SourceState, SourceStatus

UNSETTLED = (
    "The forecast of the month adds the days to come to what is billed so far; yesterday may be billed in part only, so"
    " that the month may come to somewhat more."
)
RANGE = (
    "The forecast's range adds up the bounds of each single day (80 % each): days above and below make up for each"
    " other, so that the sum is surer to lie in it than 80 %."
)
NO_ANOMALIES = (
    "Cost Anomaly Detection told of no anomaly. It looks only where the account has a monitor; whether it has one is"
    " not asked, because the question is paid."
)


def remarks(found: Findings, sources: Sequence[SourceStatus]) -> tuple[str, ...]:
    """Sentences about the forecast and about anomalies, in that order."""
    return tuple(_remarks(found, sources))


def _remarks(found: Findings, sources: Sequence[SourceStatus]) -> Iterator[str]:
    if found.forecast is not None:
        if found.forecast.month_total is not None:
            yield UNSETTLED
        if found.forecast.remaining_lower is not None or found.forecast.remaining_upper is not None:
            yield RANGE
    states = {one.state for one in sources if one.source == Source.COST_ANOMALY_DETECTION}
    if states & {SourceState.AVAILABLE, SourceState.NO_DATA} and not found.anomalies:
        yield NO_ANOMALIES
