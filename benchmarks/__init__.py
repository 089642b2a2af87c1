"""Measured, not remembered: ``python -m benchmarks`` writes docs/benchmarks.md."""
