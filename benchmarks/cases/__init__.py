"""One question per file.

CASE, TITLE                         its name in the raw rows, its heading on the page
measure(plan) -> (graph, rows), ... one at a time, so that what is measured is kept
render(rows) -> parts of Markdown
"""

from benchmarks.cases import (
    batch,
    build,
    convergence,
    discount,
    end_to_end,
    limits,
    memory,
    solve,
    startup,
    text,
    threads,
    update,
    weighted,
)

CASES = (
    solve,
    limits,
    batch,
    weighted,
    update,
    memory,
    threads,
    build,
    end_to_end,
    discount,
    text,
    startup,
    convergence,
)
HUGE = (solve, limits, memory, build, discount)
"""Those that also make sense, and fit, at the size "huge"."""
