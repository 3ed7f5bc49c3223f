"""What the bundle knows, as data: fields, sources, errors, dashboards."""
