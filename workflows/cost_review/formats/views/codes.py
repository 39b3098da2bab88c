"""The words that the page has for each code of the report; a code that it does not know stays readable."""

import re

from workflows.cost_review.formats.views.words import ACTIONS, STATES
from workflows.cost_review.words import SOURCES
from workflows.resource_words import type_words

NOT_COUNTED = {
    "not_applicable": "does not apply",
    "negative": "costs more",
    "unknown_savings": "unknown",
    "set_aside": "set aside",
    "absorbed": "part of a bigger saving",
}
LEVELS = {"HIGH": ("●●●", "high"), "MEDIUM": ("●●○", "medium"), "LOW": ("●○○", "low")}
DECISIONS = {
    "open": "open",
    "accepted": "accepted",
    "implemented": "carried out",
    "verified": "carried out, and seen on the bill",
    "dismissed": "dismissed",
    "snoozed": "put off",
    "regressed": "came back after it was carried out",
}
CHANGES = {
    "new": "+ new",
    "grown": "▲ grown",
    "shrunk": "▼ shrunk",
    "gone": "✗ gone",
    "unknown": "? unclear",
}
GONE_BECAUSE = {
    "implemented": "carried out",
    "resource_deleted": "the resource is gone",
    "no_longer_recommended": "no longer recommended",
}
BRIDGE_KINDS = {
    "not_in_hub": "Only other sources name it",
    "other_figure": "Another source's figure stands",
}
RANKINGS = {
    "biggest": "by money",
    "quick_wins": "quick wins first",
    "safest": "the safest first",
    "weights": "by weights of your own",
}
FACTORS = {"restart": "no restart", "rollback": "a way back", "risk": "low risk", "effort": "little effort"}
EXEMPTIONS = {"applies": "applies", "matches_nothing": "matches nothing", "expired": "expired"}
_GENERIC = frozenset({"Reservations", "SavingsPlans"})
_SAID = {
    **{code: words for code, words in SOURCES.items() if code not in _GENERIC},
    **{code: words[0].lower() + words[1:] for code, words in ACTIONS.items()},
    **{state: words for state, (_, words) in STATES.items()},
    **{f"{part}_{kind}": f"{part} {kind}" for part in ("gross", "counted", "verified") for kind in ("usage", "rate")},
}
_CODES = re.compile(
    rf"\b(?:{'|'.join(sorted(_SAID, key=len, reverse=True))}|[A-Z]\w{{1,30}}(?:SavingsPlans|ReservedInstances))\b"
)


def plain(code: str) -> str:
    """The code as words: underscores are blanks, and capitals are kept for what begins with one."""
    return code.replace("_", " ").lower() if code.isupper() or "_" in code else code


def told(sentence: str) -> str:
    """The sentence with the names of sources, actions and plans as people write them."""
    return _CODES.sub(lambda found: _SAID.get(found[0]) or type_words(found[0]), sentence)


def level_words(level: str) -> tuple[str, str]:
    """Three dots and a word."""
    return LEVELS.get(level, ("", plain(level)))
