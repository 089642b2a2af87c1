"""Seeded follower networks in bounded memory: one array of 8 bytes per follow, at most.

Each follow is drawn from its own number (splitmix64), so the bytes depend on the seed alone: not on
threads, nor on the version of anybody's random generator. A follow is one word, follower in the upper half.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

EDGE_FACTOR = 16
_GOLDEN = 0x9E3779B97F4A7C15
_kernel: Any = numba.njit(nogil=True, cache=True)

# Graph500: .57 .19 .19 .05, as bounds of 16-bit draws
_A, _AB, _ABC = 37356, 49807, 62259


@numba.njit(inline="always")
def _mix(word):
    word = word + np.uint64(_GOLDEN)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@_kernel
def _draw_rmat(scale, seed, new_id, out):
    """One descent of the matrix per follow, four levels to a word."""
    for i in range(out.size):
        follower, followed, word = np.uint64(0), np.uint64(0), np.uint64(0)
        for level in range(scale):
            if level % 4 == 0:
                word = _mix(_mix(seed + np.uint64(i)) + np.uint64(level))
            draw = word & np.uint64(0xFFFF)
            word >>= np.uint64(16)
            follower = (follower << np.uint64(1)) | np.uint64(draw >= _AB)
            followed = (followed << np.uint64(1)) | np.uint64((draw >= _A and draw < _AB) or draw >= _ABC)
        out[i] = (np.uint64(new_id[follower]) << np.uint64(32)) | np.uint64(new_id[followed])


@_kernel
def _draw_uniform(n, seed, out):
    for i in range(out.size):
        word = _mix(seed + np.uint64(i))
        follower = ((word >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32)
        followed = ((word & np.uint64(0xFFFFFFFF)) * np.uint64(n)) >> np.uint64(32)
        out[i] = (follower << np.uint64(32)) | followed


@_kernel
def shuffle(seed, array):
    """Fisher and Yates, in place."""
    for i in range(array.size - 1, 0, -1):
        j = _mix(seed + np.uint64(i)) % np.uint64(i + 1)
        array[i], array[j] = array[j], array[i]


@_kernel
def _pair_up(follows):
    """Make follows pairs (larger id, smaller id, 1 if the larger follows the smaller); 0 for self-follows."""
    for i in range(follows.size):
        follower, followed = follows[i] >> np.uint64(32), follows[i] & np.uint64(0xFFFFFFFF)
        if follower > followed:
            follows[i] = (follower << np.uint64(32)) | (followed << np.uint64(1)) | np.uint64(1)
        elif followed > follower:
            follows[i] = (followed << np.uint64(32)) | (follower << np.uint64(1))
        else:
            follows[i] = np.uint64(0)


@_kernel
def _distinct(pairs):
    """Keep each of the sorted pairs once, in place; return how many, and how many of them are mutual."""
    kept, mutual, last = 0, 0, np.uint64(0)
    for pair in pairs:
        if pair != last:
            mutual += 2 * (pair >> np.uint64(1) == last >> np.uint64(1) and last != np.uint64(0))
            pairs[kept] = pair
            kept += 1
            last = pair
    return kept, mutual


@_kernel
def _return_some(seed, chance, pairs, kept):
    """Return one-way follows with `chance`, behind the others; back to follows; return how many there are."""
    m = kept
    for i in range(kept):
        pair = pairs[i]
        one_way = not (
            (i > 0 and pairs[i - 1] >> np.uint64(1) == pair >> np.uint64(1))
            or (i + 1 < kept and pairs[i + 1] >> np.uint64(1) == pair >> np.uint64(1))
        )
        drawn = float(_mix(seed + np.uint64(i)) >> np.uint64(11)) * 2.0**-53
        if one_way and drawn < chance and m < pairs.size:
            pairs[m] = pair ^ np.uint64(1)
            m += 1
    for i in range(m):
        pair = pairs[i]
        larger, smaller = pair >> np.uint64(32), (pair & np.uint64(0xFFFFFFFF)) >> np.uint64(1)
        if pair & np.uint64(1):
            pairs[i] = (larger << np.uint64(32)) | smaller
        else:
            pairs[i] = (smaller << np.uint64(32)) | larger
    return m


def generate(kind: str, scale: int, mutual: float, seed: int = 7) -> np.ndarray:
    """Return follows as words, shuffled; `kind`: "rmat" or "uniform"; `mutual`: share of returned ones."""
    n, base = 1 << scale, np.uint64(seed) << np.uint64(40)
    drawn = n * EDGE_FACTOR
    words = np.empty(int(drawn * (1 + mutual / (2 - mutual))) + 1, np.uint64)
    if kind == "rmat":
        new_id = np.arange(n, dtype=np.uint32)
        shuffle(base ^ np.uint64(1 << 62), new_id)
        _draw_rmat(scale, base, new_id, words[:drawn])
    else:
        _draw_uniform(n, base, words[:drawn])
    _pair_up(words[:drawn])
    words[:drawn].sort()
    kept, returned = _distinct(words[:drawn])
    # Returning x of the one-way follows makes returned + 2x of kept + x mutual.
    missing = max(0.0, (mutual * kept - returned) / (2 - mutual))
    m = _return_some(base ^ np.uint64(1 << 61), missing / max(kept - returned, 1), words, kept)
    shuffle(base ^ np.uint64(3 << 61), words[:m])
    return words[:m]
