"""Whose an opportunity is: by tag, else by what a cost category says of its account, else nobody's."""

from decimal import Decimal
from typing import Any

from tests.workflows.builders import ACCOUNT, ADVISOR, HUB, OPTIMIZER, a_recommendation
from workflows.recommendation import Recommendation
from workflows.savings.overlaps import opportunities
from workflows.savings.owners import OWNER_TAGS, AccountOwner, Owner, owner


def whose(*said: Recommendation, keys: tuple[str, ...] = OWNER_TAGS, **account: Any) -> Owner:
    fields: dict[str, Any] = {"cost_category": "Team", "name": "shop", "share_percent": Decimal(100), **account}
    (one,) = opportunities(said)
    return owner(one, keys, {ACCOUNT: AccountOwner(ACCOUNT, **fields)} if account else {})


def tagged(source: str = HUB, /, **tags: str) -> Recommendation:
    return a_recommendation("10", source, tags=tuple(tags.items()))


def test_the_first_key_that_is_there_names_the_owner() -> None:
    assert whose(tagged(team="web", owner="ana")) == Owner("ana", f"tag owner, as {HUB} tells it")
    assert whose(tagged(team="web", owner="ana"), keys=("team", "owner")).name == "web"


def test_any_source_may_know_the_tag() -> None:
    """Trusted Advisor tells none."""
    assert whose(tagged(ADVISOR), tagged(OPTIMIZER, team="web")) == Owner("web", f"tag team, as {OPTIMIZER} tells it")


def test_where_two_sources_differ_the_more_trusted_one_is_believed() -> None:
    assert whose(tagged(OPTIMIZER, team="old"), tagged(HUB, team="new")).name == "new"


def test_an_empty_tag_names_nobody() -> None:
    assert whose(tagged(owner=" ", team="web")).name == "web"


def test_keys_are_matched_as_they_are_written() -> None:
    assert whose(tagged(OWNER="ana")) == Owner("", "no owner tag")


def test_without_a_tag_the_accounts_cost_category_names_the_owner_and_its_share() -> None:
    assert whose(tagged(), name="shop") == Owner("shop", "cost category Team: it has all of the account's spend")
    assert whose(tagged(), share_percent=Decimal("62.5")).told_by.endswith("it has 62.5 % of the account's spend")


def test_a_tag_goes_before_the_cost_category() -> None:
    assert whose(tagged(team="web"), name="shop").name == "web"


def test_spend_that_no_value_claims_names_nobody() -> None:
    found = whose(tagged(), name="", share_percent=Decimal("51.0"))

    assert found == Owner("", "no owner tag, and 51.0 % of the account's spend has no value in cost category Team")
