"""`python -m runner`: every command."""

import sys

from runner.cli import main

sys.exit(main())
