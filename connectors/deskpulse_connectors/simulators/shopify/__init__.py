"""A simulated Shopify shop with its Admin GraphQL API, bulk operations and file storage."""

from deskpulse_connectors.simulators.shopify.simulator import ShopifySimulator

__all__ = ["ShopifySimulator"]
