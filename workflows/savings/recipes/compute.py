"""Instances, groups, containers and functions."""

import re

from workflows.recommendation import ActionType
from workflows.savings.recipes import INSTANCE_TYPE, Cook, Recipe, Target, aws, waits

MEMORY = re.compile(r"\b[0-9]{3,5}(?=(?:\.0+)?\s*Mi?B)")


def stop_instance(target: Target) -> Recipe:
    return Recipe(
        checks=(
            "No job, cron entry or person uses it: look at its CPU, network and logins over a whole month.",
            "Its instance store and its public IPv4 address may be lost: both are released when it stops.",
            "It is in no Auto Scaling group, which would replace it.",
        ),
        commands=(aws(target, "ec2", "stop-instances", instance_ids=target.resource_id),),
        restart="It stops and stays stopped; its volumes and Elastic IP addresses are still paid for.",
        rollback="Start it again: aws ec2 start-instances. What was on an instance store is gone.",
    )


def terminate_instance(target: Target) -> Recipe:
    instance, image = target.resource_id, f"before-delete-{target.resource_id}"
    return Recipe(
        checks=(
            "Nobody needs what is on it: look at its tags, its owner and its last login.",
            "Termination protection and the volumes' delete-on-termination flags are as you want them.",
            "It is in no Auto Scaling group and behind no load balancer.",
        ),
        commands=(
            aws(target, "ec2", "create-image", instance_id=instance, name=image, no_reboot=True),
            waits(target, "ec2", "image-available", owners="self", filters=f"Name=name,Values={image}"),
            aws(target, "ec2", "terminate-instances", instance_ids=instance),
        ),
        restart="It ends for good.",
        rollback="Launch a new instance from the image; its id and private address will be others.",
    )


def resize_instance(target: Target) -> Recipe:
    instance, kind = target.resource_id, target.found(INSTANCE_TYPE, "instance type")
    return Recipe(
        checks=(
            f"The peak of CPU, memory and network over a whole month fits {kind}; memory is seen only with an agent.",
            "The image and its drivers support the new type (ENA, NVMe, the same architecture).",
            "No reservation for the current type is left unused by the change.",
            "An instance store and a public IPv4 address without Elastic IP are lost when it stops.",
        ),
        commands=(
            aws(target, "ec2", "stop-instances", instance_ids=instance),
            waits(target, "ec2", "instance-stopped", instance_ids=instance),
            aws(target, "ec2", "modify-instance-attribute", instance_id=instance, instance_type=f"Value={kind}"),
            aws(target, "ec2", "start-instances", instance_ids=instance),
        ),
        restart="It stops and starts: some minutes without it.",
        rollback=f"The same steps with the type of now ({target.current or 'note it first'}).",
    )


def move_instance_to_graviton(target: Target) -> Recipe:
    kind = target.found(INSTANCE_TYPE, "instance type")
    return Recipe(
        checks=(
            "Everything on it runs on arm64: packages, agents, containers, licences.",
            f"An arm64 image with the same content exists, and was tried on {kind}.",
            "Traffic can be moved from the old instance to a new one.",
        ),
        commands=(),
        restart="A new instance takes over: no command changes the architecture of one that exists.",
        rollback="Move the traffic back to the old instance, which is stopped last.",
    )


def empty_group(target: Target) -> Recipe:
    name = target.resource_id
    return Recipe(
        checks=(
            "Nothing sends traffic or work to the group: look at its target groups and queues.",
            "Its scaling policies and scheduled actions do not fill it again.",
            "Note its minimum and desired size: they are needed to go back.",
        ),
        commands=(
            aws(target, "autoscaling", "describe-auto-scaling-groups", auto_scaling_group_names=name),
            aws(
                target,
                "autoscaling",
                "update-auto-scaling-group",
                auto_scaling_group_name=name,
                min_size=0,
                desired_capacity=0,
            ),
        ),
        restart="All its instances end.",
        rollback="Set the minimum and the desired size to what they were; new instances start.",
    )


def resize_group(target: Target) -> Recipe:
    name, kind = target.resource_id, target.found(INSTANCE_TYPE, "instance type")
    return Recipe(
        checks=(
            f"The peak of CPU, memory and network over a whole month fits {kind}.",
            f"A new version of the group's launch template names {kind}, and the group uses its latest version.",
            "The group can lose a part of its instances for a while, and its health checks tell good ones from bad.",
        ),
        commands=(
            aws(target, "autoscaling", "describe-auto-scaling-groups", auto_scaling_group_names=name),
            aws(target, "autoscaling", "start-instance-refresh", auto_scaling_group_name=name),
        ),
        restart="Its instances are replaced one after the other, within the group's health limits.",
        rollback="Point the launch template back and refresh again (while it runs: rollback-instance-refresh).",
    )


def empty_service(target: Target) -> Recipe:
    cluster, service = _cluster_and_service(target)
    return Recipe(
        checks=(
            "No traffic reaches its target group and no queue waits for it.",
            "Its scaling policies do not fill it again.",
            "Note its desired count: it is needed to go back.",
        ),
        commands=(
            aws(target, "ecs", "update-service", cluster=cluster, service=service, desired_count=0),
            waits(target, "ecs", "services-stable", cluster=cluster, services=service),
        ),
        restart="Its tasks end; the service stays, and costs nothing.",
        rollback="Set the desired count to what it was.",
    )


def resize_service(target: Target) -> Recipe:
    cluster, service = _cluster_and_service(target)
    return Recipe(
        checks=(
            "The peak of CPU and memory over a whole month fits the new size; memory beyond it ends a task.",
            f"A new revision of its task definition is registered with {target.recommended or 'the new size'}.",
            "The deployment's minimum healthy percent keeps enough tasks running.",
        ),
        commands=(
            aws(target, "ecs", "describe-services", cluster=cluster, services=service),
            aws(
                target,
                "ecs",
                "update-service",
                cluster=cluster,
                service=service,
                task_definition="<family:new revision>",
            ),
            waits(target, "ecs", "services-stable", cluster=cluster, services=service),
        ),
        restart="Its tasks are replaced one after the other.",
        rollback="Update the service to the revision of now.",
    )


def _cluster_and_service(target: Target) -> tuple[str, str]:
    cluster, _, service = target.resource_id.rpartition("/")
    return cluster or "default", service


def resize_function(target: Target) -> Recipe:
    memory = target.found(MEMORY, "memory in MB")
    return Recipe(
        checks=(
            f"The most memory that its log's REPORT lines show is well below {memory} MB.",
            "CPU grows with memory: its duration and its timeout leave room for slower runs.",
        ),
        commands=(
            aws(
                target,
                "lambda",
                "update-function-configuration",
                function_name=target.resource_id,
                memory_size=memory,
            ),
        ),
        restart="Nothing stops; new invocations start cold once.",
        rollback=f"The same command with the memory of now ({target.current or 'note it first'}).",
    )


EC2: dict[ActionType, Cook] = {
    ActionType.STOP: stop_instance,
    ActionType.DELETE: terminate_instance,
    ActionType.RIGHTSIZE: resize_instance,
    ActionType.UPGRADE: resize_instance,
    ActionType.MIGRATE_TO_GRAVITON: move_instance_to_graviton,
}
GROUP: dict[ActionType, Cook] = {
    ActionType.SCALE_IN: empty_group,
    ActionType.STOP: empty_group,
    ActionType.RIGHTSIZE: resize_group,
    ActionType.UPGRADE: resize_group,
}
SERVICE: dict[ActionType, Cook] = {
    ActionType.DELETE: empty_service,
    ActionType.STOP: empty_service,
    ActionType.SCALE_IN: empty_service,
    ActionType.RIGHTSIZE: resize_service,
}
FUNCTION: dict[ActionType, Cook] = {ActionType.RIGHTSIZE: resize_function}
