"""Every mistake in a configuration is named with its file, table, key and line."""

import re
from pathlib import Path
from textwrap import dedent

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from deskpulse.config import Config, load
from deskpulse.config.hours import calendar_of
from deskpulse.errors import ConfigError


class Settings(BaseModel):
    """A plugin's settings, for the tests."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field("https://acme.test", description="Address.")
    api_key: SecretStr = Field(description="Key.")
    limit: int = Field(5, ge=1, description="Limit.")
    fields: dict[str, int] = Field(default_factory=dict, description="Fields.")

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        if not url.startswith("https://"):
            raise ValueError(f"{url!r} is no address")
        return url


@pytest.fixture
def write(tmp_path):
    def to(text: str) -> Path:
        path = tmp_path / "desk.toml"
        path.write_text(dedent(text).lstrip("\n"))
        return path

    return to


def refused(path: Path, environ=None) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        use_everything(load(path, environ or {}))
    return caught.value


def use_everything(config: Config) -> None:
    config.store_url()
    for name in config.calendars:
        calendar_of(config, name)
    for table, plugged in (("sources", config.source_settings), ("notifiers", config.notifiers)):
        for each in plugged.values():
            config.plugin_settings(table, each, Settings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # --- keys that are not known ---
        ('zome = "UTC"', r'desk.toml line 1: zome is not a setting; did you mean "zone"\?'),
        (
            'name = "x"\n\n[notifier.slack]\nuse = "slack"',
            r'\[notifier\] is not a setting; did you mean "notifiers"\?',
        ),
        ("[store]\nurll = 1", r'line 2: \[store\] urll is not a setting; did you mean "url"\?'),
        (
            '[sources.a]\nuse = "acme"\napi_key = { env = "K" }\nlimt = 3',
            r'line 4: \[sources.a\] limt is not a setting; did you mean "limit"\?',
        ),
        (
            "[digests.d]\nto = []\nwenn_empty = 'skip'",
            r'line 3: \[digests.d\] wenn_empty is not a setting; did you mean "when_empty"\?',
        ),
        ("[schedule]\nsnyc = '5m'", r'line 2: \[schedule\] snyc .*did you mean "sync"\?'),
        ("[privacy]\nbodys = true", r'\[privacy\] bodys .*did you mean "bodies"\?'),
        # --- shapes ---
        ("sources = 5", r"line 1: sources must hold tables: write \[sources.NAME\]"),
        ("[sources]\na = 5", r"line 2: \[sources\] a must be a table: write \[sources.a\]"),
        ("store = 5", r"line 1: store must be a table: write \[store\]"),
        ('plugins = "acme"', r"line 1: plugins must be a list of distributions"),
        ("plugins = 5", r"line 1: plugins must be a list of distributions"),
        ("[sources.a]\n[sources.b]\nuse = 'x'", r"line 1: \[sources.a\] use is missing"),
        ("[digests.d]\nat = '08:00'", r"line 1: \[digests.d\] to is missing"),
        ("[sources.a]\nuse = 'acme'\n", r"line 1: \[sources.a\] api_key is missing"),
        ("[privacy]\nbodies = 'maybe'", r"line 2: \[privacy\] bodies: .*boolean"),
        # --- zones ---
        (
            'zone = "Europe/Berln"',
            r"line 1: zone is 'Europe/Berln', .*did you mean \"Europe/Berlin",
        ),
        ('zone = "../etc/passwd"', r"line 1: zone is '../etc/passwd', which is no IANA time zone"),
        (
            '[calendars.c]\nzone = "Mars"\nhours = {}',
            r"line 2: \[calendars.c\] zone is 'Mars', which is no IANA time zone",
        ),
        (
            "[notifiers.n]\nuse = 'x'\n[digests.d]\nto = ['n']\nzone = 'Nowhere'",
            r"line 5: \[digests.d\] zone is 'Nowhere'",
        ),
        # --- hours ---
        (
            '[calendars.c]\nzone = "UTC"\nhours = { mon = ["09:00-12:00", "11:00-15:00"] }',
            r"line 1: \[calendars.c\].*opens at 11:00 while another is open until 12:00",
        ),
        (
            '[calendars.c]\nzone = "UTC"\n[calendars.c.hours]\nmonday = ["09:00-12:00"]',
            r"line 3: \[calendars.c\] hours has 'monday'; allowed: mon, tue",
        ),
        (
            '[calendars.c]\nzone = "UTC"\nhours = { mon = ["9 to 5"] }',
            r"line 3: \[calendars.c\] hours has '9 to 5'; write hours as \"09:00-17:00\"",
        ),
        (
            '[calendars.c]\nzone = "UTC"\nhours = { mon = ["09:00-25:00"] }',
            r"line 1: \[calendars.c\].*25:00",
        ),
        ('[calendars.c]\nzone = "UTC"\nhours = {}', r"no opening hours at all"),
        (
            '[calendars.c]\nzone = "UTC"\nhours = { mon = ["09:00-10:00"] }\nholiday_country = "XX"',
            r"\[calendars.c\].*XX",
        ),
        # --- names that lead nowhere ---
        ('calendar = "office"', r"line 1: calendar is 'office'; allowed: none"),
        (
            '[sources.a]\nuse = "x"\ncalendar = "ofice"\n[calendars.office]\nzone = "UTC"\nhours = {}',
            r"line 3: \[sources.a\] calendar is 'ofice'; did you mean \"office\"\?",
        ),
        (
            "[notifiers.slack]\nuse = 'slack'\n[digests.d]\nto = ['slak']",
            r"line 4: \[digests.d\] to names 'slak'; did you mean \"slack\"\?",
        ),
        # --- spans, times, choices ---
        (
            "[schedule]\nsync = '5 minutes'",
            r'line 2: .*"5 minutes" is not a time span; write "90s"',
        ),
        ("[schedule]\nsync = 5", r'line 2: \[schedule\] sync: "5" is not a time span'),
        ("[schedule]\nsync = '0m'", r"line 2: \[schedule\] sync: .*longer than nothing"),
        ("[digests.d]\nto = []\nat = '8'", r'line 3: \[digests.d\] at: "8" is not a time of day'),
        ("[digests.d]\nto = []\nat = '25:00'", r"line 3: \[digests.d\] at: "),
        ("[digests.d]\nto = []\ndays = ['monday']", r"line 3: \[digests.d\] days.0: .*'mon'"),
        ("[sources.a]\nuse = 'x'\ntrust = 'me'", r"line 3: \[sources.a\] trust: .*'history'"),
        ("[mart.custom]\nplan = 'words'", r"\[mart\] custom.plan: .*'bool'"),
        # --- plugins' own checks ---
        (
            '[sources.a]\nuse = "x"\napi_key = { env = "K" }\nurl = "acme"',
            r"line 4: \[sources.a\] url: 'acme' is no address",
        ),
        (
            '[sources.a]\nuse = "x"\napi_key = { env = "K" }\n\n[sources.a.fields]\nx = "y"',
            r"line 5: \[sources.a\] fields.x: ",
        ),
    ],
)
def test_a_mistake_is_named_where_it_is(write, text, said):
    error = refused(write(text), {"K": "v"})
    assert re.search(said, error.message), error.message


def test_several_mistakes_in_a_table_are_named_together(write):
    error = refused(write("[schedule]\nsnyc = '5m'\nkpis = 'often'"))
    assert "line 2" in error.message
    assert "line 3" in error.message
    assert "desk.toml" in error.hint


def test_a_key_is_looked_for_in_its_own_table_only(write):
    text = """
        [sources.a]
        use = "acme"

        [sources.b]
        use = "acme"
        api_key = { env = "K" }
    """
    error = refused(write(text), {"K": "v"})
    assert error.message.startswith("desk.toml line 1: [sources.a] api_key is missing")


def test_quoted_and_dotted_names_are_found(write):
    text = '[sources."my desk"]\nuse = "acme"\nlimit = 0\napi_key = { env = "K" }'
    error = refused(write(text), {"K": "v"})
    assert "limit" in error.message
    error = refused(write('schedule.sync = "soon"'))
    assert "[schedule] sync" in error.message


# --- secrets --------------------------------------------------------------------------------

SECRET = "hunter2-and-more"


def source(key: str) -> str:
    return f'[sources.a]\nuse = "acme"\napi_key = {key}\n'


@pytest.mark.parametrize(
    ("key", "said", "hint"),
    [
        (f'"{SECRET}"', "line 3: [sources.a] api_key is a secret written into", "environment"),
        ('{ env = "MISSING" }', "the environment variable MISSING is not set", "export MISSING"),
        ('{ env = "EMPTY" }', "env 'EMPTY' is empty", "Set it"),
        ('{ evn = "K" }', 'has evn; allowed: { env = "NAME" }', ""),
        ('{ env = "K", file = "k" }', "has env, file; allowed:", ""),
        ("{}", "has nothing; allowed:", ""),
        ('{ file = "nowhere.key" }', "cannot read", ""),
        ('{ file = "folder" }', "cannot read", ""),
        ('{ file = "open.key" }', "can be read by others", "chmod 600"),
        ('{ file = "binary.key" }', "is not text", ""),
        ('{ file = "blank.key" }', "is empty", ""),
    ],
)
def test_a_secret_that_cannot_be_had(write, tmp_path, key, said, hint):
    (tmp_path / "folder").mkdir()
    for name, content, mode in (
        ("open.key", SECRET.encode(), 0o644),
        ("binary.key", b"\xff\xfe\x00\xd8", 0o600),
        ("blank.key", b" \n", 0o600),
    ):
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(mode)
    error = refused(write(source(key)), {"EMPTY": "", "K": "v"})
    assert said in error.message
    assert "[sources.a] api_key" in error.message
    assert hint in error.hint
    assert SECRET not in error.message + error.hint


def test_a_key_that_is_misspelt_does_not_show_its_value(write):
    error = refused(write(f'[sources.a]\nuse = "acme"\napi_kye = "{SECRET}"'))
    assert SECRET not in str(error) + error.hint


@pytest.mark.parametrize("where", ["env", "file"])
def test_a_secret_that_can_be_had(write, tmp_path, where):
    (tmp_path / "key").write_text(SECRET + "\n")
    (tmp_path / "key").chmod(0o600)
    key = '{ env = "K" }' if where == "env" else '{ file = "key" }'
    config = load(write(source(key)), {"K": f" {SECRET}\n"})
    made = config.plugin_settings("sources", config.source_settings["a"], Settings)
    assert made.api_key.get_secret_value() == SECRET
    assert SECRET not in repr(config) + repr(made)


def test_a_secret_from_the_keyring(write, monkeypatch):
    import sys
    from types import SimpleNamespace

    ring = {("desk", "key"): SECRET}
    fake = SimpleNamespace(get_password=lambda service, user: ring.get((service, user)))
    monkeypatch.setitem(sys.modules, "keyring", fake)
    config = load(write(source('{ keyring = "desk/key" }')), {})
    made = config.plugin_settings("sources", config.source_settings["a"], Settings)
    assert made.api_key.get_secret_value() == SECRET
    error = refused(write(source('{ keyring = "desk/other" }')))
    assert "the keyring has no 'desk/other'" in error.message
    assert "keyring set desk other" in error.hint


def test_the_keyring_needs_its_extra(write, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "keyring", None)
    error = refused(write(source('{ keyring = "desk/key" }')))
    assert "deskpulse[keyring]" in error.hint


# --- the store ------------------------------------------------------------------------------


def test_a_database_password_comes_by_reference(write):
    error = refused(write(f'[store]\nurl = "postgresql://desk:{SECRET}@db/desk"'))
    assert "line 2: [store] url holds a password" in error.message
    assert "env" in error.hint
    assert SECRET not in str(error) + error.hint
    url = f"postgresql://desk:{SECRET}@db/desk"
    config = load(write('[store]\nurl = { env = "DB" }'), {"DB": url})
    assert config.store_url() == url


@pytest.mark.parametrize("url", ["postgresql://a:b@h:port/db", "://", "postgresql://h:1:2/db"])
def test_a_database_address_that_is_none(write, url):
    error = refused(write(f'[store]\nurl = "{url}"'))
    assert "[store] url" in error.message


def test_a_relative_store_lies_beside_the_file(write, tmp_path):
    config = load(write(""), {})
    assert config.store_url() == f"sqlite:///{tmp_path}/deskpulse.db"
    assert config.mart_path() == tmp_path / "mart"
    config = load(write('[store]\nurl = "sqlite:////var/desk.db"'), {})
    assert config.store_url() == "sqlite:////var/desk.db"


# --- the file -------------------------------------------------------------------------------


def test_a_file_that_is_not_there(tmp_path):
    error = refused(tmp_path / "nowhere.toml")
    assert "nowhere.toml does not exist" in error.message
    assert "deskpulse init" in error.hint


@pytest.mark.parametrize("text", ["name = Support", "[sources", 'a = "1"\na = "2"', "x = 'y\n'"])
def test_a_file_that_is_no_toml(write, text):
    error = refused(write(text))
    assert "is not valid TOML" in error.message
    assert re.search(r"line \d|end of document", error.message)


def test_a_folder_or_latin_1(tmp_path):
    assert "cannot be read" in refused(tmp_path).message
    path = tmp_path / "desk.toml"
    path.write_bytes('name = "Müller"'.encode("latin-1"))
    assert "cannot be read" in refused(path).message


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = tmp_path / "desk.toml"
    path.write_bytes(b'\xef\xbb\xbfname = "Desk"\r\n')
    assert load(path, {}).name == "Desk"


# --- what a good one gives ------------------------------------------------------------------


def test_a_whole_configuration(write):
    config = load(
        write(
            """
            name = "Acme"
            zone = "Europe/Berlin"
            calendar = "office"
            plugins = ["acme-deskpulse"]

            [calendars.office]
            zone = "Europe/Berlin"
            hours = { mon-thu = ["09:00-12:00", "13:00-18:00"], fri = ["09:00-16:00"] }
            holidays = [2026-12-24]

            [sources.support]
            use = "acme"
            api_key = { env = "K" }
            trust = "stated"
            stale_after = "3h"

            [notifiers.team]
            use = "slack"
            api_key = { env = "K" }

            [digests.morning]
            to = ["team"]
            at = 07:30:00
            """
        ),
        {"K": "v"},
    )
    assert (config.name, config.zone, config.plugins) == (
        "Acme",
        "Europe/Berlin",
        ("acme-deskpulse",),
    )
    assert config.sources["support"].stale_after.total_seconds() == 10_800
    assert dict(config.source_settings["support"].values) == {"api_key": {"env": "K"}}
    assert config.digests["morning"].at.hour == 7
    calendar = calendar_of(config, "office")
    assert [len(day) for day in calendar.week] == [2, 2, 2, 2, 1, 0, 0]


def test_days_may_run_over_the_weekend(write):
    config = load(write('[calendars.c]\nzone = "UTC"\nhours = { sat-mon = ["10:00-12:00"] }'), {})
    week = calendar_of(config, "c").week
    assert [bool(day) for day in week] == [True, False, False, False, False, True, True]


def test_an_empty_file_is_a_configuration(write):
    config = load(write(""), {})
    assert (config.name, config.zone, config.sources) == ("Support", "UTC", {})


def test_hours_are_hinted_as_the_configuration_writes_them(write):
    error = refused(write('[calendars.c]\nzone = "UTC"\nhours = {}'), {"K": "v"})
    assert error.message.count("calendars.c") == 1
    assert 'hours = { mon-thu = ["09:00-12:00", "13:00-18:00"]' in error.hint
