"""One person, several accounts: unite them before anything is scored.

All follows between two persons become one, because a follower on two networks is one follower. Where
follows are weighted it weighs as much as the heaviest of them, not as all together: a network without
weights is one in which each follow weighs 1, and both must link to the same. Follows among a person's own
accounts vanish. What is mutual is found anew: ann follows bob on one network, bob follows ann on another,
and both know each other. Acts in layers and remembered returns go with their accounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.build import build_graph
from influencegraph.errors import InvalidArgument, describe_type, shorten
from influencegraph.ghosts import find_returns, remember
from influencegraph.graph import FollowerGraph
from influencegraph.labels import Kind, Labels, as_objects, check_name
from influencegraph.layers import Ends, find_ends, lay_anew

Links = Mapping[Any, Any]

_MANY = (list, tuple, set, frozenset, np.ndarray)
"""What a person's accounts come in. A string is one label, never many."""


class _Persons(NamedTuple):
    """Labels of all persons in their order, and the person of each account, shape (n_accounts,)."""

    labels: NDArray[Any]
    of_account: NDArray[np.int64]


def link_accounts(graph: FollowerGraph, links: Links) -> FollowerGraph:
    """Return `graph` with each person's accounts united; `FollowerGraph.link`. O(follows).

    Parameters
    ----------
    graph : FollowerGraph
    links : mapping
        Of account to person, ``{"ann@x": "ann", "ann@y": "ann"}``, or, where the values are lists (tuples,
        sets, arrays), of person to accounts, ``{"ann": ["ann@x", "ann@y"]}``. Persons are named by labels
        of the graph's kind. A person named like an account is that account as well.

    Returns
    -------
    FollowerGraph
        Accounts that no link names stay as they are. Persons ascend; where the labels of `graph` are in
        another order, they keep it, a person in the place of its first account. The report counts repeated
        follows as duplicates, and those among a person's own accounts as self-follows.

    Raises
    ------
    InvalidArgument
        If `links` is of neither form, or gives an account to two persons.
    UnknownAccount
        If it names an account that does not exist.
    InvalidFollows
        If a person's label is empty or cannot be written.

    Examples
    --------
    Bob follows ann on both networks, and counts once:

    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(
    ...     ["bob@x", "bob@y", "cat@x", "ann@x"], ["ann@x", "ann@y", "ann@x", "ann@y"]
    ... )
    >>> persons = graph.link({"ann": ["ann@x", "ann@y"], "bob": ["bob@x", "bob@y"]})
    >>> persons.labels.tolist(), persons.followers_of("ann").tolist()
    (['ann', 'bob', 'cat@x'], ['bob', 'cat@x'])
    >>> print(persons.report)
    4 rows: 2 follows between 3 accounts; mutual pairs: 0; duplicates merged: 1; self-follows dropped: 1
    """
    persons = _unite(graph, links)
    rows, weights = graph.rows_by_position()
    follower = np.repeat(persons.of_account, np.diff(rows.indptr))
    followed = persons.of_account[rows.indices]
    inner = int(np.count_nonzero(follower == followed))
    if weights is not None:
        follower, followed, weights = _keep_heaviest(follower, followed, weights)
    built = build_graph(follower, followed, weights, labels=np.arange(len(persons.labels)))
    report = replace(
        built.report,
        rows=graph.n_follows,
        self_follows=inner,
        duplicates=graph.n_follows - inner - built.n_follows,
    )
    linked = replace(built, accounts=Labels(persons.labels), report=report)
    ends = [Ends(*(persons.of_account[each] for each in find_ends(graph, layer))) for layer in graph.layers]
    ghosts = find_returns(graph)
    linked = remember(linked, ghosts._replace(pairs=persons.of_account[ghosts.pairs]))
    return lay_anew(linked, graph.layers, ends)


def _keep_heaviest(
    follower: NDArray[np.int64], followed: NDArray[np.int64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Merge repeated follows into the heaviest of them."""
    order = np.lexsort((followed, follower))
    follower, followed, weights = follower[order], followed[order], weights[order]
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = (follower[1:] != follower[:-1]) | (followed[1:] != followed[:-1])
    firsts = np.flatnonzero(is_first)
    heaviest = np.maximum.reduceat(weights, firsts) if len(firsts) else weights
    return follower[firsts], followed[firsts], heaviest


# ---- who is who ----


def _unite(graph: FollowerGraph, links: Links) -> _Persons:
    """Give each account its person; accounts that no link names stay persons of their own."""
    n, labels = graph.n_accounts, graph.labels
    pairs = list(_read_links(links))
    given = _check_persons(graph, [person for _, person in pairs])
    names = list(dict.fromkeys(given))
    numbers = dict(zip(names, range(len(names)), strict=True))
    number_of = np.fromiter(map(numbers.__getitem__, given), np.int64, len(given))
    place_of = _locate(graph, [alias for alias, _ in pairs])
    _refuse_two_persons(graph, place_of, number_of, names)
    # A person named like an account that no link mentions is that account as well: labels tell apart.
    own = graph.accounts.locate(_as_column(names, graph.accounts.kind))
    is_account = own >= 0
    place_of = np.concatenate([place_of, own[is_account]])
    number_of = np.concatenate([number_of, np.flatnonzero(is_account)])
    first = np.full(len(names), n, np.int64)
    np.minimum.at(first, number_of, place_of)
    head = np.arange(n)  # of each account, the first account of its person
    head[place_of] = first[number_of]
    new = labels.copy()
    new[first] = _as_column(names, graph.accounts.kind)
    return _place(new, head, bool(np.all(labels[1:] > labels[:-1])))


def _place(labels: NDArray[Any], head: NDArray[np.int64], ascending: bool) -> _Persons:
    """Keep the heads in their order, or in that of their new labels."""
    kept = np.flatnonzero(head == np.arange(len(head)))
    if ascending:
        kept = kept[np.argsort(labels[kept], kind="stable")]
    person = np.empty(len(head), np.int64)
    person[kept] = np.arange(len(kept))
    return _Persons(labels[kept], person[head])


def _read_links(links: Links) -> Iterator[tuple[Any, Any]]:
    """Yield (account, person), whichever way round the mapping is."""
    if not isinstance(links, Mapping):
        raise InvalidArgument.because(
            f"links is a {describe_type(links)}", "it is a dict of account: person, or of person: accounts",
            "For pairs of account and person, pass dict(pairs).", name="links",
        )  # fmt: skip
    has_many = {isinstance(value, _MANY) for value in links.values()}
    if len(has_many) > 1:
        raise InvalidArgument.because(
            "links holds labels as well as lists of labels",
            "it is a dict of account: person, or of person: list of accounts",
            "Write one account as a list of one.",
            name="links",
        )
    for key, value in links.items():
        if has_many == {False}:
            yield key, value
            continue
        aliases = value.tolist() if isinstance(value, np.ndarray) else list(value)
        if not aliases:
            raise InvalidArgument.because(
                f"links gives {shorten(key)} no account", "a person has one at least", "Leave it out.",
                name="links",
            )  # fmt: skip
        for alias in aliases:
            yield alias, key


def _locate(graph: FollowerGraph, aliases: list[Any]) -> NDArray[np.int64]:
    """Return the position of each account, or refuse the first that there is none of."""
    kind = graph.accounts.kind
    if not all(_is_label(alias, kind) for alias in aliases):
        return np.array([graph.accounts.position(alias) for alias in aliases])  # one of them is none
    places = graph.accounts.locate(_as_column(aliases, kind))
    for missing in np.flatnonzero(places < 0)[:1].tolist():
        graph.accounts.position(aliases[missing])
    return places


def _check_persons(graph: FollowerGraph, persons: list[Any]) -> list[Any]:
    """Return persons as labels of the same kind as the accounts'."""
    kind = graph.accounts.kind
    for person in persons:
        if not _is_label(person, kind):
            nouns = {"int": "an integer of int64", "str": "a string"}
            raise InvalidArgument.because(
                f"links names a person {shorten(person)}",
                f"it is {nouns[kind]}, as the labels of this graph are",
                "Accounts that no link names keep their labels, so that all must be of one kind.",
                name="links",
                label=person,
            )
        if kind == "str":
            check_name(person, "links")
    return [str(person) for person in persons] if kind == "str" else [int(person) for person in persons]


def _is_label(value: Any, kind: Kind) -> bool:
    """Return whether `value` can be a label of this kind."""
    if kind == "str":
        return isinstance(value, str)
    is_integer = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return is_integer and -(2**63) <= int(value) < 2**63


def _as_column(labels: list[Any], kind: Kind) -> NDArray[Any]:
    """Return labels as the array that a graph keeps them in."""
    return as_objects(labels) if kind == "str" else np.array(labels, np.int64)


def _refuse_two_persons(
    graph: FollowerGraph, place_of: NDArray[np.int64], number_of: NDArray[np.int64], names: list[Any]
) -> None:
    """Refuse an account that is named twice, or that is one person's account and another person's name."""
    order = np.argsort(place_of, kind="stable")
    places = place_of[order]
    again = np.flatnonzero(places[1:] == places[:-1])
    if again.size:
        pair = [names[number] for number in number_of[order[again[0] : again[0] + 2]]]
        raise InvalidArgument.because(
            f"links gives {shorten(graph.labels.tolist()[places[again[0]]])} to {shorten(pair[0])} "
            f"and to {shorten(pair[1])}",
            "an account belongs to one person and is named once",
            "Drop one of the two.",
            name="links",
        )
    person_of = dict(zip(place_of.tolist(), number_of.tolist(), strict=True))
    own = graph.accounts.locate(_as_column(names, graph.accounts.kind)).tolist()
    for number, (name, place) in enumerate(zip(names, own, strict=True)):
        other = person_of.get(place, number)
        if other != number:
            raise InvalidArgument.because(
                f"links gives {shorten(name)} to {shorten(names[other])}, and names a person {shorten(name)}",
                "the label of a person is free, or that of one of its own accounts",
                "Name both persons by one label, or choose another.",
                name="links",
            )
