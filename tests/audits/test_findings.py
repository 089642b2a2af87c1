"""What findings carry, in which order they come, and how they read."""

import numpy as np
import pytest

from influencegraph import FollowerGraph, audit, simulate_network
from influencegraph.audits import AUDITS, LOG_AUDITS, Findings, Rule
from influencegraph.audits.findings import Measure, Words
from influencegraph.audits.overlap import overlap
from influencegraph.errors import InvalidArgument, UnknownAccount
from influencegraph.io.finding_text import describe_account, describe_findings
from influencegraph.labels import Labels, as_objects

NETWORK = simulate_network(2000, farm_size=60, ring_size=50)
FOUND = audit(NETWORK.graph)
WORDS = Words("friends", "It has {friends:,} of them.", "expected by lot", "Friends are no crime.", "count")


def measure(values, expected, **rule):
    facts = {"friends": np.array(values)}
    limits = Rule(**{"value_min": 2, "ratio_min": 2, **rule})
    return Measure("friends", WORDS, limits, np.array(values, float), np.array(expected, float), facts)


def test_percentile__is_the_share_of_those_measured_that_have_less():
    found = measure([1, 2, 2, 5, np.nan], [1] * 5)
    assert found.percentiles[:4].tolist() == [0, 25, 25, 75]
    assert np.isnan(found.percentiles[4])
    assert (found.n_measured, found.median) == (4, 2.0)


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ({"percentile_min": 0}, [False, True, True, True]),
        ({"percentile_min": 75}, [False, False, False, True]),
        ({"percentile_min": 0, "ratio_min": 3}, [False, False, False, True]),
        ({"percentile_min": 0, "value_min": 6}, [False] * 4),
    ],
)
def test_stands_out__where_all_of_the_rule_holds(rule, wanted):
    assert measure([1, 2, 2, 5], [1, 1, 1, 1.2], **rule).stands_out.tolist() == wanted
    assert not measure([np.nan], [np.nan], percentile_min=0).stands_out.any()


def test_top__comes_with_accounts_of_most_findings_first():
    top = FOUND.top(50)
    counts = [FOUND.counts[FOUND.accounts.position(finding.account)] for finding in top]
    assert counts == sorted(counts, reverse=True)
    assert all(finding.stands_out for finding in top)
    assert len(FOUND.top(0)) == 0
    assert len(FOUND.top(10**6)) == FOUND.counts.sum()


def test_columns__have_all_accounts_and_four_columns_for_each_audit():
    columns = FOUND.to_columns()
    assert list(columns)[:3] == ["account", "audits", "mutual_blocks"]
    assert len(columns) == 2 + 4 * len(AUDITS)
    assert {len(column) for column in columns.values()} == {2000}
    assert columns["overlap_stands_out"].tolist() == FOUND.measures["overlap"].stands_out.tolist()
    pytest.importorskip("pandas")
    assert FOUND.to_pandas().loc["ring-000", "overlap"] == 1.0


def test_findings__of_one_account_are_the_same_asked_for_alone():
    assert list(map(str, audit(NETWORK.graph, "ring-007"))) == list(map(str, FOUND["ring-007"]))
    assert [finding.audit for finding in FOUND["ring-007"]] == list(AUDITS)
    alone = audit(NETWORK.graph, "ring-007", audits="overlap", options={"overlap": {"contacts_min": 99}})
    assert [np.isnan(finding.value) for finding in alone] == [True]
    assert "There is too little to measure." in str(alone[0])


def test_ring__stands_out_in_a_block_of_its_own():
    found = FOUND["ring-007"][0]
    assert set(found.accounts) == set(NETWORK.members("ring"))
    assert found.accounts[0] == "ring-007"
    assert found.stands_out
    assert found.innocent in str(found)
    assert "With it: ring-000, ring-001, ring-002, ring-003, ring-004 and 44 more." in str(found)


def test_arrays__are_read_only():
    for each in (FOUND.counts, FOUND.measures["stall"].values, FOUND.measures["stall"].percentiles):
        assert not each.flags.writeable


def test_lists__are_disjoint_and_name_their_own_audits():
    assert not {*AUDITS} & {*LOG_AUDITS}
    for name, each in {**AUDITS, **LOG_AUDITS}.items():
        assert each.__name__ == name


@pytest.mark.parametrize("name", [*AUDITS, *LOG_AUDITS])
def test_words__accuse_nobody(name):
    given = FollowerGraph.from_arrays([1], [2]) if name in AUDITS else ([0], ["follow"], [1], [2])
    (found,) = {**AUDITS, **LOG_AUDITS}[name](given).measures.values()
    text = " ".join(found.words[:4]).lower()
    for word in ("fake", "cheat", "bot", "farm", "fraud", "spam", "suspicious", "guilty", "manipulat"):
        assert word not in text.split()
    assert found.words.innocent.endswith(".")


def test_what_is_refused():
    with pytest.raises(UnknownAccount, match="'zoe'"):
        audit(NETWORK.graph, "zoe")
    with pytest.raises(InvalidArgument, match="audits is 'bursts'; it must name mutual_blocks"):
        audit(NETWORK.graph, audits=["bursts"])
    with pytest.raises(InvalidArgument, match="options is 'dwell'"):
        audit(NETWORK.graph, options={"dwell": {}})
    with pytest.raises(InvalidArgument, match=r"graph is 'follows\.tsv'"):
        audit("follows.tsv")


def test_text__shows_labels_without_control_characters():
    ring = [f"\x1b[31m{i}" for i in range(40)]
    pairs = [(u, v) for u in ring for v in ring if u != v]
    extra = [(f"u{i}", ring[0]) for i in range(400)]
    found = overlap(FollowerGraph.from_arrays(*zip(*pairs, *extra, strict=True)), contacts_min=1)
    for text in (
        repr(found),
        describe_account(found[ring[3]], {ring[3]: "\x07Bell"}),
        str(found[ring[1]][0]),
    ):
        assert text.replace("\n", "").isprintable()
    assert "\\x07Bell (\\x1b[31m3)" in describe_account(found[ring[3]], {ring[3]: "\x07Bell"})


def test_repr__counts_what_stands_out():
    lines = repr(FOUND).splitlines()
    some = np.count_nonzero(FOUND.counts)
    assert lines[0] == f"Audit of 2,000 accounts: {some:,} stand out in at least one of 5 audits"
    assert lines[1].split()[:2] == ["audit", "stand"]
    assert lines[-1] == "Findings are evidence and no verdict: each line has innocent explanations."
    assert f"... and {FOUND.counts.sum() - 3:,} more" in describe_findings(FOUND, 3)
    nobody = Findings(Labels(as_objects([])), {})
    assert repr(nobody).startswith("Audit of 0 accounts: 0 stand out")
