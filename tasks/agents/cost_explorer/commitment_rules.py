"""What commitments cover, how far they are used, and what could be committed to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tasks.agents.cost_explorer.bill import answered_to_the_end, currency_of, day_of
from workflows.commitments import Commitment, CommitmentKind, CommitmentOption
from workflows.cost_review.documents import Evidence, RecordedResponse
from workflows.members import listed, members, text
from workflows.money import amount, known_total
from workflows.recommendation import EvidencePointer

Json = Mapping[str, Any]
USD = "USD"
BOUND_TO = (
    "DatabaseEngine",
    "DatabaseEdition",
    "DeploymentOption",
    "DeploymentModel",
    "LicenseModel",
    "ProductDescription",
    "Platform",
    "Tenancy",
    "AvailabilityZone",
)
"""What a reservation fits beside its type and region, as InstanceDetails calls it."""


def savings_plans(evidence: Evidence, currency: str) -> Commitment | None:
    """What Savings Plans cover; None where Cost Explorer told nothing of them.

    currency is the bill's: coverage and utilization name none and are in it.
    """
    coverages = list(_rows(evidence, "GetSavingsPlansCoverage", "SavingsPlansCoverages"))
    totals = [members(page.response.get("Total")) for page in _pages(evidence, "GetSavingsPlansUtilization")]
    used = next((one for one in totals if one), {})
    if not coverages and not used:
        return None
    covered = [members(row.get("Coverage")) for _, _, row in coverages]
    of_plans = _whole([amount(one.get("SpendCoveredBySavingsPlans")) for one in covered])
    on_demand = _whole([amount(one.get("OnDemandCost")) for one in covered])
    pages = (*_pages(evidence, "GetSavingsPlansCoverage"), *_pages(evidence, "GetSavingsPlansUtilization"))
    return Commitment(
        kind=CommitmentKind.SAVINGS_PLANS,
        **_period_of(pages),
        coverage_percent=_share(of_plans, on_demand),
        utilization_percent=amount(members(used.get("Utilization")).get("UtilizationPercentage")),
        on_demand_cost=on_demand,
        unused_cost=amount(members(used.get("Utilization")).get("UnusedCommitment")),
        net_savings=amount(members(used.get("Savings")).get("NetSavings")),
        billing_currency=currency,
        evidence=(
            *(
                page.pointer(f"{place}/Coverage/{member}", _said(row, member))
                for page, place, row in coverages
                for member in ("SpendCoveredBySavingsPlans", "OnDemandCost")
            ),
            *_totals(evidence, "GetSavingsPlansUtilization", "/Total/Utilization/UtilizationPercentage"),
        ),
    )


def _whole(parts: Sequence[Decimal | None]) -> Decimal | None:
    """The sum, or None where a part is unknown: the rest alone would be too little."""
    return None if None in parts else known_total(parts)


def _said(row: Json, member: str) -> object:
    return members(row.get("Coverage")).get(member)


def reservations(evidence: Evidence, currency: str) -> Commitment | None:
    """The same of reservations."""
    pages = (*_pages(evidence, "GetReservationCoverage"), *_pages(evidence, "GetReservationUtilization"))
    coverage = _first_total(evidence, "GetReservationCoverage")
    used = _first_total(evidence, "GetReservationUtilization")
    if not coverage and not used:
        return None
    return Commitment(
        kind=CommitmentKind.RESERVATIONS,
        **_period_of(pages),
        coverage_percent=amount(members(coverage.get("CoverageHours")).get("CoverageHoursPercentage")),
        utilization_percent=amount(used.get("UtilizationPercentage")),
        on_demand_cost=amount(members(coverage.get("CoverageCost")).get("OnDemandCost")),
        unused_cost=amount(used.get("RICostForUnusedHours")),
        net_savings=amount(used.get("NetRISavings")),
        billing_currency=currency,
        evidence=(
            *_totals(evidence, "GetReservationCoverage", "/Total/CoverageHours/CoverageHoursPercentage"),
            *_totals(evidence, "GetReservationCoverage", "/Total/CoverageCost/OnDemandCost"),
            *_totals(evidence, "GetReservationUtilization", "/Total/UtilizationPercentage"),
        ),
    )


def _share(part: Decimal | None, rest: Decimal | None) -> Decimal | None:
    if part is None or rest is None or part + rest == 0:
        return None
    return (part / (part + rest) * 100).quantize(Decimal("0.01"))


def _pages(evidence: Evidence, operation: str) -> list[RecordedResponse]:
    return answered_to_the_end(evidence.of(operation))


def _rows(evidence: Evidence, operation: str, member: str) -> Iterator[tuple[RecordedResponse, str, Json]]:
    """Each row once: AWS may give a page again under another token."""
    seen: list[Json] = []
    for page in _pages(evidence, operation):
        for index, row in enumerate(map(members, listed(page.response.get(member)))):
            if row not in seen:
                seen.append(row)
                yield page, f"/{member}/{index}", row


def _first_total(evidence: Evidence, operation: str) -> Json:
    totals = (members(page.response.get("Total")) for page in _pages(evidence, operation))
    return next((one for one in totals if one), {})


def _totals(evidence: Evidence, operation: str, path: str) -> Iterator[EvidencePointer]:
    for page in _pages(evidence, operation):
        value: object = page.response
        for name in path.strip("/").split("/"):
            value = members(value).get(name)
        if value is not None:
            yield page.pointer(path, value)
            return


def _period_of(pages: Iterable[RecordedResponse]) -> dict[str, Any]:
    asked = next(iter(pages)).parameters["TimePeriod"]
    return {"start": day_of(asked["Start"]), "end": day_of(asked["End"])}


def commitment_options(evidence: Evidence) -> tuple[CommitmentOption, ...]:
    """What Cost Explorer proposes to buy, the biggest monthly saving first; one term and payment option each."""
    found = [*_plans_to_buy(evidence), *_reservations_to_buy(evidence)]
    # AWS may give a page again under another token: what differs in nothing but its place is one option.
    once = {replace(one, evidence=()): one for one in reversed(found)}
    return tuple(sorted(once.values(), key=_biggest_first))


def _biggest_first(option: CommitmentOption) -> tuple[bool, Decimal, str, str, str, str]:
    saving = option.estimated_monthly_savings
    where = (option.kind.value, option.service_name, option.account_id, option.description)
    return (saving is None, -(saving or Decimal(0)), *where)


def _plans_to_buy(evidence: Evidence) -> Iterator[CommitmentOption]:
    for page in _pages(evidence, "GetSavingsPlansPurchaseRecommendation"):
        told = members(page.response.get("SavingsPlansPurchaseRecommendation"))
        member = "SavingsPlansPurchaseRecommendationDetails"
        for index, one in enumerate(map(members, listed(told.get(member)))):
            # EstimatedSavingsAmount is the look-back's, EstimatedMonthlySavingsAmount the month's.
            monthly = one.get("EstimatedMonthlySavingsAmount")
            place = f"/SavingsPlansPurchaseRecommendation/{member}/{index}/EstimatedMonthlySavingsAmount"
            details = members(one.get("SavingsPlansDetails"))
            yield CommitmentOption(
                kind=CommitmentKind.SAVINGS_PLANS,
                service_name="",
                **_terms(told, page.parameters),
                account_id=text(one.get("AccountId")),
                region_id=text(details.get("Region")),
                description=text(told.get("SavingsPlansType")) or page.parameters["SavingsPlansType"],
                estimated_monthly_savings=amount(monthly),
                estimated_savings_percentage=amount(one.get("EstimatedSavingsPercentage")),
                estimated_savings_in_lookback=amount(one.get("EstimatedSavingsAmount")),
                hourly_commitment=amount(one.get("HourlyCommitmentToPurchase")),
                count=None,
                upfront_cost=amount(one.get("UpfrontCost")),
                monthly_cost=None,
                billing_currency=_currency(one),
                evidence=(page.pointer(place, monthly),),
                details=text(details.get("InstanceFamily")),
            )


def _reservations_to_buy(evidence: Evidence) -> Iterator[CommitmentOption]:
    for page in _pages(evidence, "GetReservationPurchaseRecommendation"):
        for at, told in enumerate(map(members, listed(page.response.get("Recommendations")))):
            for index, one in enumerate(map(members, listed(told.get("RecommendationDetails")))):
                place = f"/Recommendations/{at}/RecommendationDetails/{index}/EstimatedMonthlySavingsAmount"
                yield _reservation_to_buy(page, place, told, one)


def _reservation_to_buy(page: RecordedResponse, place: str, told: Json, one: Json) -> CommitmentOption:
    monthly = one.get("EstimatedMonthlySavingsAmount")
    instance = _instance(one)
    return CommitmentOption(
        kind=CommitmentKind.RESERVATIONS,
        service_name=str(page.parameters["Service"]),
        **_terms(told, page.parameters),
        account_id=text(one.get("AccountId")),
        region_id=text(instance.get("Region")),
        description=_type_of(instance),
        estimated_monthly_savings=amount(monthly),
        estimated_savings_percentage=amount(one.get("EstimatedMonthlySavingsPercentage")),
        estimated_savings_in_lookback=None,
        hourly_commitment=None,
        count=amount(one.get("RecommendedNumberOfInstancesToPurchase")),
        upfront_cost=amount(one.get("UpfrontCost")),
        monthly_cost=amount(one.get("RecurringStandardMonthlyCost")),
        billing_currency=_currency(one),
        evidence=(page.pointer(place, monthly),),
        details=" ".join(filter(None, (text(instance.get(name)) for name in BOUND_TO))),
    )


def _instance(one: Json) -> Json:
    """The details of whichever kind of instance it is: they stand under a name of their own for each service."""
    kinds = members(one.get("InstanceDetails"))
    return next((members(kinds[name]) for name in sorted(kinds) if members(kinds[name])), {})


def _type_of(instance: Json) -> str:
    """The type; search domains name its class and its size apart."""
    told = text(instance.get("InstanceType")) or text(instance.get("NodeType"))
    apart = text(instance.get("InstanceClass")), text(instance.get("InstanceSize"))
    return told or ".".join(part for part in apart if part)


def _currency(one: Json) -> str:
    """US dollars where AWS names none; MalformedResponse where it names something that is no currency."""
    return currency_of(one["CurrencyCode"]) if one.get("CurrencyCode") else USD


def _terms(told: Json, asked: Json) -> dict[str, str]:
    """As AWS answered, or as it was asked: an answer may leave them out."""
    return {
        "term": text(told.get("TermInYears")) or str(asked["TermInYears"]),
        "payment_option": text(told.get("PaymentOption")) or str(asked["PaymentOption"]),
        "lookback": text(told.get("LookbackPeriodInDays")) or str(asked["LookbackPeriodInDays"]),
    }
