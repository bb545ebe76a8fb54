"""Our own parts of the Rasa graph, and the channel on which the site speaks to it."""
