"""A simulated Shopify shop: Admin GraphQL API, bulk operations, file storage; a process by `-m`."""

from deskpulse_connectors.simulators.shopify.simulator import ShopifySimulator

__all__ = ["ShopifySimulator"]
