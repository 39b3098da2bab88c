"""The functions of a deployment by name, each made from the same module as in AWS."""

from collections.abc import Callable
from functools import cache, partial
from importlib import import_module

from tasks.agents import AGENTS
from tasks.agents.discovered import HANDLER_MODULE, WORK_FUNCTION
from tasks.consumers import CONSUMERS
from tasks.door import Door
from tasks.steps import STEPS, function_name, module_name


@cache
def handlers() -> dict[str, Callable[[], Door]]:
    """How to get each function's handler; the import happens when it is called."""
    steps = {function_name(state): partial(_door, module_name(state), "handler") for state in STEPS}
    work = {spec.work_function: partial(_door, spec.handler_module, "work") for spec in AGENTS}
    ask = {spec.ask_function: partial(_door, spec.handler_module, "ask") for spec in AGENTS}
    proxy = {WORK_FUNCTION: partial(_door, HANDLER_MODULE, "work")}
    consumers = {consumer.name: partial(_door, consumer.module, "handler") for consumer in CONSUMERS}
    return {**steps, **work, **ask, **proxy, **consumers}


@cache
def _door(module: str, attribute: str) -> Door:
    door = getattr(import_module(module), attribute)
    assert isinstance(door, Door)  # noqa: S101 because mypy cannot see through getattr
    return door
