"""Tests, in folders that mirror the houses they look at."""
