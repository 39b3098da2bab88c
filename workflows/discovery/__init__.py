"""Agents of other teams: how they present themselves (a card), and what a review and they say to each other."""
