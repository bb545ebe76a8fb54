"""Does the crisis chain hold: a year of bad nights, faults injected into the running platform, and a full house."""
