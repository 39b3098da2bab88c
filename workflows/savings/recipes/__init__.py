"""How an action on a type of resource is carried out: what a recipe is made of."""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass

from workflows.recommendation import ActionType

INSTANCE_TYPE = re.compile(
    r"(?<![\w.-])[a-z][a-z0-9-]{0,30}\.(?:[0-9]{0,3}x?large|nano|micro|small|medium|metal[a-z0-9-]{0,8})(?![\w.])"
)
DATABASE_CLASS = re.compile(r"(?<![\w.-])db\.[a-z][a-z0-9-]{0,30}\.[a-z0-9]{1,12}(?![\w.])")
ARM_FAMILY = re.compile(r"a1|[a-z]+[0-9]+g[a-z]*", re.ASCII)
"""Families of instance types with Graviton processors: m7g, c7gn, r8gd, t4g, im4gn, g5g; g4dn and g5 are not."""
NODE_TYPE = re.compile(r"(?<![\w.-])[a-z]{2,4}[0-9]?\.[0-9]{0,2}x?l(?:arge|plus)(?![\w.])")


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be changed and into what; every text is as AWS told it, and may hold anything.

    member_of names what it is a part of, as "RdsDbCluster/orders".
    """

    account_id: str
    region_id: str
    resource_type: str
    resource_id: str
    action: ActionType
    current: str
    recommended: str
    member_of: tuple[str, ...] = ()

    def found(self, form: re.Pattern[str], otherwise: str) -> str:
        """The part of the recommended target that has this form, or a placeholder naming what is to be filled in."""
        match = form.search(plain_numbers(self.recommended))
        return match.group(0) if match else f"<{otherwise}>"


@dataclass(frozen=True, slots=True)
class Command:
    """One command, word by word; as text it is quoted for a POSIX shell, so that a name never becomes a command."""

    words: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(shlex.quote(word) for word in self.words)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to look at first, the commands in their order, and what they interrupt and how they are taken back."""

    checks: tuple[str, ...]
    commands: tuple[Command, ...]
    restart: str
    rollback: str


_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")


def plain_numbers(text: str) -> str:
    """The text with "3,000" written 3000, as a command needs it; commas that group no thousands stay."""
    return _GROUPED.sub(lambda grouped: grouped.group(0).replace(",", ""), text)


def is_arm(instance_type: str) -> bool:
    """Whether an instance type has the other architecture: an instance cannot change between the two."""
    return bool(ARM_FAMILY.fullmatch(instance_type.partition(".")[0]))


Cook = Callable[[Target], Recipe]


def aws(target: Target, service: str, operation: str, /, **options: str | int | bool) -> Command:
    """A command of the AWS CLI (version 2) in the target's region; an option that is True is a switch."""
    words = ["aws", *service.split(), operation]
    for name, value in options.items():
        words.append(f"--{name.replace('_', '-')}")
        if value is not True:
            words.append(str(value))
    return Command((*words, "--region", target.region_id))


def waits(target: Target, service: str, until: str, /, **options: str) -> Command:
    """Waits until it is so, ten minutes to an hour at most."""
    return aws(target, f"{service} wait", until, **options)
