"""One process that runs named sweeps; what is due lives in rows, so a missed run is caught up by the next."""
