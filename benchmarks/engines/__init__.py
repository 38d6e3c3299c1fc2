"""Every spec on the engines that are executed, and derive on Spark: `make engines`."""
