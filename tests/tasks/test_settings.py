"""What a function must be told about where it runs."""

import pytest

from tasks.settings import Settings
from workflows.errors import MissingSettings

WHOLE = {
    "FINOPS_CONTEXT_BUCKET": "bucket",
    "FINOPS_AGENT_STATES_TABLE": "states",
    "FINOPS_PAID_REQUESTS_TABLE": "paid",
    "FINOPS_OPPORTUNITIES_TABLE": "opportunities",
    "FINOPS_AGENT_REGISTRY_TABLE": "registry",
    "FINOPS_IDEMPOTENCY_TABLE": "idempotency",
    "FINOPS_EVENT_BUS": "bus",
    "FINOPS_REGIONS": "us-east-1, eu-west-1",
}


def test_settings_are_read_from_the_environment() -> None:
    assert Settings.from_environment(WHOLE) == Settings(
        context_bucket="bucket",
        agent_states_table="states",
        paid_requests_table="paid",
        opportunities_table="opportunities",
        agent_registry_table="registry",
        idempotency_table="idempotency",
        event_bus="bus",
        regions=("us-east-1", "eu-west-1"),
        function_prefix="",
        trusted_advisor_api="trustedadvisor",
    )


def test_what_may_be_left_out_is_taken_where_it_is_given() -> None:
    settings = Settings.from_environment(
        {
            **WHOLE,
            "FINOPS_FUNCTION_PREFIX": "prod-",
            "FINOPS_TRUSTED_ADVISOR_API": "support",
            "FINOPS_STATE_MACHINE_ARN": "arn:machine",
        }
    )
    told = (settings.function_prefix, settings.trusted_advisor_api, settings.state_machine_arn)
    assert told == ("prod-", "support", "arn:machine")


def test_everything_that_is_missing_is_named_together() -> None:
    with pytest.raises(MissingSettings) as raised:
        Settings.from_environment({"PATH": "/bin"})
    assert all(name in str(raised.value) for name in WHOLE)


@pytest.mark.parametrize("name", sorted(WHOLE))
@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_value_is_missing_and_only_it_is_named(name: str, empty: str) -> None:
    with pytest.raises(MissingSettings) as raised:
        Settings.from_environment({**WHOLE, name: empty})
    assert name in str(raised.value)
    assert not any(other in str(raised.value) for other in WHOLE if other != name)


@pytest.mark.parametrize("regions", [",", " , ,"])
def test_regions_that_name_none_are_missing_because_none_would_be_looked_at(regions: str) -> None:
    with pytest.raises(MissingSettings, match="FINOPS_REGIONS"):
        Settings.from_environment({**WHOLE, "FINOPS_REGIONS": regions})


def test_the_days_cap_on_paid_requests_is_a_hundred_unless_it_is_set() -> None:
    assert Settings.from_environment(WHOLE).max_cost_explorer_requests_a_day == 100
    set_to = {**WHOLE, "FINOPS_MAX_COST_EXPLORER_REQUESTS_A_DAY": " 7 "}
    assert Settings.from_environment(set_to).max_cost_explorer_requests_a_day == 7


@pytest.mark.parametrize("written", ["many", "-1", "1.5", "", "²"])
def test_a_days_cap_that_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(MissingSettings, match="FINOPS_MAX_COST_EXPLORER_REQUESTS_A_DAY"):
        Settings.from_environment({**WHOLE, "FINOPS_MAX_COST_EXPLORER_REQUESTS_A_DAY": written})
