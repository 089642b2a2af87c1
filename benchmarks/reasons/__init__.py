"""Reasons on real people: what docs/reasons.md shows, section by section."""

from benchmarks.reasons import audiences, engagement, explanations, whatifs

SECTIONS = (explanations, audiences, whatifs, engagement)
"""In the order of the page: each has TITLE and ``write(people)``, which yields paragraphs of Markdown."""
