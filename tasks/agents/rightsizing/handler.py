"""The Rightsizing agent's two doors."""

from tasks.agents.ask import AskDoor
from tasks.agents.rightsizing.collect import check, collect
from tasks.agents.rightsizing.rules import analyse
from tasks.agents.rightsizing.spec import SPEC
from tasks.agents.work import Agent
from tasks.door import Door

AGENT = Agent(SPEC, check, collect, analyse)
work = Door(AGENT.handle)
ask = Door(AskDoor(SPEC).handle)
