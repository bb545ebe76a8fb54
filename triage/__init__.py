"""Clinical rules of the care base: instruments, crisis signals, levels. Standard library only at import."""
