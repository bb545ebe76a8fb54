"""Tests of the bot. They run on the bot's interpreter."""
