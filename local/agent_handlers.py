"""Which Python file answers here for another team's function: FOLDER/handlers.json, beside the registry.

A card names a function in AWS, and is the same for everybody; which file stands for it is a matter of this machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from local.embedded_aws import REGISTRY_TABLE
from local.handler_process import Handler
from local.moto_seams import LambdaFunction
from local.state_folder import InvalidStateFolder, StateFolder, replace_file
from tasks.agent_registry import functions_of
from workflows.errors import FinOpsError

HANDLERS = "handlers.json"


class NoLocalHandler(FinOpsError):
    """An agent that is registered here, and whose function is nowhere on this machine."""


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    file: Path
    function: str


class _Handlers(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    handlers: dict[str, _Kept] = {}


@dataclass(frozen=True)
class AgentHandlers:
    """Handlers by the name of the function that they stand for. Whoever changes them holds the folder."""

    by_function: Mapping[str, Handler] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: StateFolder) -> "AgentHandlers":
        """Those of the folder; InvalidStateFolder where nobody can read them any more."""
        path = folder.path / HANDLERS
        try:
            kept = _Handlers.model_validate_json(path.read_bytes()).handlers
        except FileNotFoundError:
            return cls()
        except (OSError, ValidationError) as error:
            remedy = "remove that file, and register the agents' handlers again"
            raise InvalidStateFolder([f"{path} cannot be read; {remedy}"]) from error
        return cls({name: Handler(one.file, one.function) for name, one in kept.items()})

    def keep(self, folder: StateFolder) -> None:
        """Afterwards the folder holds these."""
        kept = {name: _Kept(file=one.path, function=one.function) for name, one in sorted(self.by_function.items())}
        replace_file(folder.path / HANDLERS, _Handlers(handlers=kept).model_dump_json(indent=1).encode())

    def having(self, function: str, handler: Handler) -> "AgentHandlers":
        return AgentHandlers({**self.by_function, function: handler})

    def without(self, function: str) -> "AgentHandlers":
        return AgentHandlers({name: one for name, one in self.by_function.items() if name != function})


def functions_of_other_teams(folder: StateFolder) -> dict[str, LambdaFunction]:
    """What answers for each function that a card of the folder's registry names; a file, or somebody who says that
    there is none."""
    handlers = AgentHandlers.of(folder).by_function
    registered = functions_of(folder.read().tables.get(REGISTRY_TABLE, []))
    return {name: handlers.get(name) or _nobody(agent) for agent, name in registered.items()}


def _nobody(agent: str) -> LambdaFunction:
    def answer(_question: object) -> object:
        raise NoLocalHandler(
            f"no file stands for it on this machine; finops agents register CARD --handler FILE.py names {agent}'s"
        )

    return answer
