"""Measurements that anyone can repeat: they print figures and fail nothing."""
