"""``python -m influencegraph`` is the command ``influencegraph``."""

import sys

from influencegraph.cli import main

sys.exit(main())
