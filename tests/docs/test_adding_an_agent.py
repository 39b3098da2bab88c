"""docs/adding-an-agent.md, followed to the letter in a fresh copy of the project."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.docs.following import COMMANDS, REPLACEMENT, REPOSITORY, Checkout, a_checkout

PAGE = (REPOSITORY / "docs" / "adding-an-agent.md").read_text(encoding="utf-8")
AGENT, SOURCE = "unattached-volumes-agent", "UnattachedVolumes"


@dataclass(frozen=True)
class Followed:
    """The copy after the whole page, and what the first command printed."""

    checkout: Checkout
    printed: str

    def json(self, path: str) -> Any:
        return json.loads((self.checkout.root / path).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    checkout = a_checkout(tmp_path_factory.mktemp("page") / "finops")
    the_folder, *see_it_work = COMMANDS.findall(PAGE)
    printed = checkout.run(the_folder)
    assert checkout.replace(PAGE) == 5, "a line, two branches, and their places in what follows"
    checkout.run_side_by_side(see_it_work)
    return Followed(checkout, printed)


def test_the_page_says_what_the_command_prints(followed: Followed) -> None:
    steps = followed.printed[followed.printed.index("**The line.**") :]
    assert steps.strip() in PAGE


def test_the_new_agent_is_heard_in_the_report(followed: Followed) -> None:
    report = followed.json("report/report.json")
    lines = {(row["source"], row["region"]): row["state"] for row in report["coverage"] if row["agent"] == AGENT}
    assert report["status"] == "COMPLETE"
    assert lines == {(SOURCE, "us-east-1"): "AVAILABLE", (SOURCE, "eu-west-1"): "NO_DATA"}
    steps = {step["state"]: step["outcome"] for step in report["run"]["steps"] if step["agent"] == AGENT}
    assert steps == {"CollectUnattachedVolumes": "answered", "AnalyseUnattachedVolumes": "answered"}


def test_its_findings_are_one_with_what_others_say_of_the_same_volumes(followed: Followed) -> None:
    report = followed.json("report/report.json")
    said = {one["resource_id"]: {by["source"] for by in one["said_by"]} for one in report["opportunities"]}
    assert said["vol-0a7e42b9d6c13f858"] > {SOURCE, "CostOptimizationHub"}
    assert said["vol-09b6f3d28e51ca47e"] == {SOURCE, "TrustedAdvisor"}
    assert SOURCE not in said["vol-0c5d81e4fa9236b70"], "an instance uses this one"
    assert len(said) == 12, "nothing is there twice"
    assert report["totals"][0]["counted_usage"] == "293.86", "what nobody states adds nothing"


def test_its_permissions_are_in_the_policy(followed: Followed) -> None:
    statements = {one["Sid"]: one["Action"] for one in followed.json("policy.json")["Statement"]}
    assert statements["UnattachedVolumes"] == ["ec2:DescribeVolumes"]


def test_its_functions_and_its_rights_are_in_the_template(followed: Followed) -> None:
    resources = followed.json("cdk.out/FinOpsSupervisor.template.json")["Resources"].values()
    names = {one["Properties"].get("FunctionName") for one in resources if one["Type"] == "AWS::Lambda::Function"}
    granted = [
        statement["Action"]
        for one in resources
        if one["Type"] == "AWS::IAM::Policy"
        for statement in one["Properties"]["PolicyDocument"]["Statement"]
    ]
    assert names >= {AGENT, f"{AGENT}-work"}
    assert "ec2:DescribeVolumes" in granted


def test_the_page_names_only_what_is_there_to_be_replaced() -> None:
    """The quick one: what the page says stands in the files as they are, whatever else takes long to prove."""
    path = ""
    for found in REPLACEMENT.finditer(PAGE):
        path = found["path"] or path
        assert (REPOSITORY / path).read_text(encoding="utf-8").count(found["old"]) == 1, path
