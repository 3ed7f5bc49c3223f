"""The Python client: real files, sockets and processes."""
