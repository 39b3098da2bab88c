"""Instances, groups, containers and functions."""

import re

from workflows.recommendation import ActionType
from workflows.savings.recipes import INSTANCE_TYPE, Cook, Recipe, Target, aws, is_arm, waits

MEMORY = re.compile(r"(?<![\w.,])[0-9]{3,5}(?=(?:\.0+)?\s*Mi?B)")


def stop_instance(target: Target) -> Recipe:
    return Recipe(
        checks=(
            "Nothing and nobody uses it: check its CPU, network traffic and logins over a whole month.",
            "Stopping loses the data on its instance store and its public IPv4 address, unless that is an Elastic IP.",
            "It does not belong to an Auto Scaling group, which would replace it.",
        ),
        commands=(aws(target, "ec2", "stop-instances", instance_ids=target.resource_id),),
        restart="The instance stops and stays stopped. Its volumes and Elastic IP addresses still cost money.",
        rollback="Start it again with aws ec2 start-instances. Data on an instance store does not come back.",
    )


def terminate_instance(target: Target) -> Recipe:
    instance, image = target.resource_id, f"before-delete-{target.resource_id}"
    return Recipe(
        checks=(
            "Nobody needs the data on it: check its tags, its owner and the last login.",
            "Termination protection and the volumes' delete-on-termination flags are set the way you want.",
            "It does not belong to an Auto Scaling group and receives no traffic from a load balancer.",
        ),
        commands=(
            aws(target, "ec2", "create-image", instance_id=instance, name=image, no_reboot=True),
            waits(target, "ec2", "image-available", owners="self", filters=f"Name=name,Values={image}"),
            aws(target, "ec2", "terminate-instances", instance_ids=instance),
        ),
        restart="The instance is terminated for good.",
        rollback="Launch a new instance from the image. It will have a new ID and a new private address.",
    )


def resize_instance(target: Target) -> Recipe:
    instance, kind = target.resource_id, target.found(INSTANCE_TYPE, "instance type")
    if _other_architecture(target):
        return move_to_other_architecture(target)
    start = aws(target, "ec2", "start-instances", instance_ids=instance)
    return Recipe(
        checks=(
            f"Peak CPU, memory and network over a whole month fit {kind}. (Memory needs the CloudWatch agent.)",
            "The image and its drivers support the new type (ENA, NVMe, same architecture).",
            "The change leaves no reservation for the current type unused.",
            "Stopping loses the data on an instance store and a public IPv4 address that is not an Elastic IP.",
        ),
        commands=(
            aws(target, "ec2", "stop-instances", instance_ids=instance),
            waits(target, "ec2", "instance-stopped", instance_ids=instance),
            aws(target, "ec2", "modify-instance-attribute", instance_id=instance, instance_type=f"Value={kind}"),
            start,
        ),
        restart="The instance stops and starts again: expect a few minutes of downtime. If AWS refuses the new type, "
        f"the instance stays stopped: start it as it was with {start.text}",
        rollback=f"Repeat the steps with the current type ({target.current or 'note it first'}).",
    )


def _other_architecture(target: Target) -> bool:
    """Whether the new type needs another image; so for a Graviton type where the current one cannot be read."""
    now, then = INSTANCE_TYPE.search(target.current), INSTANCE_TYPE.search(target.recommended)
    if then is None:
        return False
    return is_arm(then.group(0)) != bool(now and is_arm(now.group(0)))


def move_to_other_architecture(target: Target) -> Recipe:
    """A new instance beside the old one: AWS refuses to change an instance between x86 and arm64."""
    kind = target.found(INSTANCE_TYPE, "instance type")
    needed = "arm64" if target.action is ActionType.MIGRATE_TO_GRAVITON or is_arm(kind) else "x86_64"
    return Recipe(
        checks=(
            f"Everything on it runs on {needed}: packages, agents, containers, licensed software.",
            f"You have an {needed} image with the same content, tested on {kind}.",
            "Traffic can move from the old instance to a new one.",
        ),
        commands=(),
        restart="A new instance takes over: the architecture of an existing one cannot be changed.",
        rollback="Move the traffic back to the old instance; keep it until the new one has proven itself.",
    )


def empty_group(target: Target) -> Recipe:
    name = target.resource_id
    return Recipe(
        checks=(
            "Nothing sends traffic or work to the group: check its target groups and queues.",
            "No scaling policy or scheduled action will fill it again.",
            "Note its minimum and desired size: you need them to go back.",
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
        restart="All its instances are terminated.",
        rollback="Set the minimum and the desired size to their old values; new instances will start.",
    )


def resize_group(target: Target) -> Recipe:
    name, kind = target.resource_id, target.found(INSTANCE_TYPE, "instance type")
    return Recipe(
        checks=(
            f"Peak CPU, memory and network over a whole month fit {kind}.",
            f"A new version of its launch template names {kind}{_and_image(target)}; the group uses the latest one.",
            "The group can do without some instances for a while, and its health checks detect bad ones.",
        ),
        commands=(
            aws(target, "autoscaling", "describe-auto-scaling-groups", auto_scaling_group_names=name),
            aws(target, "autoscaling", "start-instance-refresh", auto_scaling_group_name=name),
        ),
        restart="Instances are replaced gradually, within the group's health limits.",
        rollback="Point the group back to the old launch template version and refresh again "
        "(while a refresh is running: rollback-instance-refresh).",
    )


def _and_image(target: Target) -> str:
    """An image for one architecture does not start on the other."""
    if not _other_architecture(target):
        return ""
    return f" and an image for {'arm64' if is_arm(target.found(INSTANCE_TYPE, '')) else 'x86_64'}"


def empty_service(target: Target) -> Recipe:
    cluster, service = _cluster_and_service(target)
    return Recipe(
        checks=(
            "Its target group gets no traffic, and no queue is waiting for it.",
            "No scaling policy will start tasks again.",
            "Note its desired count: you need it to go back.",
        ),
        commands=(
            aws(target, "ecs", "update-service", cluster=cluster, service=service, desired_count=0),
            waits(target, "ecs", "services-stable", cluster=cluster, services=service),
        ),
        restart="Its tasks stop. The service remains, and costs nothing.",
        rollback="Set the desired count to its old value.",
    )


def resize_service(target: Target) -> Recipe:
    cluster, service = _cluster_and_service(target)
    return Recipe(
        checks=(
            "Peak CPU and memory over a whole month fit the new size; a task that needs more memory is killed.",
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
        restart="Tasks are replaced gradually.",
        rollback="Update the service to the current task definition revision (note it first).",
    )


def _cluster_and_service(target: Target) -> tuple[str, str]:
    """An old ARN does not name the cluster: it may be any, and is left to be filled in."""
    cluster, _, service = target.resource_id.rpartition("/")
    return cluster or "<cluster>", service


def resize_function(target: Target) -> Recipe:
    memory = target.found(MEMORY, "memory in MB")
    return Recipe(
        checks=(
            f"The highest memory use in the REPORT lines of its log is well below {memory} MB.",
            "CPU shrinks with memory: its duration and timeout leave room for slower runs.",
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
        restart="No downtime; the next invocations start cold once.",
        rollback=f"Run the command again with the current memory ({target.current or 'note it first'}).",
    )


EC2: dict[ActionType, Cook] = {
    ActionType.STOP: stop_instance,
    ActionType.DELETE: terminate_instance,
    ActionType.RIGHTSIZE: resize_instance,
    ActionType.UPGRADE: resize_instance,
    ActionType.MIGRATE_TO_GRAVITON: move_to_other_architecture,
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
