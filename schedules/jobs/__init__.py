"""One file per sweep or family of sweeps."""
