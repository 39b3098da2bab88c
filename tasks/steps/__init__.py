"""The supervisor's own steps, as data: each is a state of the definition, a file here and a function."""

STEPS: tuple[str, ...] = (
    "PrepareReview",
    "CheckReadiness",
    "ConsolidateFindings",
    "WriteSummary",
    "PublishReport",
    "RecordFailure",
)
