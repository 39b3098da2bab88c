"""How Trusted Advisor's columns are called, and how their cells are read.

The two APIs order the columns differently and write values differently ("$48.96" and "48.96", "No" and "false"), so a
cell is found by its header and read without trusting its spelling. Source: Trusted Advisor's check reference.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

from workflows.errors import MalformedResponse
from workflows.money import amount
from workflows.recommendation import EvidencePointer
from workflows.sources import Source

RESOURCE_HEADERS = (
    "Resource ID",
    "Instance ID",
    "Volume ID",
    "DB Instance Name",
    "Load Balancer Name",
    "Cluster",
    "Function ARN",
    "Function Name",
    "IP Address",
    "Reserved Instance ID",
    "NAT Gateway Id",
    "VPC Endpoint Id",
    "Network Firewall Arn",
    "Endpoint ARN",
    "Workload ARN",
    "Bucket Name",
    "Resource Record Set Name",
    "Resource",
)
REGION_HEADERS = ("Region", "Region/AZ", "Zone")
SAVINGS_HEADERS = (
    "Estimated Monthly Savings",
    "Estimated Monthly Savings (On Demand)",
    "Estimated Savings with Recommendations (Monthly)",
    "Estimated Savings with Recommendation (Monthly)",
)
CURRENCY_HEADERS = ("Estimated Monthly Savings Currency", "Currency")
DAILY_LOSS_HEADERS = ("Lost Daily Compute Cost",)
COST_HEADERS = ("Estimated Monthly Cost", "Monthly Storage Cost", "Current Monthly Cost")
PERCENT_HEADERS = ("Savings Opportunity (%)",)
LOOKBACK_HEADERS = ("Lookback Period (Days)",)
NAME_HEADERS = ("Instance Name", "Volume Name", "Workload Name")
ACTION_HEADERS = ("Recommended Action",)
CURRENT_HEADERS = ("Current Resource Summary", "Instance Type", "Volume Type", "Memory Size (MB)", "Reason")
RECOMMENDED_HEADERS = (
    "Recommended Resource Summary",
    "Recommended Instance Type",
    "Recommended Volume Type",
    "Recommended Memory Size (MB)",
)
NOT_IN_THE_TEXT = re.compile(r"status|region|region/az|zone|day \d+|last (updated|refresh) time ?(stamp)?")
SPEAKS_OF_MONEY = re.compile(r"cost|saving|price")

CURRENCY = "USD"
"""Trusted Advisor states its amounts in US dollars, unless a column of its own says otherwise."""
CURRENCY_OF_SIGN = {"$": "USD", "€": "EUR", "£": "GBP"}
LONGEST_TEXT = 400
# A double holds fifteen decimal digits for certain; "123.12000000000002" is 123.12.
_DOUBLE = Context(prec=15)


@dataclass(frozen=True)
class Row:
    """One resource that a check names: its cells by folded header, with each cell's place in AWS's answer.

    columns are all that the check has, because one of the APIs leaves empty cells out.
    own_id is what the API itself calls the row: the resource in one of them, an opaque hash in the other.
    """

    source: Source
    check_id: str
    check_name: str
    region: str
    own_id: str
    excluded: bool
    columns: frozenset[str]
    cells: Mapping[str, str]
    places: Mapping[str, EvidencePointer]

    def first(self, headers: Sequence[str]) -> str:
        """The first of these columns that holds something."""
        return next((cell for header in headers if (cell := self.cells.get(folded_header(header)))), "")

    def has(self, headers: Sequence[str]) -> bool:
        """Whether the check has one of these columns; the row may lack its cell."""
        return any(folded_header(header) in self.columns for header in headers)

    def evidence(self, headers: Sequence[str]) -> tuple[EvidencePointer, ...]:
        wanted = [folded_header(header) for header in headers]
        return tuple(self.places[header] for header in wanted if header in self.places)

    @property
    def text(self) -> str:
        """What the row says, the same from both APIs: sorted by header, values in one spelling."""
        said = [
            f"{header}: {_spelled(header, cell)}"
            for header, cell in sorted(self.cells.items())
            if cell and not NOT_IN_THE_TEXT.fullmatch(header)
        ]
        return "; ".join(said)[:LONGEST_TEXT]


def folded_header(header: str) -> str:
    """A header that can be compared: AWS is not sure of its own capitals ("Estimated costs", "Timestamp")."""
    return " ".join(header.replace("*", " ").split()).lower()


def money(cell: str) -> Decimal | None:
    """The amount in a cell, free of a double's noise; MalformedResponse where it is none ("14+", "2.3%  0.23MB")."""
    value = amount(cell)
    # Only what looks like a double's noise is rounded: an amount keeps the digits that AWS meant.
    return value if value is None or len(value.as_tuple().digits) <= _DOUBLE.prec else value.normalize(_DOUBLE)


def a_month(daily: Decimal) -> Decimal:
    """What a daily amount comes to in AWS's month of 730 hours, which is 365 days / 12."""
    return daily * 365 / 12


def known_money(cell: str) -> Decimal | None:
    """The same, and unknown where it is none."""
    try:
        return money(cell)
    except MalformedResponse:
        return None


def percentage(cell: str) -> Decimal | None:
    """A percentage from 0 to 100 in a column that says so; Trusted Advisor's totals hold fractions and are not read."""
    return known_money(cell.removesuffix("%").strip())


def days(cell: str) -> int | None:
    """A number of days ("14 days", "14"); "14+" is no number but a bound, and unknown as one."""
    exact = re.fullmatch(r"(\d{1,4})(?: days?)?", cell.strip(), re.ASCII)
    return int(exact.group(1)) if exact else None


def currency(stated: str, cell: str) -> str | None:
    """The amount's currency: what its column says, else its sign, else US dollars; None where they contradict."""
    sign = next((code for sign, code in CURRENCY_OF_SIGN.items() if sign in cell), "")
    code = stated.strip().upper()
    if code and not re.fullmatch(r"[A-Z]{3}", code):
        return None
    if code and sign and code != sign:
        return None
    return code or sign or CURRENCY


def _spelled(header: str, cell: str) -> str:
    plain = " ".join(cell.split())
    if plain.lower() in {"true", "false"}:
        return "Yes" if plain.lower() == "true" else "No"
    # Only money is respelled: an account number keeps its leading zero, a version its last one.
    known = known_money(plain) if SPEAKS_OF_MONEY.search(header) else None
    return plain if known is None else f"{known.normalize():f}"
