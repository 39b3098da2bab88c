"""Gateways, load balancers, addresses and endpoints: nothing in them can be backed up, so they are noted first."""

from workflows.recommendation import ActionType
from workflows.resource_keys import partition
from workflows.savings.recipes import Cook, Recipe, Target, aws

NOTE_FIRST = "Keep the output of the first command: AWS has no backup of it."


def delete_nat_gateway(target: Target) -> Recipe:
    gateway = target.resource_id
    return Recipe(
        checks=(
            "No route table points to it (the second command lists none).",
            "BytesOutToDestination and ActiveConnectionCount have been 0 for a month.",
            NOTE_FIRST,
        ),
        commands=(
            aws(target, "ec2", "describe-nat-gateways", nat_gateway_ids=gateway),
            aws(target, "ec2", "describe-route-tables", filters=f"Name=route.nat-gateway-id,Values={gateway}"),
            aws(target, "ec2", "delete-nat-gateway", nat_gateway_id=gateway),
        ),
        restart="Nothing restarts. Connections through it break. Its Elastic IP address remains and still costs money.",
        rollback="Create a new gateway in the same subnet with the same Elastic IP address; point the routes to it.",
    )


def delete_load_balancer(target: Target) -> Recipe:
    """A classic one has a bare name; the newer ones are named as "app/NAME/ID"."""
    is_newer = "/" in target.resource_id
    if is_newer:
        account = target.account_id if target.account_id.isdecimal() else "<account id>"
        place = f"arn:{partition(target.region_id)}:elasticloadbalancing:{target.region_id}:{account}"
        arn = f"{place}:loadbalancer/{target.resource_id}"
        commands = (
            aws(target, "elbv2", "describe-load-balancers", load_balancer_arns=arn),
            aws(target, "elbv2", "delete-load-balancer", load_balancer_arn=arn),
        )
    else:
        commands = (
            aws(target, "elb", "describe-load-balancers", load_balancer_names=target.resource_id),
            aws(target, "elb", "delete-load-balancer", load_balancer_name=target.resource_id),
        )
    return Recipe(
        checks=(
            "It has had no requests, connections or healthy targets for a month.",
            "No DNS record and no client refers to it.",
            NOTE_FIRST,
        ),
        commands=commands,
        restart="Nothing restarts. What is behind it can no longer be reached through it.",
        rollback="Create it again from the output you kept; it will have a new DNS name.",
    )


def release_address(target: Target) -> Recipe:
    return Recipe(
        checks=(
            "It is not associated with anything, and no DNS record, firewall rule or partner relies on it.",
            "Once released, the address may go to somebody else.",
        ),
        commands=(
            aws(target, "ec2", "describe-addresses", public_ips=target.resource_id),
            aws(target, "ec2", "release-address", allocation_id="<AllocationId of the first command>"),
        ),
        restart="Nothing restarts.",
        rollback="None to rely on: aws ec2 allocate-address --address works only while nobody else has the address.",
    )


def delete_endpoint(target: Target) -> Recipe:
    endpoint = target.resource_id
    return Recipe(
        checks=(
            "BytesProcessed has been 0 for a month.",
            "Nothing depends on it to reach the service: without it, traffic goes over the internet or fails.",
            NOTE_FIRST,
        ),
        commands=(
            aws(target, "ec2", "describe-vpc-endpoints", vpc_endpoint_ids=endpoint),
            aws(target, "ec2", "delete-vpc-endpoints", vpc_endpoint_ids=endpoint),
        ),
        restart="Nothing restarts. Connections through it break.",
        rollback="Create it again from the output you kept; it will have a new ID.",
    )


NAT_GATEWAY: dict[ActionType, Cook] = {ActionType.DELETE: delete_nat_gateway, ActionType.STOP: delete_nat_gateway}
LOAD_BALANCER: dict[ActionType, Cook] = {ActionType.DELETE: delete_load_balancer}
ADDRESS: dict[ActionType, Cook] = {ActionType.DELETE: release_address}
ENDPOINT: dict[ActionType, Cook] = {ActionType.DELETE: delete_endpoint}
