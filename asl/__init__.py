"""The definitions: in what order things happen."""

from pathlib import Path

COST_REVIEW = Path(__file__).with_name("cost_review.asl.json")
