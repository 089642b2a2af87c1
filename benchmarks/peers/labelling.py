"""Labels to ids, for the peers that know ids only: pandas' hash table where it is installed, else a sort."""

from __future__ import annotations

import numpy as np

from benchmarks.peers import Follows


def number_labels(follows: Follows) -> tuple[np.ndarray, Follows]:
    """Return the labels by id, and the follows between ids."""
    both = np.concatenate([follows.follower, follows.followed])
    try:
        import pandas

        ids, labels = pandas.factorize(both)
    except ImportError:
        labels, ids = np.unique(both, return_inverse=True)
    ids, m = ids.astype(np.uint32), len(follows.follower)
    return labels, Follows(ids[:m], ids[m:], len(labels), follows.folder)
