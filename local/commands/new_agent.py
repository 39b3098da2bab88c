"""finops agents new: a fifth agent's folder, its test and its answers in the sample account, from a template."""

import sys

from local.new_agent import checkout, new_agent, write


def new_agent_command(name: str, *, reads: str) -> int:
    """Writes the files and prints them with the steps that are left; BadInput where nothing can be written."""
    root = checkout()
    agent = new_agent(name, reads, root)
    write(agent, root)
    sys.stdout.write("".join(f"Written: {path}\n" for path in agent.files))
    sys.stdout.write(f"\nWhat is left to do by hand (docs/adding-an-agent.md says why):\n\n{agent.steps}")
    return 0
