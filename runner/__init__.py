"""Everything that touches a machine or a cluster. It may import `generator`; `generator` never imports it."""
