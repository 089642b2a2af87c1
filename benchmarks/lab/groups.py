"""Methods and attacks of the page on robustness, as its tables group them."""

METHODS = (
    "reach", "reach_strict", "pagerank", "followers", "hits", "tunkrank", "tweepcred", "trustrank",
    "reach_trusted",
)  # fmt: skip
SPREADING = ("reach", "reach_strict", "reach_trusted", "pagerank", "trustrank")
DETECTING = ("reach", "reach_strict", "reach_trusted", "collusionrank")
BY_REAL = ("follow_pool", "follow_churn", "follow_churn_remembered", "forged_engagement", "hijacked_account")
FOR_ONE = ("star_boosters", "star_boosters_camouflaged", "bought_followers")
BY_FAKES = ("mutual_ring", "mutual_clique", "directed_ring", "sybil_region", "messias")
DRAWN = ("reach", "reach_strict", "reach_trusted", "pagerank", "followers", "hits")
