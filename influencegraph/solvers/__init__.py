"""Repeat a kernel until a stated error is certified."""
