"""The Trusted Advisor agent's two doors."""

import time
from functools import partial

from tasks.agents.ask import AskDoor
from tasks.agents.trusted_advisor.collect import check, collect
from tasks.agents.trusted_advisor.rules import analyse
from tasks.agents.trusted_advisor.spec import SPEC
from tasks.agents.work import Agent
from tasks.door import Door

AGENT = Agent(SPEC, check, partial(collect, sleep=time.sleep), analyse)
work = Door(AGENT.handle)
ask = Door(AskDoor(SPEC).handle)
