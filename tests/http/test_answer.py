import pytest

from deskpulse.http.answer import Answer, shortened


def answer(body, **headers):
    return Answer(422, headers, body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error":"InvalidEndpoint","description":"Not found"}', "Not found InvalidEndpoint"),
        (b'{"error":{"title":"Forbidden","message":"No access"}}', "No access Forbidden"),
        (b'{"error":{"status":403,"msg":"Permission denied"}}', "Permission denied"),
        (b'{"error":"Couldn\'t authenticate you"}', "Couldn't authenticate you"),
        (b'{"status":500,"error":"Internal Server Error"}', "Internal Server Error"),
        (b'{"errors":[{"code":"bad_date","message":"m"},"x"]}', "bad_date m x"),
        (b'{"message":"same","error":"same"}', "same"),
        (b"<html><head><title>502 &amp; gone</title></head><p>x", "502 & gone"),
        (b"<p>no   title\r\nhere</p>", "no title here"),
        (b"upstream request timeout", "upstream request timeout"),
        (b"", ""),
        (b"{}", ""),
        (b"[1, 2]", ""),
        (b'{"error": 5}', ""),
    ],
)
def test_the_vendors_words_are_found_in_every_shape(body, words):
    assert shortened(answer(body).reason()) == words


def test_a_reason_is_one_short_line_without_control_characters():
    text = shortened("a\r\nb\x00c\x1b[31m" + "x" * 1_000)
    assert text.startswith("a b c [31mxxx")
    assert len(text) == 300
    assert text.endswith("…")


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"subject": "hi \\ud83d"}', {"subject": "hi \ufffd"}),
        (b'{"subject": "\\ud83d\\ude00"}', {"subject": "\U0001f600"}),
        (b'{"\\ud800": ["\\udc00", 1, null]}', {"\ufffd": ["\ufffd", 1, None]}),
        (b'{"subject": "hi \xf0\x9f"}', {"subject": "hi \ufffd"}),
    ],
)
def test_half_an_emoji_does_not_lose_the_page(body, value):
    parsed = Answer(200, {}, body).json()
    assert parsed == value
    str(parsed).encode()


@pytest.mark.parametrize("body", [b"", b"{", b"Infinity", b"[" * 100_000, b"\x00"])
def test_what_is_not_json_is_refused(body):
    with pytest.raises(ValueError):
        Answer(200, {}, body).json()
