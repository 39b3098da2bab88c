"""How an opportunity is carried out: real operations with real identifiers, and no name ever becomes a command."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.waiter import WaiterModel
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.builders import OPTIMIZER, a_commitment, a_recommendation
from workflows.recommendation import ActionType, Recommendation
from workflows.savings.carrying_out import KINDS, HowTo, how_to
from workflows.savings.overlaps import opportunities
from workflows.savings.recipes import Command
from workflows.savings.recipes.commitments import PLANS, RESERVED

IDS = {
    "Ec2Instance": "i-0f3a9c1d27b84e605",
    "Ec2AutoScalingGroup": "web group (blue)",
    "EcsService": "shop/checkout",
    "LambdaFunction": "image-resizer",
    "EbsVolume": "vol-0a7e42b9d6c13f858",
    "RdsDbInstance": "reports-dev",
    "RdsDbInstanceStorage": "reports-dev",
    "AuroraDbClusterStorage": "orders",
    "RedshiftCluster": "warehouse-1",
    "NatGateway": "nat-0b8d5e7219f4ca636",
    "LoadBalancer": "old-elb",
    "ElasticIp": "203.0.113.7",
    "VpcEndpoint": "vpce-0b8d5e7219f4ca636",
}
VARIANTS: list[tuple[str, dict[str, Any]]] = [
    ("LoadBalancer", {"resource": "app/new/50dc6c495c0c9188"}),
    ("RdsDbInstance", {"member_of": ("RdsDbCluster/orders",)}),
    ("EbsVolume", {"recommended_resource_summary": "gp3/200.0 GB Storage/4000.0 IOPS/250.0 MB/s Throughput"}),
    ("RdsDbInstanceStorage", {"recommended_resource_summary": "gp3 200 GiB 12000 IOPS"}),
]
GLOBAL_OPTIONS = {"region"}


def a_way(of_type: str, action: ActionType, resource: str, **changes: Any) -> HowTo:
    (one,) = opportunities([a_recommendation("10", action=action, resource=resource, resource_type=of_type, **changes)])
    return how_to(one)


def of_commitment(said: Recommendation) -> HowTo:
    (one,) = opportunities([said])
    return how_to(one)


def every_way() -> Iterator[HowTo]:
    for of_type, kind in KINDS.items():
        for action in kind.recipes:
            yield a_way(of_type, action, IDS[of_type])
    for of_type, changes in VARIANTS:
        for action in KINDS[of_type].recipes:
            yield a_way(of_type, action, **{"resource": IDS[of_type], **changes})
    for of_type in (*PLANS, *RESERVED):
        yield of_commitment(a_commitment(resource_type=of_type))


EVERY_COMMAND = sorted({command for way in every_way() for command in way.commands})


@cache
def model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


@cache
def waiters(service: str) -> Any:
    loaded = botocore.session.get_session().get_component("data_loader").load_service_model(service, "waiters-2")
    return WaiterModel(loaded)


def operation_of(words: list[str]) -> tuple[Any, list[str]]:
    """The operation that AWS's own model has for the command, and the words that are its options."""
    service, name, *rest = words[1:]
    if name == "wait":
        until, *rest = rest
        known = {xform_name(one, "-"): one for one in waiters(service).waiter_names}
        return model(service).operation_model(waiters(service).get_waiter(known[until]).operation), rest
    known = {xform_name(one, "-"): one for one in model(service).operation_names}
    return model(service).operation_model(known[name]), rest


def options_of(words: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        if word.startswith("--"):
            found[word.removeprefix("--")] = []
        else:
            list(found.values())[-1].append(word)
    return found


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_every_command_is_an_operation_of_aws_with_its_own_options(command: str) -> None:
    words = shlex.split(command)
    operation, rest = operation_of(words)
    members = {xform_name(name, "-"): shape for name, shape in operation.input_shape.members.items()}
    options = options_of(rest)

    assert words[0] == "aws"
    assert set(options) - GLOBAL_OPTIONS <= set(members) | {f"no-{name}" for name in members}
    assert {xform_name(name, "-") for name in operation.input_shape.required_members} <= set(options)
    for name in set(options) - GLOBAL_OPTIONS:
        is_switch = members[name].type_name == "boolean"
        assert (options[name] == []) == is_switch, name


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_every_command_names_its_region(command: str) -> None:
    assert options_of(operation_of(shlex.split(command))[1])["region"] == ["us-east-1"]


def test_every_way_names_the_account_and_says_what_to_check_what_restarts_and_the_way_back() -> None:
    for way in every_way():
        assert "123456789012" in way.checks[0]
        assert 3 <= len(way.checks) <= 5
        assert way.restart
        assert way.rollback
        assert way.is_known


def test_values_of_enums_are_those_of_aws() -> None:
    for command in EVERY_COMMAND:
        operation, rest = operation_of(shlex.split(command))
        members = {xform_name(name, "-"): shape for name, shape in operation.input_shape.members.items()}
        for name, values in options_of(rest).items():
            known = getattr(members.get(name), "enum", None)
            assert not known or set(values) <= set(known) or values[0].startswith("<"), command


def test_an_instance_is_resized_into_the_type_that_is_proposed() -> None:
    way = a_way(
        "Ec2Instance",
        ActionType.RIGHTSIZE,
        "i-0f3a",
        region_id="eu-west-1",
        current_resource_summary="m5.large",
        recommended_resource_summary="t3.medium, 2 vCPU",
    )

    assert way.commands == (
        "aws ec2 stop-instances --instance-ids i-0f3a --region eu-west-1",
        "aws ec2 wait instance-stopped --instance-ids i-0f3a --region eu-west-1",
        "aws ec2 modify-instance-attribute --instance-id i-0f3a --instance-type Value=t3.medium --region eu-west-1",
        "aws ec2 start-instances --instance-ids i-0f3a --region eu-west-1",
    )
    assert "m5.large" in way.rollback


@pytest.mark.parametrize(
    ("current", "proposed", "is_other"),
    [
        ("m5.large", "m7g.large", True),
        ("m7g.large", "m5.large", True),
        ("m6g.xlarge", "m7g.large", False),
        ("g4dn.xlarge", "g5.xlarge", False),
        ("g4dn.xlarge", "g5g.xlarge", True),
        ("a1.large", "t4g.small", False),
        ("", "c7gn.large", True),
        ("", "c7i.large", False),
    ],
)
def test_an_instance_is_never_stopped_for_a_type_of_another_architecture(
    current: str, proposed: str, is_other: bool
) -> None:
    told = {"current_resource_summary": current, "recommended_resource_summary": proposed}
    way = a_way("Ec2Instance", ActionType.RIGHTSIZE, "i-1", **told)

    assert (way.commands == ()) is is_other
    assert ("architecture of an existing one cannot be changed" in way.restart) is is_other


def test_the_image_that_is_needed_is_named_for_the_architecture_of_the_new_type() -> None:
    def checks(current: str, proposed: str) -> str:
        told = {"current_resource_summary": current, "recommended_resource_summary": proposed}
        return " ".join(a_way("Ec2Instance", ActionType.RIGHTSIZE, "i-1", **told).checks)

    assert "arm64 image" in checks("m5.large", "m7g.large")
    assert "x86_64 image" in checks("m7g.large", "m5.large")


@pytest.mark.parametrize(("proposed", "needs"), [("m7g.large", True), ("m5.large", False)])
def test_a_group_that_changes_its_architecture_needs_another_image(proposed: str, needs: bool) -> None:
    told = {"current_resource_summary": "m5.xlarge", "recommended_resource_summary": proposed}
    way = a_way("Ec2AutoScalingGroup", ActionType.RIGHTSIZE, "web", **told)

    assert ("and an image for arm64" in way.checks[2]) is needs


def test_what_a_resource_is_now_is_told_by_the_first_source_that_tells_it() -> None:
    silent = a_recommendation("10", action=ActionType.RIGHTSIZE, recommended_resource_summary="m7g.large")
    telling = a_recommendation(
        "9",
        OPTIMIZER,
        ActionType.RIGHTSIZE,
        current_resource_summary="m7g.xlarge",
        recommended_resource_summary="m7g.l",
    )
    (one,) = opportunities([silent, telling])

    assert "m7g.xlarge" in how_to(one).rollback
    assert any("Value=m7g.large" in command for command in how_to(one).commands)


def test_an_instance_whose_change_fails_is_not_left_stopped_without_a_word() -> None:
    way = a_way("Ec2Instance", ActionType.RIGHTSIZE, "i-1", recommended_resource_summary="t3.medium")

    assert way.restart.endswith("start it as it was with aws ec2 start-instances --instance-ids i-1 --region us-east-1")


@pytest.mark.parametrize(
    ("of_type", "proposed", "option"),
    [
        ("EbsVolume", "gp3, 3,000 IOPS, 1,000 MiB/s", "--iops 3000 --throughput 1000"),
        ("EbsVolume", "io2 1,128,000 IOPS", "--volume-type io2 --region"),
        ("EbsVolume", "gp3 12,50 IOPS", "--volume-type gp3 --region"),
        ("RdsDbInstanceStorage", "gp3 12,000 IOPS", "--iops 12000"),
        ("LambdaFunction", "2,048 MB", "--memory-size 2048 "),
        ("LambdaFunction", "1,0240 MB", "'<memory in MB>'"),
    ],
)
def test_a_number_with_commas_is_read_whole_or_not_at_all(of_type: str, proposed: str, option: str) -> None:
    action = ActionType.UPGRADE if of_type == "RdsDbInstanceStorage" else ActionType.RIGHTSIZE
    way = a_way(of_type, action, IDS[of_type], recommended_resource_summary=proposed)

    assert option in way.commands[0]


def test_a_volume_grows_to_a_size_that_is_written_with_a_comma() -> None:
    told = {"current_resource_summary": "gp2 1,500 GiB", "recommended_resource_summary": "gp3 2,000 GiB"}

    assert "--size 2000" in a_way("EbsVolume", ActionType.RIGHTSIZE, "vol-1", **told).commands[0]


def test_a_clusters_snapshot_has_a_name_that_aws_takes_and_that_is_its_own() -> None:
    def name(cluster: str) -> str:
        way = a_way("RdsDbInstance", ActionType.DELETE, "one", member_of=(f"RdsDbCluster/{cluster}",))
        return options_of(shlex.split(way.commands[0])[3:])["db-cluster-snapshot-identifier"][0]

    names = [name("o" * 49), name("o" * 50), name("o" * 63), name("o" * 62 + "p"), name("o" * 39 + "-" + "p" * 23)]

    assert names[0] == f"before-delete-{'o' * 49}"
    assert len(set(names)) == 5
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", one) and len(one) <= 63 for one in names)


def test_a_service_whose_cluster_is_not_named_is_not_looked_for_in_one_of_that_name() -> None:
    way = a_way("EcsService", ActionType.STOP, "checkout")

    assert "--cluster '<cluster>' --service checkout" in way.commands[0]


def test_a_target_that_cannot_be_read_is_left_to_be_filled_in() -> None:
    way = a_way("Ec2Instance", ActionType.RIGHTSIZE, "i-1", recommended_resource_summary="$(reboot)")

    assert "'Value=<instance type>'" in way.commands[2]
    assert "reboot" not in " ".join(way.commands)


@pytest.mark.parametrize(
    ("of_type", "backup", "deletion"),
    [
        ("Ec2Instance", "create-image", "terminate-instances"),
        ("EbsVolume", "create-snapshot", "delete-volume"),
        ("RdsDbInstance", "create-db-snapshot", "delete-db-instance"),
        ("RedshiftCluster", "create-cluster-snapshot", "delete-cluster"),
    ],
)
def test_what_is_deleted_is_backed_up_first_and_waited_for(of_type: str, backup: str, deletion: str) -> None:
    operations = [command.split()[2] for command in a_way(of_type, ActionType.DELETE, IDS[of_type]).commands]

    assert operations[-3:] == [backup, "wait", deletion]


def test_a_member_of_a_cluster_is_backed_up_as_a_cluster() -> None:
    way = a_way("RdsDbInstance", ActionType.DELETE, "orders-1", member_of=("RdsDbCluster/orders",))

    assert "create-db-cluster-snapshot --db-cluster-identifier orders" in way.commands[0]


def test_a_volume_that_shrinks_keeps_its_size() -> None:
    def command(now: str, then: str) -> str:
        told = {"current_resource_summary": now, "recommended_resource_summary": then}
        return a_way("EbsVolume", ActionType.RIGHTSIZE, "vol-1", **told).commands[0]

    assert "--size" not in command("gp2 500 GiB", "gp3 100 GiB")
    assert "--size 600" in command("gp2 500 GiB", "gp3 600 GiB")
    assert "--iops 4000 --throughput 250" in command("gp2", "gp3/100.0 GB Storage/4000.0 IOPS/250.0 MB/s Throughput")


def test_a_type_or_an_action_that_nobody_here_knows_says_so() -> None:
    for way in (
        a_way("QuantumComputer", ActionType.DELETE, "q-1"),
        a_way("LambdaFunction", ActionType.SCALE_IN, "f"),
        a_way("Ec2Instance", ActionType.REVIEW, "i-1"),
    ):
        assert not way.is_known
        assert way.commands == ()
        assert "No steps are written down here" in way.checks[1]


@pytest.mark.parametrize(
    ("of_type", "said"),
    [
        ("EksCluster", "for Stop on an EKS cluster:"),
        ("DynamoDBTable", "for Stop on a DynamoDB table:"),
        ("ElastiCacheCluster", "for Stop on an ElastiCache cluster:"),
        ("VpcEndpoint", "for Stop on a VPC endpoint:"),
        ("Gadget\n$(id)", "for Stop on a resource of type 'Gadget $(id)':"),
    ],
)
def test_what_nobody_here_knows_is_called_what_people_call_it(of_type: str, said: str) -> None:
    assert said in a_way(of_type, ActionType.STOP, "x-1").checks[1]


def test_nothing_buys_a_commitment() -> None:
    for of_type in (*PLANS, *RESERVED, "DynamoDbReservedCapacity"):
        commands = of_commitment(a_commitment(resource_type=of_type)).commands
        assert all(
            re.fullmatch(r"get-(savings-plans|reservation)-purchase-recommendation", c.split()[2]) for c in commands
        )


HOSTILE = [
    "i-1; rm -rf /",
    "$(reboot)",
    "`id`",
    "-dry-run",
    "--endpoint-url=http://evil",
    "file-//etc/passwd",
    "i-1\nrm -rf /",
    "i-1\x00",
    '{"a": 1}',
    "[i-1]",
    "' || true '",
    "",
    "i-\uff11",
]


@pytest.mark.parametrize(("of_type", "identifier"), list(product(sorted(set(IDS) - {"Ec2AutoScalingGroup"}), HOSTILE)))
def test_an_identifier_without_the_form_of_its_type_is_in_no_command(of_type: str, identifier: str) -> None:
    for action in KINDS[of_type].recipes:
        way = a_way(of_type, action, identifier)
        assert way.commands == ()
        assert "No command is given" in way.checks[1]


@pytest.mark.parametrize("region", ["", "us-east-1; reboot", "$(id)", "--profile"])
def test_a_region_without_a_regions_form_is_in_no_command(region: str) -> None:
    way = a_way("NatGateway", ActionType.DELETE, IDS["NatGateway"], region_id=region)

    assert (way.commands, way.is_known) == ((), False)


@settings(deadline=None, max_examples=200)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_a_groups_name_stays_one_word_whatever_it_holds_between_the_blanks_around_it(name: str) -> None:
    for action in (ActionType.SCALE_IN, ActionType.RIGHTSIZE):
        for command in a_way("Ec2AutoScalingGroup", action, name).commands:
            words = shlex.split(command)
            assert name.strip() in words
            assert len(options_of(words[3:])["region"]) == 1
            assert "\n" not in command


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=5))
def test_a_command_as_text_is_read_back_word_by_word(words: list[str]) -> None:
    assert shlex.split(Command(tuple(words)).text) == words


def test_a_real_shell_reads_the_same_words() -> None:
    words = ("a b", "$(echo no)", "`echo no`", "';echo no", '"', "\\", "*", "~", "a\nb", "", "é|&>")
    said = subprocess.run(  # noqa: S603 because the words are those above
        ["/bin/sh", "-c", f"printf '%s\\0' {Command(words).text}"], capture_output=True, check=True
    )

    assert tuple(said.stdout.decode().split("\0")[:-1]) == words


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(sorted(IDS)),
    st.sampled_from(list(ActionType)),
    st.text(max_size=30),
    st.text(max_size=60),
    st.text(max_size=20),
)
def test_hostile_text_anywhere_never_breaks_out(
    of_type: str, action: ActionType, name: str, target: str, cluster: str
) -> None:
    way = a_way(
        of_type,
        action,
        IDS[of_type],
        recommended_resource_summary=target,
        current_resource_summary=target,
        member_of=(f"RdsDbCluster/{cluster}",),
        resource_name=name,
    )
    for command in way.commands:
        operation, rest = operation_of(shlex.split(command))
        members = {xform_name(each, "-") for each in operation.input_shape.members}
        assert set(options_of(rest)) <= members | GLOBAL_OPTIONS
    assert all(line.isprintable() for line in (*way.checks, way.restart, way.rollback))
