"""The real Elasticsearch of the integration tests."""

from tests.integration.conftest import node

__all__ = ["node"]
