"""Parents and members: what is done to an Auto Scaling group is done to its instances, so that one of both counts.

The parent's saving stands: its members are replaced from its own settings, whatever is done to one of them. Storage of
a database is a lever of its own, and goes with the database only where that is deleted; stopping keeps the storage.
But a parent of which only agents of other teams speak takes nothing from what AWS says of its members: these stand, and
the parent is left out.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from workflows.recommendation import ActionType, OptimizationType, Recommendation
from workflows.savings.opportunity import NotCounted, Opportunity, Step
from workflows.sources import OF_AWS

MEMBER_TAGS = {
    "aws:autoscaling:groupName": "Ec2AutoScalingGroup",
    "aws:eks:cluster-name": "EksCluster",
    "eks:cluster-name": "EksCluster",
    "aws:ecs:clusterName": "EcsCluster",
}
"""Tags that AWS itself puts on members, and the type of what they are members of."""
MEMBERS = {
    "Ec2AutoScalingGroup": frozenset({"Ec2Instance"}),
    "EcsCluster": frozenset({"EcsService", "Ec2AutoScalingGroup", "Ec2Instance"}),
    "EksCluster": frozenset({"Ec2AutoScalingGroup", "Ec2Instance"}),
    "RdsDbCluster": frozenset({"RdsDbInstance"}),
}
"""What a parent replaces or changes with itself. Two that name each other cannot both vanish: no type is above itself.
A volume is no member: it is paid for on its own, and stays when what it is attached to goes."""
DELETED_WITH = {
    "RdsDbInstance": frozenset({"RdsDbInstanceStorage"}),
    "RdsDbCluster": frozenset({"AuroraDbClusterStorage", "RdsDbInstanceStorage"}),
}
"""What goes with a parent that is deleted, and only then."""
WHOLES = frozenset({*MEMBERS, *DELETED_WITH})
STORAGE_OF = {"RdsDbInstanceStorage": "RdsDbInstance", "AuroraDbClusterStorage": "RdsDbCluster"}
"""Storage has the name of what it is the storage of."""


def may_be_part(of_type: str, whole: str) -> bool:
    """Whether a resource of the one type may be absorbed by one of the other."""
    return of_type in MEMBERS.get(whole, ()) or of_type in DELETED_WITH.get(whole, ())


def without_members(opportunities: Sequence[Opportunity], carried_out: Collection[str] = ()) -> tuple[Opportunity, ...]:
    """The opportunities; members of one that counts are absorbed by it, with their amounts taken away.

    So are those of one that was carried out lately, by id: its members went or changed with it, and what sources still
    propose for them is of days before.
    """
    usage = [one for one in opportunities if one.optimization_type is OptimizationType.USAGE]
    above = {
        one.resource_key: one
        for one in usage
        if _may_absorb(one.best.chosen) and (_counts(one) or one.opportunity_id in carried_out)
    }
    if not above:
        return tuple(opportunities)
    held = _held_by_members(usage, {key: one for key, one in above.items() if one.opportunity_id not in carried_out})
    standing = {key: one for key, one in above.items() if key not in held}
    parts = _parts_of({one.best.chosen.resource_type for one in standing.values()})

    def left(one: Opportunity) -> Opportunity:
        if one.resource_key in held:
            return _beside_its_members(one)
        return _unless_absorbed(one, standing) if one.best.chosen.resource_type in parts else one

    return tuple(map(left, opportunities))


def _parts_of(wholes: Iterable[str]) -> frozenset[str]:
    """The types of what these may absorb: nothing else need be asked what it is a part of, which takes its time."""
    return frozenset(part for whole in wholes for of in (MEMBERS, DELETED_WITH) for part in of.get(whole, ()))


def _held_by_members(usage: Sequence[Opportunity], above: Mapping[str, Opportunity]) -> frozenset[str]:
    """The keys of those parents that only other teams name, and that have a counting member of which AWS speaks."""
    strangers = {key: one for key, one in above.items() if not _is_of_aws(one)}
    if not strangers:
        return frozenset()
    ours = [one for one in usage if _is_of_aws(one) and _counts(one)]
    return frozenset(key for one in ours for key in _parents(one) if key in strangers and _absorbs(strangers[key], one))


def _beside_its_members(parent: Opportunity) -> Opportunity:
    reason = "only agents of other teams propose it, and what AWS says of its parts counts"
    return parent.left_out(NotCounted.ABSORBED, Step.ALTERNATIVES, reason)


def _is_of_aws(one: Opportunity) -> bool:
    return one.best.chosen.source in OF_AWS


def _counts(one: Opportunity) -> bool:
    return one.not_counted is None and one.counted_savings > 0


def _may_absorb(parent: Recommendation) -> bool:
    return parent.resource_type in WHOLES


def _unless_absorbed(one: Opportunity, parents: Mapping[str, Opportunity]) -> Opportunity:
    if one.not_counted is not None or one.optimization_type is OptimizationType.RATE:
        return one
    above = [parents[key] for key in _parents(one) if key in parents]
    parent = next((each for each in above if _absorbs(each, one)), None)
    if parent is None:
        return one
    chosen = parent.best.chosen
    which = "counts" if _counts(parent) else "was carried out; sources look back"
    reason = f"part of {chosen.resource_name or chosen.resource_id}, which {which} ({chosen.action_type})"
    return one.left_out(NotCounted.ABSORBED, Step.ABSORBED, reason)


def _parents(one: Opportunity) -> Sequence[str]:
    """The keys of what it may be a part of, as any of its sources knows."""
    here = one.best.chosen
    names = [name for finding in one.findings for member in finding.members for name in member_of(member)]
    return [f"{here.account_id}/{here.region_id}/{name}" for name in dict.fromkeys(names)] if names else ()


def member_of(one: Recommendation) -> Sequence[str]:
    """What the resource is a part of, as "type/id", by what its source says, its tags, and its own name."""
    names = [*one.member_of]
    for key, value in one.tags:
        if key in MEMBER_TAGS and value:
            names.append(f"{MEMBER_TAGS[key]}/{value}")
    if one.resource_type in STORAGE_OF:
        names.append(f"{STORAGE_OF[one.resource_type]}/{one.resource_id}")
    if one.resource_type == "EcsService" and "/" in one.resource_id:
        names.append(f"EcsCluster/{one.resource_id.partition('/')[0]}")
    return names


def _absorbs(parent: Opportunity, member: Opportunity) -> bool:
    above, below = parent.best.chosen, member.best.chosen.resource_type
    if above.action_type is ActionType.DELETE and below in DELETED_WITH.get(above.resource_type, ()):
        return True
    return below in MEMBERS.get(above.resource_type, ())
