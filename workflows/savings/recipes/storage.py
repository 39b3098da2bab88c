"""Volumes, databases, warehouses, and what connects them."""

import hashlib
import re
from decimal import Decimal

from workflows.recommendation import ActionType
from workflows.savings.recipes import (
    DATABASE_CLASS,
    NODE_TYPE,
    Command,
    Cook,
    Recipe,
    Target,
    aws,
    plain_numbers,
    waits,
)

VOLUME_TYPE = re.compile(r"\b(?:gp2|gp3|io1|io2|st1|sc1|standard)\b")
AURORA_STORAGE = re.compile(r"\baurora-iopt1\b|\baurora\b(?!-)")
SIZE = re.compile(r"(?<![\w.,])([0-9]{1,6})(?:\.0+)?\s*Gi?B\b")
IOPS = re.compile(r"(?<![\w.,])([0-9]{3,6})(?:\.0+)?\s*IOPS\b")
THROUGHPUT = re.compile(r"(?<![\w.,])([0-9]{2,5})(?:\.0+)?\s*M(?:i?B)?/s\b", re.IGNORECASE)
WITH_IOPS = frozenset({"gp3", "io1", "io2"})
CLUSTER = "RdsDbCluster/"
LONGEST_CLUSTER_SNAPSHOT = 63
"""CreateDBClusterSnapshot takes so many characters; snapshots of instances and of Redshift may have 255."""
CLUSTER_ID = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,62}")


def delete_volume(target: Target) -> Recipe:
    volume, of_volume = target.resource_id, f"Name=volume-id,Values={target.resource_id}"
    return Recipe(
        checks=(
            "It is not attached to an instance (its state is 'available'), and no start-up script attaches it.",
            "Nobody keeps it as a backup: check its tags and who created it.",
            "The snapshot costs money too, though far less than the volume: set a date for deleting it.",
        ),
        commands=(
            aws(target, "ec2", "describe-volumes", volume_ids=volume),
            aws(target, "ec2", "create-snapshot", volume_id=volume, description=f"before deleting {volume}"),
            waits(target, "ec2", "snapshot-completed", filters=of_volume),
            aws(target, "ec2", "delete-volume", volume_id=volume),
        ),
        restart="Nothing restarts: it is not attached.",
        rollback="Create a volume from the snapshot with aws ec2 create-volume; it will have a new ID.",
    )


def change_volume(target: Target) -> Recipe:
    kind = target.found(VOLUME_TYPE, "volume type")
    options: dict[str, str] = {"volume_id": target.resource_id, "volume_type": kind}
    now, then = _number(SIZE, target.current), _number(SIZE, target.recommended)
    if now is not None and then is not None and then > now:
        options["size"] = str(then)
    for name, form in (("iops", IOPS), ("throughput", THROUGHPUT)):
        number = _number(form, target.recommended)
        if number is not None and kind in WITH_IOPS and (name == "iops" or kind == "gp3"):
            options[name] = str(number)
    return Recipe(
        checks=(
            "Peak IOPS and throughput fit the new type: gp3 includes 3,000 IOPS and 125 MiB/s, more costs extra.",
            "A volume cannot shrink: a smaller size means copying to a new volume.",
            "It has not been modified in the last six hours.",
        ),
        commands=(aws(target, "ec2", "modify-volume", **options),),
        restart="No downtime; it is slower while it changes.",
        rollback=f"Change it back ({target.current or 'note its type first'}), after six hours at the earliest.",
    )


def _number(form: re.Pattern[str], text: str) -> int | None:
    match = form.search(plain_numbers(text))
    return int(Decimal(match.group(1))) if match else None


def stop_database(target: Target) -> Recipe:
    cluster = _cluster_of(target)
    command = (
        aws(target, "rds", "stop-db-cluster", db_cluster_identifier=cluster)
        if cluster
        else aws(target, "rds", "stop-db-instance", db_instance_identifier=target.resource_id)
    )
    return Recipe(
        checks=(
            "It has had no connections for a month (DatabaseConnections), including month-end jobs.",
            "It has no read replica and is not one itself.",
            *((f"It belongs to cluster {cluster}: the whole cluster stops.",) if cluster else ()),
        ),
        commands=(command,),
        restart="It stops. AWS starts it again after seven days, and its storage still costs money.",
        rollback="Start it again with aws rds start-db-instance (start-db-cluster for a cluster).",
    )


def delete_database(target: Target) -> Recipe:
    database, cluster = target.resource_id, _cluster_of(target)
    return Recipe(
        checks=(
            "It has had no connections for a month (DatabaseConnections), including month-end jobs.",
            "Its owner agrees, and you know how long its data must be kept.",
            "It has no read replica; if deletion protection is on, whoever switched it on agrees.",
            *(
                (f"It belongs to cluster {cluster}, whose storage remains: the snapshot is the cluster's.",)
                if cluster
                else ()
            ),
        ),
        commands=(
            *_database_snapshot(target, database, cluster),
            aws(target, "rds", "delete-db-instance", db_instance_identifier=database, skip_final_snapshot=True),
        ),
        restart="It is deleted for good with its automated backups. The snapshot remains.",
        rollback="Restore the snapshot (aws rds restore-db-instance-from-db-snapshot) and redo its settings by hand.",
    )


def _database_snapshot(target: Target, database: str, cluster: str) -> tuple[Command, ...]:
    if cluster:
        name = _snapshot_of_cluster(cluster)
        return (
            aws(
                target,
                "rds",
                "create-db-cluster-snapshot",
                db_cluster_identifier=cluster,
                db_cluster_snapshot_identifier=name,
            ),
            waits(target, "rds", "db-cluster-snapshot-available", db_cluster_snapshot_identifier=name),
        )
    name = f"before-delete-{database}"
    return (
        aws(target, "rds", "create-db-snapshot", db_instance_identifier=database, db_snapshot_identifier=name),
        waits(target, "rds", "db-snapshot-available", db_snapshot_identifier=name),
    )


def _snapshot_of_cluster(cluster: str) -> str:
    """Before-delete-CLUSTER; of a long name as much as fits, and what tells it from others that begin alike."""
    name = f"before-delete-{cluster}"
    if len(name) <= LONGEST_CLUSTER_SNAPSHOT:
        return name
    told_apart = f"-{hashlib.sha256(cluster.encode()).hexdigest()[:8]}"
    return name[: LONGEST_CLUSTER_SNAPSHOT - len(told_apart)].rstrip("-") + told_apart


def _cluster_of(target: Target) -> str:
    """The cluster that it is part of; one whose name has no cluster's form is not written into a command."""
    names = (one.removeprefix(CLUSTER) for one in target.member_of if one.startswith(CLUSTER))
    return next((name for name in names if CLUSTER_ID.fullmatch(name)), "")


def resize_database(target: Target) -> Recipe:
    kind = target.found(DATABASE_CLASS, "instance class")
    return Recipe(
        checks=(
            f"Peak CPU, memory, connections and IOPS over a whole month fit {kind}.",
            "The engine version supports the new class, and parameters such as max_connections fit it.",
            "The change leaves no reservation for the current class unused.",
        ),
        commands=(
            aws(
                target,
                "rds",
                "modify-db-instance",
                db_instance_identifier=target.resource_id,
                db_instance_class=kind,
                apply_immediately=True,
            ),
        ),
        restart="It restarts at once: expect a few minutes of downtime, or a failover if it is Multi-AZ. "
        "With --no-apply-immediately it waits for the maintenance window.",
        rollback=f"Run the command again with the current class ({target.current or 'note it first'}).",
    )


def change_database_storage(target: Target) -> Recipe:
    kind = target.found(VOLUME_TYPE, "storage type")
    options: dict[str, str] = {"db_instance_identifier": target.resource_id, "storage_type": kind}
    iops = _number(IOPS, target.recommended)
    if iops is not None and kind in WITH_IOPS:
        options["iops"] = str(iops)
    return Recipe(
        checks=(
            "Peak IOPS and throughput fit the new type.",
            "Allocated storage cannot shrink: a smaller size means copying to a new database.",
            "Its storage has not been changed in the last six hours.",
        ),
        commands=(aws(target, "rds", "modify-db-instance", **options, apply_immediately=True),),
        restart="Usually no downtime; it is slower while its storage is optimized.",
        rollback=f"Change it back ({target.current or 'note its storage first'}), after six hours at the earliest.",
    )


def change_cluster_storage(target: Target) -> Recipe:
    kind = target.found(AURORA_STORAGE, "aurora or aurora-iopt1")
    return Recipe(
        checks=(
            "The last months' I/O costs justify it: I/O-Optimized pays off above about 25 % of the cluster's cost.",
            "The engine version supports the storage type.",
            "It has not been switched in the last thirty days.",
        ),
        commands=(
            aws(
                target,
                "rds",
                "modify-db-cluster",
                db_cluster_identifier=target.resource_id,
                storage_type=kind,
                apply_immediately=True,
            ),
        ),
        restart="No downtime, except that instances of NVMe-based classes restart.",
        rollback="You can switch back to aurora at any time, but to aurora-iopt1 only once in thirty days.",
    )


def pause_warehouse(target: Target) -> Recipe:
    return Recipe(
        checks=(
            "No query has run for a month, including month-end loads.",
            "No reserved nodes cover it: you would pay for them while it is paused.",
        ),
        commands=(aws(target, "redshift", "pause-cluster", cluster_identifier=target.resource_id),),
        restart="It cannot be queried while it is paused, and its storage still costs money.",
        rollback="Resume it with aws redshift resume-cluster; that takes a few minutes.",
    )


def delete_warehouse(target: Target) -> Recipe:
    cluster, name = target.resource_id, f"before-delete-{target.resource_id}"
    return Recipe(
        checks=(
            "No query has run for a month, including month-end loads.",
            "Its owner agrees, and you know how long its data must be kept.",
        ),
        commands=(
            aws(target, "redshift", "create-cluster-snapshot", cluster_identifier=cluster, snapshot_identifier=name),
            waits(target, "redshift", "snapshot-available", snapshot_identifier=name),
            aws(target, "redshift", "delete-cluster", cluster_identifier=cluster, skip_final_cluster_snapshot=True),
        ),
        restart="It is deleted for good. The manual snapshot remains.",
        rollback="Restore the snapshot with aws redshift restore-from-cluster-snapshot.",
    )


def resize_warehouse(target: Target) -> Recipe:
    return Recipe(
        checks=(
            "Its data and its peak CPU fit the new size.",
            "The change leaves no reserved nodes of the current type unused.",
        ),
        commands=(
            aws(
                target,
                "redshift",
                "resize-cluster",
                cluster_identifier=target.resource_id,
                node_type=target.found(NODE_TYPE, "node type"),
                number_of_nodes="<number of nodes>",
            ),
        ),
        restart="An elastic resize interrupts queries for a few minutes; a classic one makes it read-only for hours.",
        rollback=f"Resize it back ({target.current or 'note its size first'}).",
    )


VOLUME: dict[ActionType, Cook] = {
    ActionType.DELETE: delete_volume,
    ActionType.UPGRADE: change_volume,
    ActionType.RIGHTSIZE: change_volume,
}
DATABASE: dict[ActionType, Cook] = {
    ActionType.STOP: stop_database,
    ActionType.DELETE: delete_database,
    ActionType.RIGHTSIZE: resize_database,
    ActionType.UPGRADE: resize_database,
    ActionType.MIGRATE_TO_GRAVITON: resize_database,
}
DATABASE_STORAGE: dict[ActionType, Cook] = {
    ActionType.UPGRADE: change_database_storage,
    ActionType.RIGHTSIZE: change_database_storage,
}
CLUSTER_STORAGE: dict[ActionType, Cook] = {
    ActionType.UPGRADE: change_cluster_storage,
    ActionType.RIGHTSIZE: change_cluster_storage,
}
WAREHOUSE: dict[ActionType, Cook] = {
    ActionType.STOP: pause_warehouse,
    ActionType.DELETE: delete_warehouse,
    ActionType.RIGHTSIZE: resize_warehouse,
}
