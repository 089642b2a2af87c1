"""Follows exchanged between accounts, so that everybody keeps as many as before.

Every follow joins an *out-stub* of its follower with an *in-stub* of the followed; accounts keep their stubs,
and only who is joined with whom changes. No move joins accounts between which there is a follow already, so
there is no self-follow, no follow twice, and no one-way follow that comes to be returned by chance.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)
_HALF = np.uint64(32)
_MIX = np.uint64(0x9E3779B97F4A7C15)
NO_PAIR = np.uint64(2**64 - 1)
"""An empty slot: nobody follows itself."""


class Stubs(NamedTuple):
    """Who is joined with whom.

    Attributes
    ----------
    follower, followed : ndarray of uint32, shape (n_follows,)
        Whose each out-stub is, and whose each in-stub; both ascending.
    in_start : ndarray of int64, shape (n_accounts + 1,)
        Where each account's in-stubs begin.
    to_in, to_out : ndarray of int64, shape (n_follows,)
        The in-stub that each out-stub is joined with, and back.
    twin : ndarray of int64, shape (n_follows,)
        The out-stub of the follow in return; -1 of a one-way follow, -2 of one that carries nothing and
        so is never mutual.
    """

    follower: NDArray[np.uint32]
    followed: NDArray[np.uint32]
    in_start: NDArray[np.int64]
    to_in: NDArray[np.int64]
    to_out: NDArray[np.int64]
    twin: NDArray[np.int64]


@compiled
def _home(table, pair):
    """Return the slot where `pair` belongs."""
    mixed = pair * _MIX
    return (mixed ^ (mixed >> _HALF)) & np.uint64(table.size - 1)


@compiled
def _has(table, u, v):
    pair = (np.uint64(u) << _HALF) | np.uint64(v)
    slot = _home(table, pair)
    while table[slot] != NO_PAIR:
        if table[slot] == pair:
            return True
        slot = (slot + _ONE) & np.uint64(table.size - 1)
    return False


@compiled
def _add(table, u, v):
    pair = (np.uint64(u) << _HALF) | np.uint64(v)
    slot = _home(table, pair)
    while table[slot] != NO_PAIR:
        slot = (slot + _ONE) & np.uint64(table.size - 1)
    table[slot] = pair


@compiled
def _remove(table, u, v):
    """Remove a pair that is there, and move up those that were kept from their home by it."""
    pair, mask = (np.uint64(u) << _HALF) | np.uint64(v), np.uint64(table.size - 1)
    hole = _home(table, pair)
    while table[hole] != pair:
        hole = (hole + _ONE) & mask
    slot = (hole + _ONE) & mask
    while table[slot] != NO_PAIR:
        if ((slot - _home(table, table[slot])) & mask) >= ((slot - hole) & mask):
            table[hole] = table[slot]
            hole = slot
        slot = (slot + _ONE) & mask
    table[hole] = NO_PAIR


@compiled
def _are_strangers(table, u, v):
    return u != v and not _has(table, u, v) and not _has(table, v, u)


@compiled
def _join(stubs, table, out_stub, in_stub):
    stubs.to_in[np.uint64(out_stub)] = in_stub
    stubs.to_out[np.uint64(in_stub)] = out_stub
    _add(table, stubs.follower[np.uint64(out_stub)], stubs.followed[np.uint64(in_stub)])


@compiled
def _part(stubs, table, out_stub):
    in_stub = stubs.to_in[np.uint64(out_stub)]
    _remove(table, stubs.follower[np.uint64(out_stub)], stubs.followed[np.uint64(in_stub)])
    return in_stub


@compiled
def _exchange(stubs, table, first, second):
    """Let two follows a -> b, c -> d be a -> d, c -> b."""
    b, d = _part(stubs, table, first), _part(stubs, table, second)
    _join(stubs, table, first, d)
    _join(stubs, table, second, b)


@compiled
def _pass_on(stubs, table, pair, onward, chance, luck):
    """Let a <-> b and f -> c -> d be a <-> c and f -> b -> d: c takes b's place among the mutual contacts.

    f is drawn among c's followers, back from there among b's, so that the move counts by c's followers over
    b's: all networks are as likely then (Metropolis, Hastings).
    """
    back = stubs.twin[np.uint64(pair)]
    a, b = stubs.follower[np.uint64(pair)], stubs.follower[np.uint64(back)]
    c, d = stubs.follower[np.uint64(onward)], stubs.followed[np.uint64(stubs.to_in[np.uint64(onward)])]
    start, stop = stubs.in_start[np.uint64(c)], stubs.in_start[np.uint64(c) + _ONE]
    if start == stop:
        return False
    enters = stubs.to_out[np.uint64(start + np.int64(chance * (stop - start)))]
    f = stubs.follower[np.uint64(enters)]
    if stubs.twin[np.uint64(enters)] != -1 or f in (a, b, d) or c in (a, b) or d in (a, b):
        return False
    if luck * (stubs.in_start[np.uint64(b) + _ONE] - stubs.in_start[np.uint64(b)]) >= stop - start:
        return False
    if not (_are_strangers(table, a, c) and _are_strangers(table, b, d) and _are_strangers(table, f, b)):
        return False
    at_b, at_a = _part(stubs, table, pair), _part(stubs, table, back)
    at_d, at_c = _part(stubs, table, onward), _part(stubs, table, enters)
    _join(stubs, table, pair, at_c)
    _join(stubs, table, onward, at_a)
    _join(stubs, table, back, at_d)
    _join(stubs, table, enters, at_b)
    stubs.twin[np.uint64(pair)], stubs.twin[np.uint64(onward)] = onward, pair
    stubs.twin[np.uint64(back)] = -1
    return True


@compiled
def fill_table(stubs, first, last, table):
    """Enter the follows of out-stubs `first` to `last`; O(follows).

    Parameters
    ----------
    stubs : Stubs
    table : out, uint64 (a power of two, at least twice as many as follows)
        Holds `NO_PAIR` where nothing is entered.
    """
    for stub in range(np.uint64(first), np.uint64(last)):
        _add(table, stubs.follower[stub], stubs.followed[np.uint64(stubs.to_in[stub])])


@compiled
def switch_stubs(stubs, table, proposals, chances, moves_mutual):
    """Try to exchange two follows, for each proposal; O(proposals).

    Two one-way follows exchange whom they follow, two mutual pairs their ends; a mutual pair and a one-way
    follow move a mutual contact from one account to another where `moves_mutual`. What cannot be is left.

    Parameters
    ----------
    stubs : Stubs
        Changed in place.
    table : uint64 (slots,)
        The follows there are, as by `fill_table`.
    proposals : int64 (k, 2)
        Out-stubs.
    chances : float64 (k, 2)
        Below 1.
    moves_mutual : bool

    Returns
    -------
    int
        How many were carried out.
    """
    done = 0
    for i in range(np.uint64(proposals.shape[0])):
        one, other = proposals[i, np.uint64(0)], proposals[i, _ONE]
        back, reply = stubs.twin[np.uint64(one)], stubs.twin[np.uint64(other)]
        a, b = stubs.follower[np.uint64(one)], stubs.followed[np.uint64(stubs.to_in[np.uint64(one)])]
        c, d = stubs.follower[np.uint64(other)], stubs.followed[np.uint64(stubs.to_in[np.uint64(other)])]
        if (back < 0) != (reply < 0):
            pair, onward = (one, other) if back >= 0 else (other, one)
            if moves_mutual and stubs.twin[np.uint64(onward)] == -1:
                done += _pass_on(stubs, table, pair, onward, chances[i, np.uint64(0)], chances[i, _ONE])
            continue
        if a == c or b == d or not (_are_strangers(table, a, d) and _are_strangers(table, c, b)):
            continue
        _exchange(stubs, table, one, other)
        done += 1
        if back >= 0:
            _exchange(stubs, table, back, reply)
            stubs.twin[np.uint64(one)], stubs.twin[np.uint64(reply)] = reply, one
            stubs.twin[np.uint64(other)], stubs.twin[np.uint64(back)] = back, other
    return done
