"""``python -m benchmarks.reasons [FOLDER]``: write docs/story.md, and docs/reasons.md from FOLDER."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from pathlib import Path

from benchmarks.plan import Plan
from benchmarks.reasons import SECTIONS, story
from benchmarks.reasons.people import People, read_people

WIDTH = 110
_ABOUT = (
    "Written by `python -m benchmarks.reasons FOLDER`; nobody types a number. The network is "
    "`timme_politicians`: {accounts:,} US politicians on Twitter in 2019, {follows:,} follows among them, "
    "{mutual:.0%} of which are returned, and how often they retweeted, mentioned and liked each other. "
    "Source: Xiao et al., *TIMME*, KDD 2020 (arXiv 2006.01321). The data are no part of this project."
)


def write_page(people: People) -> Iterator[str]:
    """Yield the paragraphs of the page."""
    report = people.graph.report
    yield "# Reasons, on real people"
    mutual = 2 * report.mutual_pairs / report.follows
    about = _ABOUT.format(accounts=report.accounts, follows=report.follows, mutual=mutual)
    yield about
    for section in SECTIONS:
        yield f"## {section.TITLE}"
        yield from section.write(people)


def wrap(paragraph: str) -> str:
    """Return a paragraph in lines of moderate length; tables, listings and headings stay as they are."""
    if paragraph.startswith(("|", "```", "#", "![")):
        return paragraph
    if paragraph.startswith("- "):
        lines = (textwrap.fill(line, WIDTH, subsequent_indent="  ") for line in paragraph.split("\n"))
        return "\n".join(lines)
    return textwrap.fill(paragraph, WIDTH)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reasons", description=__doc__)
    parser.add_argument("realdata", type=Path, nargs="?", metavar="FOLDER", help="folder of real graphs")
    parser.add_argument("--docs", type=Path, default=Plan.docs, metavar="DIR", help="where the page is")
    chosen = parser.parse_args()
    pages = {"story.md": story.write_page()}
    if chosen.realdata is not None:
        pages["reasons.md"] = write_page(read_people(chosen.realdata))
    for name, paragraphs in pages.items():
        (chosen.docs / name).write_text("\n\n".join(map(wrap, paragraphs)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
