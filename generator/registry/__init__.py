"""What the bundle knows, as data: fields, sources, errors, dashboards."""

from pathlib import Path

#: The folder of the registry's YAML files.
FOLDER = Path(__file__).parent
