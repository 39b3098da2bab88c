"""How an opportunity is carried out, as text for the person who does it; nothing here is ever executed.

Identifiers come from AWS's answers and from tags, and may hold anything. Only those that have the form of their type
are written into a command, and every word of it is quoted for a POSIX shell.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from workflows.recommendation import COMMITMENTS, ActionType
from workflows.resource_words import type_words, with_article
from workflows.savings.opportunity import Opportunity
from workflows.savings.recipes import Cook, Recipe, Target
from workflows.savings.recipes.commitments import buy
from workflows.savings.recipes.compute import EC2, FUNCTION, GROUP, SERVICE
from workflows.savings.recipes.network import ADDRESS, ENDPOINT, LOAD_BALANCER, NAT_GATEWAY
from workflows.savings.recipes.storage import CLUSTER_STORAGE, DATABASE, DATABASE_STORAGE, VOLUME, WAREHOUSE

TYPE = re.compile(r"(?:[A-Z]+[a-z0-9]+){2,8}[A-Z]{0,4}", re.ASCII)
REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]{2,12}){1,2}-[0-9]{1,2}")
LONGEST_QUOTE, LONGEST_TEXT = 60, 300


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of resource: what can be done to it, and the form that its identifiers have."""

    recipes: Mapping[ActionType, Cook]
    form: re.Pattern[str]


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


DATABASE_ID = _form(r"[A-Za-z][A-Za-z0-9-]{0,62}")
GROUP_NAME = re.compile(r"(?![-\[{\"'\s])[^:\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{1,255}")
"""A group's name may hold almost anything; without a colon it is no file:// that the AWS CLI would read."""

KINDS: Mapping[str, Kind] = {
    "Ec2Instance": Kind(EC2, _form(r"i-[0-9a-z]{1,32}")),
    "Ec2AutoScalingGroup": Kind(GROUP, GROUP_NAME),
    "EcsService": Kind(SERVICE, _form(r"(?:[A-Za-z0-9_][A-Za-z0-9_-]{0,254}/)?[A-Za-z0-9_][A-Za-z0-9_-]{0,254}")),
    "LambdaFunction": Kind(FUNCTION, _form(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,139}")),
    "EbsVolume": Kind(VOLUME, _form(r"vol-[0-9a-z]{1,32}")),
    "RdsDbInstance": Kind(DATABASE, DATABASE_ID),
    "RdsDbInstanceStorage": Kind(DATABASE_STORAGE, DATABASE_ID),
    "AuroraDbClusterStorage": Kind(CLUSTER_STORAGE, DATABASE_ID),
    "RedshiftCluster": Kind(WAREHOUSE, DATABASE_ID),
    "NatGateway": Kind(NAT_GATEWAY, _form(r"nat-[0-9a-z]{1,32}")),
    "LoadBalancer": Kind(
        LOAD_BALANCER, _form(r"(?:(?:app|net|gwy)/)?[A-Za-z0-9][A-Za-z0-9-]{0,31}(?:/[0-9a-f]{1,32})?")
    ),
    "ElasticIp": Kind(ADDRESS, _form(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")),
    "VpcEndpoint": Kind(ENDPOINT, _form(r"vpce-[0-9a-z]{1,32}")),
}


@dataclass(frozen=True, slots=True)
class HowTo:
    """What to check, the commands in their order as a POSIX shell reads them, what restarts, and the way back.

    is_known is False where nobody here knows how this is done; commands are empty then, and where none would be safe.
    """

    account_id: str
    region_id: str
    checks: tuple[str, ...]
    commands: tuple[str, ...]
    restart: str
    rollback: str
    is_known: bool


def how_to(opportunity: Opportunity) -> HowTo:
    """How the best action of the opportunity is carried out."""
    target = _target(opportunity)
    recipe, is_known = _recipe(target)
    return HowTo(
        account_id=target.account_id,
        region_id=target.region_id,
        checks=(_where(target, recipe), *recipe.checks),
        commands=tuple(command.text for command in recipe.commands),
        restart=recipe.restart,
        rollback=recipe.rollback,
        is_known=is_known,
    )


def _target(opportunity: Opportunity) -> Target:
    finding = opportunity.best
    chosen = finding.chosen
    return Target(
        account_id=chosen.account_id,
        region_id=chosen.region_id,
        resource_type=chosen.resource_type,
        resource_id=chosen.resource_id,
        action=chosen.action_type,
        current=_printable(finding.told(lambda one: one.current_resource_summary or None) or ""),
        recommended=_printable(chosen.recommended_resource_summary),
        member_of=tuple(dict.fromkeys(name for one in opportunity.members for name in one.member_of)),
    )


def _printable(text: str) -> str:
    """Text that stands in a sentence: on one line, and not without end."""
    short = text[:LONGEST_TEXT]
    if not short.isprintable():
        short = "".join(sign if sign.isprintable() else " " for sign in short)
    return " ".join(short.split())


def _where(target: Target, recipe: Recipe) -> str:
    account = _printable(target.account_id)[:LONGEST_QUOTE] or "of the resource (no source names it)"
    place = f" and region {_printable(target.region_id)[:LONGEST_QUOTE]}" if target.region_id else ""
    one_by_one = (
        " Run the commands one at a time, and continue only if each succeeds." if len(recipe.commands) > 1 else ""
    )
    return f"You are in account {account}{place} (aws sts get-caller-identity tells).{one_by_one}"


def _recipe(target: Target) -> tuple[Recipe, bool]:
    if target.action in COMMITMENTS:
        return buy(target), True
    kind = KINDS.get(target.resource_type)
    cook = kind.recipes.get(target.action) if kind else None
    if kind is None or cook is None:
        return _unknown(target), False
    if not kind.form.fullmatch(target.resource_id):
        return _unwritable(target, f"its identifier {_quoted(target.resource_id)}"), False
    if not REGION.fullmatch(target.region_id):
        return _unwritable(target, f"its region {_quoted(target.region_id)}"), False
    return cook(target), True


def _quoted(text: str) -> str:
    return repr(_printable(text)[:LONGEST_QUOTE])


def _called(resource_type: str) -> str:
    """The type in words; one that is not written as AWS writes types is quoted, as it may hold anything."""
    written_as_a_type = TYPE.fullmatch(resource_type)
    return (
        with_article(type_words(resource_type)) if written_as_a_type else f"a resource of type {_quoted(resource_type)}"
    )


def _unknown(target: Target) -> Recipe:
    what = f"{target.action} on {_called(target.resource_type)}"
    return Recipe(
        checks=(
            f"No steps are written down here for {what}: follow the AWS documentation of the service.",
            "Its owner agrees, and you know what depends on it.",
            "Its data is backed up, if AWS offers backups of it.",
        ),
        commands=(),
        restart="Not known.",
        rollback="Not known.",
    )


def _unwritable(target: Target, because: str) -> Recipe:
    return Recipe(
        checks=(
            f"No command is given, because {because} does not look like that of {_called(target.resource_type)}.",
            "Look the resource up in the console before you change anything.",
        ),
        commands=(),
        restart="Not known.",
        rollback="Not known.",
    )
