"""Compiled loops: arrays in, `out` filled, no decisions. The only home of numba."""
