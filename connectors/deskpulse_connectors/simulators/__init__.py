"""Vendors on loopback: real HTTP servers with lifelike data, for demos, tests and benchmarks.

Nothing here is used by a connector. A simulator speaks the vendor's API as the vendor documents
it, keeps its own clock, tells the truth it was built from, and misbehaves on request (`faults`).
"""
