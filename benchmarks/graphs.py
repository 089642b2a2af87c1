"""The graphs that are measured, by name: simulated from a seed, and real where their folder is given."""

from collections.abc import Iterator
from pathlib import Path

import influencegraph
from influencegraph import FollowerGraph

REAL = {
    "slashdot0902": "slashdot0902/edges.tsv.gz",
    "cnr2000_web": "cnr2000_web/links.tsv.gz",
}


def load(folder: Path | None) -> Iterator[tuple[str, FollowerGraph]]:
    yield "simulated, seed 0", influencegraph.simulate_network(rng=0).graph
    if folder is not None:
        for name, path in REAL.items():
            yield name, influencegraph.read_follows(folder / path)
