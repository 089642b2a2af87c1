import numpy as np
import pytest

from influencegraph.cli import main
from influencegraph.demo import describe_demo, make_demo


@pytest.mark.parametrize("seed", range(5))
def test_demo__farm_and_ring_fall_far_and_the_celebrity_stays(seed):
    demo = make_demo(seed)
    for kind in ("farm", "ring"):
        before, after = demo.ranks_of(kind)
        assert np.median(after) >= 3 * np.median(before), kind
    (before,), (after,) = demo.ranks_of("celebrity")
    assert before == after == 1


def test_demo__network_is_the_published_size_and_mutual_share():
    graph = make_demo(0).network.graph
    pairs = graph.n_follows - graph.report.mutual_pairs
    assert graph.n_accounts == pytest.approx(20_000, rel=0.05)
    assert graph.report.mutual_pairs / pairs == pytest.approx(0.22, abs=0.02)


def test_demo__screen_is_computed_from_its_scores():
    demo = make_demo(3)
    screen = describe_demo(demo)
    celebrity = next(line for line in screen.splitlines() if line.startswith("celebrity"))
    label = demo.network.members("celebrity")[0]
    assert f"{demo.reach[label].score:.1f}" in celebrity
    assert f"{int(demo.network.graph.follower_counts.max()):,}" in celebrity
    assert "certified" in screen.lower()
    assert "evaporated" in screen
    assert len(screen.splitlines()) <= 24
    assert max(map(len, screen.splitlines()[:-2])) <= 110


def test_demo__command_prints_it_for_any_seed(capsys):
    assert main(["demo", "--seed", "11"]) == 0
    assert "ring of 200" in capsys.readouterr().out
