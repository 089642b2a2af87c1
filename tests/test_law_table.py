"""docs/methods/laws.md says what is so: every cell is there, and those tried again come out the same."""

import pytest

from benchmarks import laws
from influencegraph import METHODS
from influencegraph.testing import LAWS

PAGE = laws.PAGE.read_text("utf-8")
TABLE = laws.read_table(PAGE)
CELLS = [(law, method) for law, cells in TABLE.items() for method in cells]
QUICK = [
    (law, method)
    for law, methods in {
        "zero_weights": ["followers", "one_way_followers"],
        "one_way_follower": ["tweepcred"],
        "strict_follow_back": ["pagerank", "tunkrank", "articlerank", "one_way_followers"],
        "strict_trade": ["pagerank", "trustrank", "followers", "one_way_followers", "hitting_time"],
        "symmetry": ["reach", "salsa", "hits"],
        "linear": ["trustrank", "hits"],
    }.items()
    for method in methods
]


def test_table__has_all_methods_and_the_laws_they_can_be_asked():
    assert list(TABLE) == laws.list_laws()
    assert all(list(cells) == list(METHODS) for cells in TABLE.values())
    for law in TABLE:
        assert f"- `{law}`: {LAWS[law].statement}" in PAGE
    assert {cell for cells in TABLE.values() for cell in cells.values()} == {
        laws.HOLDS, laws.BROKEN, laws.CONSTANT, laws.SILENT,
    }  # fmt: skip


def test_table__reach_obeys_every_law():
    assert f"`reach` obeys {len(LAWS)} of {len(LAWS)}." in PAGE
    assert {cells["reach"] for cells in TABLE.values()} == {laws.HOLDS}


def test_page__shows_the_network_that_breaks_each_law_that_is_broken():
    networks = PAGE.split("## The networks that break them")[1]
    for law, cells in TABLE.items():
        broken = [method for method, cell in cells.items() if cell == laws.BROKEN]
        shown = networks.split(f"### {law}\n")[1].split("\n### ")[0] if broken else ""
        assert [line.strip("`:") for line in shown.splitlines() if line.startswith("`")] == broken


@pytest.mark.parametrize(("law", "method"), QUICK)
def test_cell__tried_again(law, method):
    assert laws.try_law(method, law)[0] == TABLE[law][method]


@pytest.mark.slow
@pytest.mark.parametrize(("law", "method"), CELLS)
def test_cell__tried_again_all(law, method):
    assert laws.try_law(method, law)[0] == TABLE[law][method]
