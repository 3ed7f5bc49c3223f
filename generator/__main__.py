"""`python -m generator`: render, check and price, without anything that touches a machine or a cluster."""

import sys

from generator.cli import main

sys.exit(main())
