"""finops agents new: everything that is wrong is named, and nothing is written unless all of it is."""

import ast
import json
import shutil
from pathlib import Path

import pytest

from local import new_agent as module
from local.account_folder import Envelope
from local.command_line import main
from local.new_agent import DEFINITION, REGISTRATION, NewAgent, checkout, new_agent, write
from tests.local.model_check import disagreements
from workflows.errors import BadInput

HERE = checkout()
VOLUMES = "ec2:DescribeVolumes"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """As much of a checkout as an agent is written into."""
    for path in (DEFINITION, REGISTRATION):
        (tmp_path / path).parent.mkdir(parents=True)
        shutil.copy(HERE / path, tmp_path / path)
    (tmp_path / "tests" / "tasks" / "agents").mkdir(parents=True)
    return tmp_path


def everything_in(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*")}


def refused(root: Path, name: str = "unattached_volumes", reads: str = VOLUMES) -> str:
    """What is said; nothing was written."""
    before = everything_in(root)
    with pytest.raises(BadInput) as raised:
        write(new_agent(name, reads, root), root)
    assert everything_in(root) == before
    return str(raised.value)


def test_an_agent_is_its_folder_its_test_and_its_sample_answers(root: Path) -> None:
    before = everything_in(root)
    write(new_agent("unattached_volumes", VOLUMES, root), root)
    made = {path for path in everything_in(root) - before if (root / path).is_file()}
    folder = "tasks/agents/unattached_volumes"
    assert made == {
        *(f"{folder}/{one}.py" for one in ("__init__", "spec", "collect", "rules", "handler")),
        "tests/tasks/agents/test_unattached_volumes.py",
        "local/sample_account/responses/ec2/DescribeVolumes__unattached_volumes.json",
        "local/sample_account/responses/ec2/DescribeVolumes__unattached_volumes_us-east-1.json",
        "tests/accounts/harder/responses/ec2/DescribeVolumes__unattached_volumes.json",
    }


@pytest.mark.parametrize(
    ("name", "reads", "expected"),
    [
        ("unattached_volumes", VOLUMES, ["VolumeId", "ec2:DescribeVolumes"]),
        ("addresses", "ec2:DescribeAddresses", ["AllocationId", "ec2:DescribeAddresses"]),
        ("zombies", "rds:DescribeDBInstances", ["DBInstanceIdentifier", "rds:DescribeDBInstances"]),
        (
            "balancers",
            "elbv2:DescribeLoadBalancers",
            ["LoadBalancerName", "elasticloadbalancing:DescribeLoadBalancers"],
        ),
        ("log_groups", "logs:DescribeLogGroups", ["logGroupName", "logs:DescribeLogGroups"]),
    ],
)
def test_the_template_fits_any_service_that_lists_things(
    root: Path, name: str, reads: str, expected: list[str]
) -> None:
    files = new_agent(name, reads, root).files
    for path, content in files.items():
        if path.endswith(".py"):
            ast.parse(content)
            imports = [line.split()[1] for line in content.splitlines() if line.startswith("from tasks.")]
            assert imports == sorted(imports), path
    assert all(f'"{one}"' in files[f"tasks/agents/{name}/spec.py"] for one in expected)


@pytest.mark.parametrize(
    "reads", [VOLUMES, "rds:DescribeDBInstances", "logs:DescribeLogGroups", "efs:DescribeFileSystems"]
)
def test_what_the_sample_account_answers_is_what_botocore_describes(root: Path, reads: str) -> None:
    files = new_agent("somebody", reads, root).files
    answers = [json.loads(content) for path, content in files.items() if path.endswith(".json")]
    assert len(answers) == 3
    for answer in answers:
        assert disagreements(answer["service"], answer["operation"], answer["response"]) == []
        assert answer["provenance"]["kind"] == "authored"
        assert answer.keys() <= Envelope.model_fields.keys()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Unattached", "no name for an agent"),
        ("unattached-volumes", "no name for an agent"),
        ("2volumes", "no name for an agent"),
        ("a__b", "no name for an agent"),
        ("../x", "no name for an agent"),
        ("class", "no name for an agent"),
        ("", "no name for an agent"),
        ("a" * 41, "40 at most"),
        ("discovered", "means something else"),
        ("budget", "is taken"),
        ("spec", "is taken"),
    ],
)
def test_a_wrong_name_is_refused_with_the_reason(root: Path, name: str, told: str) -> None:
    (root / "tasks" / "agents" / "budget").mkdir()
    (root / "tasks" / "agents" / "spec.py").touch()
    assert told in refused(root, name)


@pytest.mark.parametrize(
    ("reads", "told"),
    [
        ("ec2", "no operation ''"),
        ("nonsense:DescribeVolumes", "no service 'nonsense'"),
        ("../ec2:DescribeVolumes", "no service"),
        (":", "no service ''"),
        ("ec2:DescribeNonsense", "no operation 'DescribeNonsense'"),
        ("ec2:TerminateInstances", "may do more than read"),
        ("s3:ListBuckets", "speaks rest-xml"),
        ("dynamodb:DescribeTable", "cannot be asked without TableName"),
        ("dynamodb:ListTables", "no list of things"),
    ],
)
def test_a_question_that_no_agent_can_ask_is_refused_with_the_reason(root: Path, reads: str, told: str) -> None:
    assert told in refused(root, reads=reads)


def test_everything_that_is_wrong_is_said_at_once(root: Path) -> None:
    said = refused(root, "Volumes", "ec2:TerminateInstances")
    assert "no name for an agent" in said
    assert "may do more than read" in said


def test_a_file_that_is_there_already_is_not_overwritten(root: Path) -> None:
    mine = root / "tests" / "tasks" / "agents" / "test_unattached_volumes.py"
    mine.write_text("mine", encoding="utf-8")
    assert "test_unattached_volumes.py exists" in refused(root)
    assert mine.read_text(encoding="utf-8") == "mine"


def test_what_cannot_be_written_to_its_end_leaves_nothing_behind(root: Path) -> None:
    (root / "local").write_text("a file where a folder belongs", encoding="utf-8")
    assert "nothing was" in refused(root)


def test_a_checkout_that_may_not_be_written_stays_as_it_is(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may be root, who may write everywhere: so the refusal of the system is played."""

    def read_only(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "write_text", read_only)
    said = refused(root)
    assert "Permission denied" in said
    assert "nothing was" in said


def test_a_definition_that_is_not_as_expected_is_told_before_anything_is_written(root: Path) -> None:
    (root / DEFINITION).write_text("{}", encoding="utf-8")
    assert "see docs/adding-an-agent.md" in refused(root)


def test_an_installation_without_a_checkout_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "__file__", str(tmp_path / "site-packages" / "local" / "new_agent.py"))
    with pytest.raises(BadInput, match="is no checkout of the project"):
        checkout()


def test_the_steps_count_on_from_the_agents_that_are_there(root: Path) -> None:
    first: NewAgent = new_agent("unattached_volumes", VOLUMES, root)
    definition = (root / DEFINITION).read_text(encoding="utf-8")
    for old, new in (
        ('"discovered.$": "$[4]"', '"discovered.$": "$[5]"'),
        ('"discovered.$": "$[2]"', '"discovered.$": "$[3]"'),
    ):
        assert old in first.steps
        definition = definition.replace(old, new)
    (root / DEFINITION).write_text(definition, encoding="utf-8")
    second = new_agent("addresses", "ec2:DescribeAddresses", root)
    assert '"addresses.$": "$[5]", "discovered.$": "$[6]"' in second.steps
    assert '"addresses.$": "$[3]", "discovered.$": "$[4]"' in second.steps


def test_the_command_says_what_is_wrong_and_ends_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agents", "new", "budget"]) == 2
    assert "'budget' is taken" in capsys.readouterr().err
