"""Set-up, start and checks. Standard library only, for any Python from 3.9: it runs before anything is installed."""
