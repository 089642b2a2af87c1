"""What was asked for on the command line, and who can therefore run."""

from __future__ import annotations

import datetime
import os
import platform
import sys
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import environments, graphs, rows
from benchmarks.peers import BINARIES, PEERS, READERS, Contender
from benchmarks.peers import contenders as all_contenders

ROOT = Path(__file__).parent.parent


@dataclass
class Plan:
    """The options, and the environments found or made for them."""

    size: str = "default"
    names: tuple[str, ...] = ()
    blocks: int = 5
    realdata: Path | None = None
    peers: tuple[str, ...] = ()
    binaries: dict[str, Path] = field(default_factory=dict)
    cache: Path = ROOT / ".benchmarks"
    docs: Path = ROOT / "docs"
    threads: int = 2
    pythons: dict[str, Path | str] = field(default_factory=dict)

    @property
    def raw(self) -> Path:
        return self.docs / "benchmarks.csv"

    def graphs(self) -> list[graphs.Stored]:
        """Return the graphs of the chosen size, and the real ones where they are."""
        names = [*(self.names or graphs.SIZES[self.size])]
        if not self.names and self.realdata is not None and self.size != "huge":
            names += graphs.REAL
        return [graphs.store(name, self.cache, self.realdata) for name in names]

    def middle(self, suffix: str = "") -> graphs.Stored:
        """Return the graph of those cases that ask for one only."""
        name = self.names[0] if self.names else graphs.MIDDLE[self.size]
        return graphs.store(name + suffix, self.cache, self.realdata)

    def python(self, peer: str) -> Path | str:
        """Return the interpreter that `peer` runs in, or why there is none."""
        if peer not in self.pythons:
            self.pythons[peer] = self._find_python(peer)
        return self.pythons[peer]

    def _find_python(self, peer: str) -> Path | str:
        requirements = Contender(peer, "").module.REQUIREMENTS
        if peer in self.peers and requirements:
            print(f"environment of {peer}", flush=True)
            return environments.make(peer, requirements, self.cache)
        return Path(sys.executable)

    def asked(self, names: tuple[str, ...] = PEERS) -> list[Contender]:
        """Return those that can run: we and SciPy always, others when asked for, binaries when given."""
        here = {"ours", "scipy", *self.peers, *self.binaries}
        return all_contenders(tuple(name for name in names if name in here))

    def readers(self) -> list[Contender]:
        return [Contender("ours", ""), *(Contender(name, "") for name in READERS if name in self.peers)]

    def environment(self, n_threads: int) -> dict[str, str]:
        """Return the environment of a worker: so many threads for everybody's thread pool."""
        pools = ("OMP", "NUMBA", "RAYON", "OPENBLAS", "MKL", "POLARS_MAX", "ARROW")
        found = {**os.environ, "PYTHONPATH": str(ROOT)}
        found |= {
            ("POLARS_MAX_THREADS" if pool == "POLARS_MAX" else f"{pool}_NUM_THREADS"): str(n_threads)
            for pool in pools
        }
        found |= {f"{name.upper()}_PR": str(path) for name, path in self.binaries.items() if name in BINARIES}
        return found

    def about(self, case: str, graph: str) -> rows.Row:
        """Return the row that says where and with what a case was measured."""
        import numba
        import numpy as np
        import scipy

        import influencegraph

        note = (
            f"{_processor()}, {os.cpu_count()} processors, {_memory_gib()} GiB, {platform.system()} "
            f"{platform.machine()}; influencegraph {influencegraph.__version__}, Python "
            f"{platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, numba "
            f"{numba.__version__}; memory touched beforehand"
        )
        return rows.Row(case, graph, "", "", "", "", rows.ABOUT, {"blocks": (self.blocks,)}, note, today())


def today() -> str:
    return datetime.date.today().isoformat()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    name = facts.get("model name", "unknown processor")
    return f"{name} (family {facts.get('cpu family', '?')}, model {facts.get('model', '?')})"


def _memory_gib() -> int:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    except (ValueError, OSError):
        return 0
