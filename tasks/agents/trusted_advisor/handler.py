"""The Trusted Advisor agent's two doors."""

from tasks.agents.ask import AskDoor
from tasks.agents.trusted_advisor.collect import check, collect
from tasks.agents.trusted_advisor.rules import analyse
from tasks.agents.trusted_advisor.spec import SPEC
from tasks.agents.work import Agent
from tasks.door import Door

work = Door(Agent(SPEC, check, collect, analyse).handle)
ask = Door(AskDoor(SPEC).handle)
