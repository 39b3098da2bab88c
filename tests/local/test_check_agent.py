"""finops agents check: the contract test on files, good and bad, and on a function in Lambda."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session

from local.command_line import main
from local.handler_process import Handler
from tests.local.handler_files import GOOD, Capture, a_file, card_file
from tests.workflows.discovery.cards import Json, a_card, our_terms

BAD_INPUT = 2


def check(capsys: Capture, *arguments: object) -> tuple[int, Json]:
    """The exit code, and the document on standard output."""
    capsys.readouterr()
    code = main(["agents", "check", *map(str, arguments), "--json"])
    document: Json = json.loads(capsys.readouterr().out)
    return code, document


def outcomes(document: Json, outcome: str) -> list[str]:
    return [one["rule"] for one in document["rules"] if one["outcome"] == outcome]


def test_who_keeps_the_contract_keeps_each_rule(tmp_path: Path, capsys: Capture) -> None:
    code, document = check(capsys, a_file(tmp_path, GOOD), "--card", card_file(tmp_path, a_card()))
    assert (code, document["kept"], document["agent"]) == (0, True, "log-retention-agent")
    assert outcomes(document, "kept") == [one["rule"] for one in document["rules"]]
    assert [one["action"] for one in document["answers"]] == ["self_check", "recommend"]
    assert all(one["seconds"] > 0 and one["bytes"] > 50 for one in document["answers"])
    assert document["recommendations"] == 1


def test_the_card_beside_the_file_is_taken(tmp_path: Path, capsys: Capture) -> None:
    card_file(tmp_path, a_card(name="card-beside-it"))
    assert check(capsys, a_file(tmp_path, GOOD))[1]["agent"] == "card-beside-it"


def test_without_a_card_what_it_would_declare_is_not_checked(tmp_path: Path, capsys: Capture) -> None:
    code, document = check(capsys, a_file(tmp_path, GOOD))
    assert code == 0
    assert [rule.split(" that its card")[0] for rule in outcomes(document, "not_checked")] == [
        "It speaks of no source",
        "It says what it saw of every source",
    ]


@pytest.mark.parametrize(
    ("was", "broken", "rule", "said"),
    [
        ('"agent": question["agent"]', '"agent": "me"', "self_check is signed", "signed by 'me'"),
        ('"status": "ready"', '"status": "not_ready", "remedy": "Wait."', "It is ready", "Wait."),
        ('"status": "ready"', '"status": "ready", "x": 1', "self_check is of the contract", "x: Extra inputs"),
        ('"finops.agent/1"', '"finops.agent/2"', "self_check is of the contract", "contract: Input should be"),
        ('question["review"]["review_id"], "rec', '"another", "rec', "answers the review", "to the review 'another'"),
        ('"source": "LogRetention", "action', '"source": "Mine", "action', "speaks of no source", "'Mine'"),
        ('"12.50"', 'float("nan")', "recommend is a JSON object", "NaN is no number"),
        ('"12.50"', '"1e9"', "recommend is of the contract", "an account can save a month"),
        ('"12.50"', '12.5, "notes": ["x" * 1_100_000]', "recommend is a JSON object", "1000000 at most"),
        ('"/aws/lambda/old"', '"arn:aws:sqs:us-east-1:999999999999:q"', "Each ARN lies", "does not lie in account"),
        (
            '    if question["action"]',
            '    raise ValueError("no")\n    if question["action"]',
            "answers self_check",
            "no",
        ),
    ],
)
def test_a_broken_rule_is_named_with_what_was_seen_and_what_helps(
    tmp_path: Path, capsys: Capture, was: str, broken: str, rule: str, said: str
) -> None:
    assert was in GOOD
    path = a_file(tmp_path, GOOD.replace(was, broken))
    code, document = check(capsys, path, "--card", card_file(tmp_path, a_card()))
    assert (code, document["kept"]) == (1, False)
    first = next(one for one in document["rules"] if one["outcome"] == "broken")
    assert rule in first["rule"]
    assert said in first["detail"]
    assert first["remedy"]


def test_a_source_of_the_card_that_it_says_nothing_of_is_named(tmp_path: Path, capsys: Capture) -> None:
    two = a_card(capabilities={"extensions": [our_terms(sources=["LogRetention", "LogTraffic"])]})
    code, document = check(capsys, a_file(tmp_path, GOOD), "--card", card_file(tmp_path, two))
    (broken,) = [one for one in document["rules"] if one["outcome"] == "broken"]
    assert (code, broken["detail"]) == (1, "It says nothing of LogTraffic.")


def test_who_is_too_slow_for_its_own_card_is_named(tmp_path: Path, capsys: Capture) -> None:
    slow = a_file(tmp_path, "import time\ndef handler(question, context):\n    time.sleep(60)\n")
    card = card_file(tmp_path, a_card(capabilities={"extensions": [our_terms(timeoutSeconds=1)]}))
    code, document = check(capsys, slow, "--card", card)
    assert (code, outcomes(document, "broken")) == (1, ["It answers self_check within 1 s"])


def test_people_read_each_rule_in_a_line_and_nothing_of_a_stranger_acts_on_their_terminal(
    tmp_path: Path, capsys: Capture
) -> None:
    rude = a_file(tmp_path, GOOD.replace('question["agent"]}', '"\\x1b[2J"}'))
    assert main(["agents", "check", str(rude)]) == 1
    said = capsys.readouterr().out
    assert "✗ Its answer to self_check is signed with its name" in said
    assert "– It is ready" not in said
    assert "✓ It is ready" in said
    assert "\x1b" not in said
    assert "2 of 13 rules are broken." in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.py",), "no such Python file"),
        (("missing.py", "--card", "missing.json"), "missing.json: cannot be read"),
        (("arn:aws:sqs:us-east-1:123456789012:q", "--profile", "x"), "is not the ARN of a Lambda function"),
        (("a-function", "--profile", "no-such-profile"), "there is no such profile"),
    ],
)
def test_what_cannot_be_checked_at_all_is_bad_input(capsys: Capture, arguments: tuple[str, ...], said: str) -> None:
    assert main(["agents", "check", *arguments]) == BAD_INPUT
    assert said in capsys.readouterr().err


# ---- a function in Lambda


class _Body(BytesIO):
    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


@pytest.fixture
def lambda_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Answers Lambda's wire with the good file, and notes every request that boto3 sends to anybody."""
    sent: list[Any] = []
    config = tmp_path / "config"
    config.write_text("[profile real]\nregion = eu-west-1\naws_access_key_id = AKIA\naws_secret_access_key = secret\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    handler = Handler(a_file(tmp_path, GOOD, "deployed.py"))

    def send(_session: object, request: Any) -> Any:
        sent.append(request)
        content = handler.answered(json.loads(request.body), timeout_s=20)
        return AWSResponse(request.url, 200, {}, _Body(content))

    monkeypatch.setattr(URLLib3Session, "send", send)
    return sent


def test_a_deployed_function_is_invoked_twice_and_nothing_else_is_asked_of_the_account(
    capsys: Capture, lambda_requests: list[Any]
) -> None:
    code, document = check(capsys, "log-retention-agent", "--profile", "real")
    assert (code, document["agent"]) == (0, "log-retention-agent")
    path = "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/log-retention-agent/invocations"
    assert [request.url for request in lambda_requests] == [path, path]
    told = json.loads(lambda_requests[0].body)["review"]
    assert (told["review_id"], told["account_id"]) == ("contract-check", "123456789012")


def test_an_arn_is_invoked_in_its_own_region(capsys: Capture, lambda_requests: list[Any]) -> None:
    arn = "arn:aws:lambda:us-west-2:123456789012:function:log-retention-agent:live"
    assert check(capsys, arn, "--profile", "real")[0] == 0
    assert all(request.url.startswith("https://lambda.us-west-2.") for request in lambda_requests)
