"""The HTTP client of core: what every connector asks through, so that none writes it again.

client     get, post_query, gather: what a connector sees
exchange   one request, from the first try to the verdict
verdict    what an answer means (pure): accept, follow, renew, retry, fail
headers    what a vendor says in its headers about waiting (pure)
answer     one answer read to its end, and the vendor's words in it (pure)
retry      how long to keep trying, and how long to wait in between
limiter    request budgets, kept before sending
auth       how requests are signed; `oauth` and `tokens` for access tokens that expire
address    which URLs belong to the source
wire       one answer from the network, with bounds on size and time
redact     takes secrets out of texts; `logs` does it for every log line
stats      what the run report says about requests and waits
"""
