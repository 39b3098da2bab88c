"""The Cost Explorer agent's two doors."""

from tasks.agents.ask import AskDoor
from tasks.agents.cost_explorer.collect import check, collect, collect_named
from tasks.agents.cost_explorer.rules import analyse
from tasks.agents.cost_explorer.spec import SPEC
from tasks.agents.work import Agent
from tasks.door import Door

AGENT = Agent(SPEC, check, collect, analyse, collect_named)
work = Door(AGENT.handle)
ask = Door(AskDoor(SPEC).handle)
