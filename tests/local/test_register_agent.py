"""finops agents register and remove: another team's agent joins the reviews that run here, and leaves them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from local.agent_handlers import HANDLERS
from local.command_line import main
from local.keeping import kept_world
from local.state_folder import StateFolder
from tasks.agent_registry import register as register_again
from tasks.agent_registry import registered_agents
from tests.local.handler_files import GOOD, Capture, a_file, card_file, finops, gaps_of, reviewed, said_by
from tests.workflows.discovery.cards import Json, a_card, our_terms
from workflows.discovery.card import card_from

AGENT = "log-retention-agent"
BAD_INPUT = 2


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / ".finops"


def register(state: Path, folder: Path, content: str = GOOD, *more: object, **card: Any) -> int:
    """Registers the card with this file as its handler."""
    handler = a_file(folder, content)
    return finops(state, "agents", "register", card_file(folder, a_card(**card)), "--handler", handler, *more)


def names(state: Path) -> tuple[str, ...]:
    with kept_world(StateFolder(state), print) as world:
        return registered_agents(world).names


def test_a_registered_agent_takes_part_and_its_saving_counts(state: Path, tmp_path: Path, capsys: Capture) -> None:
    assert register(state, tmp_path) == 0
    report = reviewed(state, capsys)
    assert Decimal(report["totals"][0]["counted_usage"]) == Decimal("293.86") + Decimal("12.50")
    assert gaps_of(report, AGENT) == []


def test_what_is_removed_takes_part_no_more(state: Path, tmp_path: Path, capsys: Capture) -> None:
    assert register(state, tmp_path) == 0
    assert finops(state, "agents", "remove", AGENT) == 0
    assert names(state) == ()
    assert json.loads((state / HANDLERS).read_text()) == {"handlers": {}}
    report = reviewed(state, capsys)
    assert report["totals"][0]["counted_usage"] == "293.86"
    assert AGENT not in {row["agent"] for row in report["coverage"]}


def test_whose_file_is_not_named_is_not_reached_and_the_review_says_what_helps(
    state: Path, tmp_path: Path, capsys: Capture
) -> None:
    code, out, _ = said_by(
        capsys, lambda: finops(state, "agents", "register", card_file(tmp_path, a_card()), "--by", "ops")
    )
    assert code == 0
    assert "No file stands for its function" in out
    report = reviewed(state, capsys)
    assert report["totals"][0]["counted_usage"] == "293.86"
    (gap,) = gaps_of(report, AGENT)
    assert gap.startswith("AgentUnreachable")
    assert "finops agents register CARD --handler FILE.py" in gap


def test_a_card_and_a_file_that_are_wrong_are_both_named_and_nothing_is_kept(
    state: Path, tmp_path: Path, capsys: Capture
) -> None:
    card = card_file(tmp_path, a_card(name="No Name", version=""))
    code, _, err = said_by(capsys, lambda: finops(state, "agents", "register", card, "--handler", tmp_path / "no.py"))
    assert code == BAD_INPUT
    assert [part in err for part in ("card.json: name", "card.json: version", "no such Python file")] == [True] * 3
    assert not state.exists()


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ({"name": "budget-agent"}, "is an agent of this product"),
        ({"capabilities": {"extensions": [our_terms(sources=["Budgets"])]}}, "so AWS's own sources are called"),
        (
            {
                "supportedInterfaces": [
                    {
                        "url": "arn:aws:lambda:us-east-1:123456789012:function:budget-agent-work",
                        "protocolBinding": "AWS-LAMBDA",
                    }
                ]
            },
            "is a function of this product",
        ),
    ],
)
def test_who_takes_what_is_ours_is_refused(state: Path, tmp_path: Path, capsys: Capture, card: Json, said: str) -> None:
    code, _, err = said_by(capsys, lambda: register(state, tmp_path, **card))
    assert code == BAD_INPUT
    assert said in err


@pytest.mark.parametrize("content", [None, b"", b"[]", b"\xff", b"{" * 9000, b" " * 20_000])
def test_a_file_that_holds_no_card_is_refused(
    state: Path, tmp_path: Path, capsys: Capture, content: bytes | None
) -> None:
    path = tmp_path / "card.json"
    if content is not None:
        path.write_bytes(content)
    code, _, err = said_by(capsys, lambda: finops(state, "agents", "register", path))
    assert (code, "card.json" in err) == (BAD_INPUT, True)


def test_another_file_takes_the_place_of_the_registered_one_only_when_told_to(
    state: Path, tmp_path: Path, capsys: Capture
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    assert register(state, tmp_path) == 0
    code, _, err = said_by(capsys, lambda: register(state, other))
    assert (code, "say --replace" in err) == (BAD_INPUT, True)
    assert str(tmp_path / "agent.py") in (state / HANDLERS).read_text()
    assert register(state, other, GOOD, "--replace") == 0
    assert str(other / "agent.py") in (state / HANDLERS).read_text()


def test_a_handler_stays_while_another_card_names_its_function(state: Path, tmp_path: Path) -> None:
    assert register(state, tmp_path) == 0
    assert register(state, tmp_path, name="second-agent") == 0
    assert finops(state, "agents", "remove", "second-agent") == 0
    assert AGENT in json.loads((state / HANDLERS).read_text())["handlers"]


def test_who_is_not_registered_cannot_be_removed(state: Path, capsys: Capture) -> None:
    code, _, err = said_by(capsys, lambda: finops(state, "agents", "remove", "nobody"))
    assert (code, "'nobody' is not registered here" in err) == (BAD_INPUT, True)


def test_the_state_of_the_command_above_holds_below_it(state: Path, tmp_path: Path) -> None:
    handler, card = a_file(tmp_path, GOOD), card_file(tmp_path, a_card())
    assert main(["agents", "--state", str(state), "register", str(card), "--handler", str(handler)]) == 0
    assert names(state) == (AGENT,)


def test_handlers_that_nobody_can_read_are_said_before_anything_runs(
    state: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert register(state, tmp_path) == 0
    (state / HANDLERS).write_text("{")
    code, _, err = said_by(capsys, lambda: finops(state, "review"))
    assert code == BAD_INPUT
    assert "register the agents' handlers again" in err


DIES = GOOD.replace("    one = {", "    import os; os._exit(9)\n    one = {")


def test_nobody_is_removed_where_nobody_is_and_nothing_is_written(state: Path, capsys: Capture) -> None:
    code, _, err = said_by(capsys, lambda: finops(state, "agents", "remove", AGENT))
    assert (code, "is not registered here" in err, state.exists()) == (BAD_INPUT, True, False)


def test_one_that_turns_bad_later_is_named_and_changes_no_figure(state: Path, tmp_path: Path, capsys: Capture) -> None:
    assert register(state, tmp_path) == 0
    a_file(tmp_path, DIES)
    report = reviewed(state, capsys)
    assert report["totals"][0]["counted_usage"] == "293.86"
    assert any("its process ended with 9" in gap for gap in gaps_of(report, AGENT))


BREAKING = {
    "it dies": (DIES, "It answers recommend"),
    "it signs as another": (GOOD.replace('"agent": question["agent"]', '"agent": "another"'), "signed by 'another'"),
    "it saves no amount": (GOOD.replace('"12.50"', '"NaN"'), "not an amount"),
}


@pytest.mark.parametrize("name", BREAKING)
def test_what_breaks_the_contract_is_not_registered(state: Path, tmp_path: Path, capsys: Capture, name: str) -> None:
    content, told = BREAKING[name]
    code, _, err = said_by(capsys, lambda: register(state, tmp_path, content))
    assert (code, "nothing was registered" in err, told in err) == (BAD_INPUT, True, True), err
    assert not state.exists()


def test_an_agent_that_is_not_ready_today_can_be_registered(state: Path, tmp_path: Path) -> None:
    assert register(state, tmp_path, GOOD.replace('"status": "ready"', '"status": "not_ready"')) == 0
    assert names(state) == (AGENT,)


def test_a_printed_item_put_as_it_is_registers_the_agent_in_a_table(
    state: Path, tmp_path: Path, capsys: Capture
) -> None:
    """As whoever may only put items does it in AWS."""
    path = card_file(tmp_path, a_card())
    code, out, _ = said_by(capsys, lambda: finops(state, "agents", "register", path, "--print-item", "--by", "ops"))
    assert (code, state.exists()) == (0, False)
    with kept_world(StateFolder(state), print) as world:
        world.own("dynamodb").put_item(TableName=world.settings.agent_registry_table, Item=json.loads(out))
        (one,) = registered_agents(world).agents
        assert register_again(world, one.card, by="ops").registration == one.registration + 1
    assert one.card == card_from(path.read_bytes())


def test_no_item_is_printed_for_a_name_of_ours(state: Path, tmp_path: Path, capsys: Capture) -> None:
    path = card_file(tmp_path, a_card(name="budget-agent"))
    code, out, err = said_by(capsys, lambda: finops(state, "agents", "register", path, "--print-item"))
    assert (code, out, "is an agent of this product" in err) == (BAD_INPUT, "", True)
