"""The reviewed file of what is left alone on purpose."""

from datetime import date
from typing import Any

import pytest

from tests.workflows.builders import a_recommendation
from workflows.errors import InvalidExemptions
from workflows.recommendation import ActionType, Recommendation
from workflows.savings.exemptions import Exemption, Matcher, exemptions_from
from workflows.savings.opportunity import Opportunity
from workflows.savings.overlaps import opportunities

WHOLE = """
[[exemption]]
pattern = "i-0abc*"
reason = "Failover, idle by design"
expires = 2027-03-31
action = "Stop"
account = "123456789012"

[[exemption]]
pattern = "tag:team=payments"
reason = "They decide for themselves"
expires = "2026-12-31"
"""


def an_exemption(pattern: str = "i-1", **changes: Any) -> Exemption:
    return Exemption(**{"pattern": pattern, "reason": "because", "expires": date(2027, 3, 31), **changes})


def an_opportunity(*recommendations: Recommendation) -> Opportunity:
    (found,) = opportunities(recommendations)
    return found


def test_entries_are_read_in_their_order_with_dates_as_toml_has_them_or_in_quotes() -> None:
    first, second = exemptions_from(WHOLE.encode())
    assert first == Exemption("i-0abc*", "Failover, idle by design", date(2027, 3, 31), ActionType.STOP, "123456789012")
    assert (second.pattern, second.expires, second.action, second.account) == (
        "tag:team=payments",
        date(2026, 12, 31),
        None,
        None,
    )


@pytest.mark.parametrize("content", [b"", b"# nothing yet\n", b"\xef\xbb\xbf"])
def test_a_file_without_entries_exempts_nothing(content: bytes) -> None:
    assert exemptions_from(content) == ()


ENTRY = 'pattern = "i-1"\nreason = "r"\nexpires = 2027-01-01\n'
WRONG: dict[str, tuple[str, tuple[str, ...]]] = {
    "no TOML": ("pattern = ", ("not valid TOML",)),
    "a date that does not exist": ("[[exemption]]\nexpires = 2026-02-30", ("not valid TOML",)),
    "one bracket": (f"[exemption]\n{ENTRY}", ("two brackets",)),
    "another table": (f"[[exemptions]]\n{ENTRY}", ("'exemptions' is not known", "[[exemption]]")),
    "entries that are none": ("exemption = [1]", ("exemption 1: ", "[[exemption]]")),
    "nothing said": ("[[exemption]]", ("pattern is missing", "reason is missing", "expires is missing; name the last")),
    "an empty reason": (f"[[exemption]]\n{ENTRY}".replace('"r"', '"  "'), ("exemption 1 ('i-1'): reason: ",)),
    "a time of day": (f"[[exemption]]\n{ENTRY}".replace("2027-01-01", "2027-01-01T00:00:00Z"), ("expires: ",)),
    "a number for a day": (f"[[exemption]]\n{ENTRY}".replace("2027-01-01", "0"), ("expires: '0' cannot be used",)),
    "a day that does not exist": (f"[[exemption]]\n{ENTRY}".replace("2027-01-01", '"2027-02-30"'), ("expires: ",)),
    "an unknown action": (f'[[exemption]]\n{ENTRY}action = "Reboot"', ("action: 'Reboot'", "Rightsize")),
    "an account that is a number": (f"[[exemption]]\n{ENTRY}account = 123456789012", ("account: ", "in quotes")),
    "a field too many": (f'[[exemption]]\n{ENTRY}expire = "x"', ("expire: this field does not exist",)),
    "a tag without a value": (f"[[exemption]]\n{ENTRY}".replace("i-1", "tag:team"), ("tag:KEY=VALUE",)),
    "the same twice": (f"[[exemption]]\n{ENTRY}\n[[exemption]]\n{ENTRY}", ("'i-1' is there twice",)),
    "a control character": (f"[[exemption]]\n{ENTRY}".replace('"r"', '"\\u001b[2J"'), ("reason: ",)),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_with_the_entry_and_the_remedy(name: str) -> None:
    content, said = WRONG[name]
    with pytest.raises(InvalidExemptions) as raised:
        exemptions_from(content.encode())
    assert all(words in str(raised.value) for words in said)


def test_every_wrong_entry_is_named_at_once() -> None:
    wrong = '[[exemption]]\npattern = "a"\n' + f"[[exemption]]\n{ENTRY}" + '[[exemption]]\npattern = "c"\n'
    with pytest.raises(InvalidExemptions) as raised:
        exemptions_from(wrong.encode())
    assert len(raised.value.problems) == 4
    assert {problem.split(" (")[0] for problem in raised.value.problems} == {"exemption 1", "exemption 3"}


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[[" * 100_000, b"#" * 1_000_001])
def test_what_is_no_text_or_far_too_much_is_refused_in_our_words(content: bytes) -> None:
    with pytest.raises(InvalidExemptions):
        exemptions_from(content)


@pytest.mark.parametrize(
    "pattern",
    [
        "i-0abc",
        "i-0*",
        "i-0ab?",
        "i-0ab[a-d]",
        "arn:aws:ec2:us-east-1:123456789012:instance/i-0abc",
        "123456789012/us-east-1/*/i-0abc",
        "web-*",
        "tag:team=payments",
        "tag:team=*",
    ],
)
def test_a_pattern_is_held_against_id_arn_key_name_and_tags(pattern: str) -> None:
    one = an_opportunity(
        a_recommendation(resource="i-0abc", resource_name="web-1", tags=(("team", "payments"), ("env", "prod")))
    )
    exemption = an_exemption(pattern)
    assert Matcher([exemption]).fitting(one) == (exemption,)


@pytest.mark.parametrize("pattern", ["i-0ab", "I-0ABC", "abc", "tag:env=*", "team=payments", "*/i-0ab", "i.0abc"])
def test_a_pattern_fits_the_whole_and_nothing_by_chance(pattern: str) -> None:
    one = an_opportunity(a_recommendation(resource="i-0abc", tags=(("team", "payments"),)))
    assert Matcher([an_exemption(pattern)]).fitting(one) == ()


def test_a_database_is_known_by_the_arn_that_nobody_stated() -> None:
    one = an_opportunity(a_recommendation(resource="reports", resource_type="RdsDbInstance"))
    assert Matcher([an_exemption("arn:aws:rds:*:db:reports")]).fitting(one)


def test_what_another_source_knows_of_the_resource_counts_too() -> None:
    named = a_recommendation("5", source="TrustedAdvisor", resource_name="failover")
    assert Matcher([an_exemption("failover")]).fitting(an_opportunity(a_recommendation(), named))


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({"account": "123456789012"}, True),
        ({"account": "999999999999"}, False),
        ({"action": ActionType.STOP}, True),
        ({"action": ActionType.RIGHTSIZE}, False),
    ],
)
def test_an_entry_for_an_account_or_an_action_fits_only_there(changes: dict[str, Any], fits: bool) -> None:
    assert bool(Matcher([an_exemption(**changes)]).fitting(an_opportunity(a_recommendation()))) is fits


@pytest.mark.parametrize(
    ("day", "holds", "soon"),
    [
        (date(2027, 3, 16), True, False),
        (date(2027, 3, 17), True, True),
        (date(2027, 3, 31), True, True),
        (date(2027, 4, 1), False, False),
    ],
)
def test_it_holds_through_its_last_day_and_ends_soon_two_weeks_before(day: date, holds: bool, soon: bool) -> None:
    assert (an_exemption().holds_on(day), an_exemption().expires_soon(day)) == (holds, soon)
