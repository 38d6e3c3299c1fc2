"""Texts that a customer may write and that must never do anything but be read.

Shared by every renderer's tests. `HOSTILE` is a tuple of (name, text): the name is the test's id.
"""

from __future__ import annotations

HOSTILE: tuple[tuple[str, str], ...] = (
    # Slack
    ("slack-channel", "<!channel> wake up"),
    ("slack-here", "<!here|here>"),
    ("slack-everyone", "<!everyone>"),
    ("slack-user", "<@U1> and <@U024BE7LH|bob>"),
    ("slack-group", "<!subteam^S123>"),
    ("slack-link", "<http://evil.example|your bank>"),
    ("slack-escaped-here", "&lt;!here&gt;"),
    ("slack-double-escaped", "&amp;lt;!channel&amp;gt;"),
    ("slack-date", "<!date^1392734382^{date}^http://evil.example|now>"),
    ("slack-bold", "*bold* _italic_ ~gone~ `code`"),
    ("slack-fence", "```\nfence\n``` out of it"),
    ("slack-quote", "> quoted\n>>> everything"),
    ("slack-emoji-code", ":rotating_light: 10:30:45"),
    ("slack-bare-mention", "@channel @here #general"),
    ("slack-pipe", "a|b>c<d"),
    # markup
    ("html-script", "</script><img src=x onerror=1>"),
    ("html-attribute", '" onmouseover="alert(1)'),
    ("html-single-quote", "' onfocus='alert(1)' autofocus='"),
    ("html-comment", "<!-- --><b>x</b><!--[if mso]>"),
    ("html-style", "</style><style>*{display:none}</style>"),
    ("html-title", "</title><script>alert(1)</script>"),
    ("html-link", "<a href='javascript:alert(1)'>click</a>"),
    ("html-svg", "<svg/onload=alert(1)>"),
    ("html-entity", "&#60;script&#62; &nbsp; &"),
    ("html-cdata", "]]><script>1</script>"),
    ("css-url", "background:url(http://evil.example/pixel)"),
    ("markdown-link", "[click](javascript:alert(1)) ![x](http://evil.example/p.png)"),
    ("markdown-table", "a | b\n---|---\n|x|"),
    ("rich-markup", "[red]red[/red] [link=http://evil.example]x[/link] [/]"),
    ("jinja", "{{7*7}} {% raw %} {#"),
    ("format", "{0} {name} %s %(x)s ${HOME} $(id)"),
    ("tex", "broken $\\foo$ and $$"),
    # spreadsheets and databases
    ("formula", "=HYPERLINK('http://evil.example','x')"),
    ("formula-minus", "-2+3"),
    ("formula-at", "@SUM(1)"),
    ("formula-tab", "\t=1+1"),
    ("formula-cr", "\r=1+1"),
    ("csv", 'a,"b";c\n"d'),
    ("sql", "'; drop table ticket; --"),
    ("path", "../../etc/passwd"),
    # mail headers
    ("header-crlf", "hello\r\nBcc: evil@evil.example\r\n\r\nbody"),
    ("header-lf", "hello\nBcc: evil@evil.example"),
    ("header-cr", "hello\rBcc: evil@evil.example"),
    ("header-vt", "a\x0bBcc: evil@evil.example"),
    ("header-ff", "a\x0cBcc: evil@evil.example"),
    ("header-nel", "a\x85Bcc: evil@evil.example"),
    ("header-line-separator", "a\u2028Bcc: evil@evil.example"),
    ("header-paragraph-separator", "a\u2029Bcc: evil@evil.example"),
    ("header-encoded-word", "=?utf-8?q?a=0ABcc:_evil@evil.example?="),
    ("header-encoded-base64", "=?utf-8?b?YQpCY2M6IGV2aWxAZXZpbC5leGFtcGxl?="),
    ("header-encoded-nested", "=?utf-8=?utf-8?q?x?=?q?a=0ABcc:_evil@evil.example?="),
    ("smtp-dot", "line\n.\nMAIL FROM:<evil@evil.example>"),
    # characters
    ("nul", "before\x00after"),
    ("escape", "\x1b[31mred\x1b]0;title\x07 \x9b31m \x1b]8;;http://evil.example\x1b\\x"),
    ("backspace", "good\x08\x08\x08\x08evil\x7f"),
    ("bidi-override", "invoice\u202efdp.exe"),
    ("bidi-isolate", "\u2066\u2067abc\u2069 \u202aabc\u202c"),
    ("lone-surrogate", "\ud800 and \udfff"),
    ("byte-order-mark", "\ufefftext"),
    ("zalgo", "z" + "\u0301\u0316\u0317" * 60),
    ("emoji-only", "😀👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
    ("arabic", "لم يصل طلبي"),
    ("cjk", "注文が届きません"),
    ("empty", ""),
    ("blank", " \t\n\u00a0\u200b "),
    # length
    ("long", "x" * 5_000),
    ("long-words", "word " * 2_000),
    ("long-escapes", "<&>" * 1_500),
    ("at-the-limit", "&" * 600 + "y" * 1),
    ("long-emoji", "😀" * 3_001),
    ("long-lines", "line\n" * 4_000),
    ("ten-megabytes", "0123456789" * 1_048_576),
)

"""(name, text), about seventy."""

TEXTS: tuple[str, ...] = tuple(text for _, text in HOSTILE)
NAMES: tuple[str, ...] = tuple(name for name, _ in HOSTILE)

assert len(set(NAMES)) == len(NAMES)
