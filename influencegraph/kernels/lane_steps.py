"""What the accelerated solver does with eight vectors besides passing them along follows, in float32.

As `influencegraph.kernels.mix` does with one. `chosen` are the settings of all lanes, float32 (5 x 8,): the
damping, and what a discount is made of,

    rho_v = worth min(1, capacity crowd_v),    c_u = min(1, least + more given_u)

where crowd is one part of the mutual contacts of an account, and given what share of its attention goes where
nothing comes back. So each account has one number of each, not eight.
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled
from influencegraph.kernels.lanes import LANES, add_lanes, add_regarded
from influencegraph.kernels.mix import MEMORY
from influencegraph.kernels.vector import vectorized

DAMPING, WORTH, CAPACITY, LEAST, MORE = range(0, 5 * LANES, LANES)
"""Where each setting lies in `chosen`."""
_ZERO, _ONE = np.uint64(0), np.uint64(1)
_LANES, _STRIDE = np.uint64(LANES), np.uint64(4 * LANES)


def read_step(v, sums, place, mutual, chosen, crowd):
    """Return what arrives: one-way, and what mutual follows are worth; from `place` and `mutual` on."""
    worth = v.load(chosen, WORTH) * v.at_most_one(v.load(chosen, CAPACITY) * crowd)
    return v.load(sums, place) + worth * v.load(sums, mutual)


@vectorized
def _write_step(v, sums, place, mutual, launch, k, chosen, crowd, out):
    v.store(v.load(launch, k) + read_step(v, sums, place, mutual, chosen, crowd), out, k)


@vectorized
def _take_step(v, sums, place, mutual, launch, k, chosen, crowd, inverse, reach, out_change, target):
    """Set reach to its step, and write the change of what is passed on."""
    step = v.load(launch, k) + read_step(v, sums, place, mutual, chosen, crowd)
    change = step - v.load(reach, k)
    v.store(step, reach, k)
    v.store(change * (v.load(chosen, DAMPING) * inverse), out_change, target)


@vectorized
def _add_step(v, sums, chosen, crowd, inverse, steps, k, out_change, moved):
    """Raise `steps`, write the change of what is passed on, and add up the sizes of steps."""
    step = read_step(v, sums, 0, LANES, chosen, crowd)
    v.store(v.load(steps, k) + step, steps, k)
    v.store(step * (v.load(chosen, DAMPING) * inverse), out_change, k)
    v.store(v.load(moved, 0) + v.double(abs(step)), moved, 0)


@vectorized
def _pass_on(v, reach, k, chosen, inverse, out):
    v.store(v.load(reach, k) * (v.load(chosen, DAMPING) * inverse), out, k)


@vectorized
def _subtract(v, steps, place, reach, k, residuals, dots):
    """Write a residual, and add its size and that of the step to those behind the products in `dots`."""
    step = v.load(steps, place)
    residual = step - v.load(reach, k)
    v.store(residual, residuals, place)
    for size, at in ((abs(residual), MEMORY * LANES), (abs(step), (MEMORY + 1) * LANES)):
        v.store(v.load(dots, at) + v.double(size), dots, at)


@vectorized
def _multiply(v, values, place, other, dots, target):
    """Add the products of two rows of `values`, at one account, to those there."""
    product = v.double(v.load(values, place)) * v.double(v.load(values, other))
    v.store(v.load(dots, target) + product, dots, target)


@vectorized
def _multiply_four(v, values, place, other, dots, target):
    """Do as `_multiply` at four accounts."""
    a, b, c, d = (
        v.double(v.load(values, place + at)) * v.double(v.load(values, other + at))
        for at in range(0, 4 * LANES, LANES)
    )
    v.store(v.load(dots, target) + ((a + b) + (c + d)), dots, target)


@vectorized
def _mix(v, steps, k, size, shares, reach):
    """Write the mixture of an account's steps, which lie `size` apart."""
    first, *others = (v.load(shares, row * LANES) * v.load(steps, k + size * row) for row in range(MEMORY))
    for each in others:
        first = first + each
    v.store(first, reach, k)


@compiled
def close_busy(sums, first, last, launch, chosen, crowd, out):
    """Join the sums of a partition's cells into the step of its accounts; O(accounts x cells).

    Parameters
    ----------
    sums : float32 (cells, 2 x span x 8)
    launch : float32, flat
    crowd : float32 (n_spreading,)
    out : out, float32, flat
        ``launch + one-way + rho mutual``, from `first` to `last`.
    """
    join_cells(sums)
    joined, half = sums[0], np.uint64(sums.shape[1]) >> _ONE
    for i in range(np.uint64(last - first)):
        v = np.uint64(first) + i
        _write_step(joined, i * _LANES, half + i * _LANES, launch, v * _LANES, chosen, crowd[v], out)


@compiled
def close_tail(sums, first, last, launch, chosen, crowd, inverse, split, reach, out_change):
    """Do as `close_busy` for accounts of the tail, which take their step at once; O(accounts x cells).

    Parameters
    ----------
    inverse : float32 (n_spreading,)
        ``1 / W_u``.
    reach : float32, flat
        Becomes the step.
    out_change : out, float32, flat
        The change of what is passed on, counted from `split`.
    """
    join_cells(sums)
    joined, half = sums[0], np.uint64(sums.shape[1]) >> _ONE
    for i in range(np.uint64(last - first)):
        v = np.uint64(first) + i
        k, target = v * _LANES, (v - np.uint64(split)) * _LANES
        _take_step(
            joined, i * _LANES, half + i * _LANES, launch, k, chosen, crowd[v], inverse[v], reach,
            out_change, target,
        )  # fmt: skip


@compiled
def join_cells(sums):
    """Add the sums of other cells to those of the first; O(accounts x cells)."""
    for cell in range(1, sums.shape[0]):
        for k in range(np.uint64(sums.shape[1])):
            sums[0, k] += sums[cell, k]


@compiled
def pass_on(reach, first, last, chosen, inverse, out_per_weight):
    """Write what accounts `first` to `last` pass on per unit of weight; O(accounts).

    Parameters
    ----------
    reach : float32, flat
    inverse : float32 (n_spreading,)
        ``1 / W_u``.
    out_per_weight : out, float32, flat
    """
    for v in range(np.uint64(first), np.uint64(last)):
        _pass_on(reach, v * _LANES, chosen, inverse[v], out_per_weight)


@compiled
def step_tail(
    indptr, middle, sources, change, chosen, crowd, inverse, given, first, last, out_steps, out_change,
    out_moved,
):  # fmt: skip
    """Pass a change on along the follows within the tail, rows `first` to `last`; O(their follows).

    As `influencegraph.kernels.mix.step_tail`; arrays of changes and steps are flat, `crowd` and `inverse`
    float32 (n_rows,), `given` by source, ``out_moved`` float64 (8,): the sums of the changes.
    """
    sums = np.zeros(2 * LANES, np.float32)
    out_moved[:] = 0.0
    regards = chosen[LEAST:]
    for row in range(np.uint64(first), np.uint64(last)):
        sums[:] = 0
        cut, end = np.uint64(middle[row]), np.uint64(indptr[row + _ONE])
        for i in range(np.uint64(indptr[row]), cut):
            add_lanes(sums, _ZERO, change, np.uint64(sources[i]) * _LANES)
        for i in range(cut, end):
            source = np.uint64(sources[i])
            if given.size:
                add_regarded(sums, _LANES, change, source * _LANES, regards, given[source])
            else:
                add_lanes(sums, _LANES, change, source * _LANES)
        k = row * _LANES
        _add_step(sums, chosen, crowd[row], inverse[row], out_steps, k, out_change, out_moved)


@compiled
def add_tail(rows, first, last, steps, split, reach):
    """Add the steps of the tail's rows `first` to `last` to their accounts, and set them to 0; O(rows)."""
    for row in range(np.uint64(first), np.uint64(last)):
        own = row * _LANES
        add_lanes(reach, (np.uint64(rows[row]) + np.uint64(split)) * _LANES, steps, own)
        steps[own : own + _LANES] = 0


@compiled
def measure_residual(steps, residuals, reach, newest, used, first, last, out_dots):
    """Write the residual of accounts `first` to `last`, and its products with earlier ones; O(used accounts).

    As `influencegraph.kernels.mix.measure_residual`; arrays are flat, and so are rings of them. ``out_dots``
    is float64 ((memory + 2) x 8,).
    """
    size = np.uint64(steps.size // MEMORY)
    origin, start, stop = np.uint64(newest) * size, np.uint64(first) * _LANES, np.uint64(last) * _LANES
    out_dots[:] = 0.0
    for k in range(start, stop, _LANES):
        _subtract(steps, origin + k, reach, k, residuals, out_dots)
    for row in range(np.uint64(used)):
        other, target = row * size, row * _LANES
        k = start
        while k + _STRIDE <= stop:
            _multiply_four(residuals, origin + k, other + k, out_dots, target)
            k += _STRIDE
        while k < stop:
            _multiply(residuals, origin + k, other + k, out_dots, target)
            k += _LANES


@compiled
def mix_steps(steps, shares, first, last, reach):
    """Write ``sum shares steps`` as the new reach of accounts `first` to `last`; O(memory x accounts).

    As `influencegraph.kernels.mix.mix_steps`, flat; ``shares`` is float32 (memory x 8,).
    """
    size = np.uint64(steps.size // MEMORY)
    for v in range(np.uint64(first), np.uint64(last)):
        _mix(steps, v * _LANES, size, shares, reach)
