"""Dense matrices of a graph: every follow that there is, one-way and mutual ones."""

import numpy as np


def follow_matrix(graph):
    """True where u follows v, whatever it weighs."""
    follows = graph.to_arrays()
    matrix = np.zeros((graph.n_accounts, graph.n_accounts), bool)
    matrix[graph.accounts.locate(follows.follower), graph.accounts.locate(follows.followed)] = True
    return matrix


def weight_matrix(graph):
    matrix = np.zeros((graph.n_accounts, graph.n_accounts))
    follows = graph.to_arrays()
    weights = 1.0 if follows.weights is None else follows.weights
    matrix[graph.accounts.locate(follows.follower), graph.accounts.locate(follows.followed)] = weights
    return matrix


def mutual_matrix(graph):
    weights = weight_matrix(graph) > 0
    return weights & weights.T


def one_way_matrix(graph):
    return follow_matrix(graph) & ~mutual_matrix(graph)


def values_of(findings):
    (measure,) = findings.measures.values()
    return measure.values, measure.expected
