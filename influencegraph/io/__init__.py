"""Foreign things <-> edge arrays and columns, nothing else."""
