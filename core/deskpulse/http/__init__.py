"""The HTTP client of core: what every connector asks through, so that none writes it again.

    client     get, post_query, gather: what a connector sees
    exchange   one request, from the first try to the last
    verdict    what an answer means (pure): accept, follow, renew, retry, fail
    headers    what a vendor says in its headers about waiting (pure)
    answer     one answer read to its end, and the vendor's words in it (pure)
    retry      how long to keep trying, and how long to wait in between
    limiter    request budgets, kept before sending
    auth       how requests are signed; `oauth` for tokens that expire, which `renewal` renews
    tokens     what is kept of tokens between runs, and where
    address    which URLs belong to the source
    wire       one answer from the network, with bounds on size and time
    redact     takes secrets out of texts; `logs` does it for every log line
    stats      what the run report says about requests and waits

Connectors use `auth`, `oauth` and `budget`; the app makes an `HttpClient` for each source.
"""
