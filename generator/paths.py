"""Where things lie. Everything else asks this module, so that a checkout can be anywhere."""

from __future__ import annotations

import os
from pathlib import Path


def find_root() -> Path:
    """The bundle's folder, which holds pricing.yaml and logstash/ruby.

    `$HOLYSHEEP_HOME`, else the nearest such folder upwards, else the one that holds this package.
    """
    if home := os.environ.get("HOLYSHEEP_HOME"):
        return Path(home).resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "pricing.yaml").is_file() and (folder / "logstash" / "ruby").is_dir():
            return folder
    return Path(__file__).resolve().parents[1]


ROOT = find_root()
PRICING = ROOT / "pricing.yaml"
#: Data, secrets and downloads of this checkout; git-ignored, removed by `make clean`.
STATE = ROOT / ".state"
