"""Whole journeys through the running platform, in a real browser."""
