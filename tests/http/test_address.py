import pytest

from deskpulse.errors import ConfigError, RequestRefused, SourceChanged
from deskpulse.http.address import Address

BASE = Address("https://acme.example.com/api/v2/")


@pytest.mark.parametrize(
    ("path", "params", "url"),
    [
        ("/tickets", {}, "https://acme.example.com/api/v2/tickets"),
        ("tickets", {}, "https://acme.example.com/api/v2/tickets"),
        ("/tickets", {"after": None}, "https://acme.example.com/api/v2/tickets"),
        (
            "/t?a=1",
            {"b": [2, 3], "c": True},
            "https://acme.example.com/api/v2/t?a=1&b=2&b=3&c=true",
        ),
        ("/t", {"page[size]": 100}, "https://acme.example.com/api/v2/t?page%5Bsize%5D=100"),
        ("/t", {"q": "a b&c=é"}, "https://acme.example.com/api/v2/t?q=a+b%26c%3D%C3%A9"),
        ("https://acme.example.com/next?x=1", {}, "https://acme.example.com/next?x=1"),
        ("https://ACME.example.com:443/next", {}, "https://acme.example.com/next"),
        ("", {}, "https://acme.example.com/api/v2"),
        (
            "/tickets/https://evil.test/",
            {},
            "https://acme.example.com/api/v2/tickets/https://evil.test/",
        ),
        ("/\\evil.test", {}, "https://acme.example.com/api/v2/\\evil.test"),
    ],
)
def test_paths_become_urls_of_the_source(path, params, url):
    assert str(BASE.of(path, params)) == url


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.test/tickets",
        "//evil.test/tickets",
        "http://acme.example.com/tickets",
        "https://acme.example.com:8443/tickets",
        "https://acme.example.com@evil.test/tickets",
        "https://acme.example.com.evil.test/",
        "https://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ],
)
def test_nothing_outside_the_host_is_asked(path):
    with pytest.raises(SourceChanged):
        BASE.of(path)


def test_a_user_in_a_url_is_not_sent():
    assert str(BASE.of("https://user:pw@acme.example.com/x")) == "https://acme.example.com/x"


@pytest.mark.parametrize("path", ["/tickets/\n", "/tickets/\x00", "/" + "x" * 70_000])
def test_a_path_that_no_url_holds_is_refused(path):
    with pytest.raises(RequestRefused, match="cannot be asked for"):
        BASE.of(path)


@pytest.mark.parametrize(
    "base",
    [
        "http://127.0.0.1:8080",
        "http://127.8.9.1",
        "http://localhost:1/x",
        "http://[::1]:8080",
        "https://10.0.0.1",
    ],
)
def test_bases_that_are_fine(base):
    assert str(Address(base).of("/x")).endswith("/x")


@pytest.mark.parametrize(
    "base",
    [
        "",
        "acme.example.com",
        "ftp://acme.example.com",
        "http://acme.example.com",
        "http://10.0.0.1",
        "http://localhost.evil.test",
        "https://user:hunter22@acme.example.com",
        "https://acme.example.com?token=hunter22",
        "https://acme.example.com:port",
        "https://",
    ],
)
def test_bases_that_are_refused_without_repeating_a_secret(base):
    with pytest.raises(ConfigError) as caught:
        Address(base)
    assert "hunter22" not in str(caught.value)


def test_http_can_be_allowed():
    assert (
        str(Address("http://desk.intranet", allow_http=True).of("/x")) == "http://desk.intranet/x"
    )


def test_a_token_endpoint_counts_from_the_root_or_is_elsewhere():
    assert str(BASE.at_root("/oauth/tokens")) == "https://acme.example.com/oauth/tokens"
    assert str(BASE.at_root("https://login.test/t")) == "https://login.test/t"
    for url in ("http://login.test/t", "http://acme.example.com/t"):
        with pytest.raises(ConfigError):
            BASE.at_root(url)


def test_redirects_stay_on_the_host():
    origin = BASE.of("/tickets?x=1")
    assert str(BASE.follow(origin, "/api/v2/t")) == "https://acme.example.com/api/v2/t"
    for location in ("https://evil.test/", "//evil.test/", "http://acme.example.com/"):
        with pytest.raises(SourceChanged):
            BASE.follow(origin, location)
    with pytest.raises(SourceChanged):
        BASE.follow(origin, "https://[broken")
