"""The gate lets analysts' expressions through and nothing else."""

import duckdb
import pytest

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.columns import columns
from deskpulse_reports.kpis.expression import MAX_LENGTH, aggregate, scalar

COLUMNS = columns("tickets", {"custom_cost": "number"})
PLACE = "[kpis.x] value"

GOOD_AGGREGATES = [
    "count(*)",
    "count(distinct customer_id)",
    "count(*) filter (where touch = 'one') / nullif(count(*), 0)",
    "sum(custom_cost)",
    "sum(first_reply_s) / 3600.0",
    "avg(case when reopens > 0 then 1.0 else 0.0 end)",
    "quantile_cont(first_reply_s, 0.9)",
    "median(first_reply_s) filter (where channel in ('email', 'web'))",
    "100.0 * count_if(touch = 'one') / count(touch)",
    "max(resolved_at) - min(created_at)",
    "round(stddev(first_reply_s), 2)",
    "greatest(count(*), 1)",
    "cast(count(*) as double)",
    'count("customer_id")',
    "count(*);",  # one expression all the same
    "max(@first_reply_s)",  # abs
]
GOOD_SCALARS = [
    "counted",
    "not counted",
    "agent_replies + 1",
    "agent_replies % 2 = 0",
    "agent_replies // 2",
    "-reopens",
    "channel = 'email' and (priority is null or priority <> 'low')",
    "channel like 'e%' or channel ilike 'W%'",
    "first_reply_s between 0 and 3600",
    "coalesce(reason, 'none') not in ('spam', 'test')",
    "lower(channel) = 'email'",
    "list_contains(tags, 'complaint')",
    "case channel when 'email' then 1 else 2 end",
    "if(reopens > 0, 'again', 'once')",
    "custom_cost::double > 2.5",
    "abs(floor(custom_cost)) < ceil(custom_cost)",
    "first_resolved_at is not null",
    "true",
]
HOSTILE = [
    # reading, writing, leaving
    "count(read_csv('/etc/passwd'))",
    "(select count(*) from read_csv('/etc/passwd'))",
    "(select max(x) from '/etc/passwd')",
    "count(*) from read_parquet('x')",
    "read_text('/etc/passwd')",
    "read_blob('/etc/passwd')",
    "glob('/*')",
    "count(glob('/*'))",
    "sniff_csv('/etc/passwd')",
    "parquet_metadata('x')",
    "getenv('HOME')",
    "current_setting('home_directory')",
    "query('select 1')",
    "query_table('tickets')",
    "ATTACH 'x.db'",
    "COPY tickets TO '/tmp/x'",
    "PRAGMA database_list",
    "SET memory_limit = '1TB'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "EXPORT DATABASE '/tmp/x'",
    "DROP TABLE tickets",
    "CREATE TABLE x AS SELECT 1",
    "CALL pragma_version()",
    "EXPLAIN SELECT 1",
    "SHOW TABLES",
    "DESCRIBE tickets",
    "USE main",
    "VACUUM",
    # more than one expression
    "count(*); DROP TABLE tickets",
    ";",
    "",
    "   ",
    "count(*), count(*)",
    "count(*) AS x",
    "count(*) x",
    "SELECT count(*)",
    "FROM tickets",
    "WITH a AS (SELECT 1) SELECT 1",
    "VALUES (1)",
    "count(*) UNION SELECT 1",
    "count(*) FROM tickets",
    "count(*) WHERE true",
    "count(*) GROUP BY 1",
    "count(*) LIMIT 1",
    # subqueries
    "count(*) + (SELECT 1)",
    "count(case when exists (select 1) then 1 end)",
    "count(case when channel in (select channel from tickets) then 1 end)",
    "count(case when reopens > all (select 1) then 1 end)",
    "count(case when reopens = any ([1, 2]) then 1 end)",
    # windows, order, stars
    "count(*) over ()",
    "sum(reopens) over (partition by channel)",
    "row_number() over ()",
    "lag(reopens) over ()",
    "string_agg(channel order by channel)",
    "count(reopens order by reopens)",
    "*",
    "tickets.*",
    "count(tickets.*)",
    "count(* exclude (channel))",
    "columns(*)",
    "count(columns(*))",
    "min(columns('.*'))",
    # lists, structs, lambdas, maps
    "list(reopens)",
    "array_agg(reopens)",
    "list_transform(tags, x -> 1)",
    "len(list_filter(tags, lambda x: true))",
    "unnest(tags)",
    "count(unnest(tags))",
    "tags[1]",
    "count(tags[1:2])",
    "{'a': reopens}",
    "struct_pack(a := reopens)",
    "map([1], [2])",
    "[1, 2]",
    "range(1000000000)",
    "count(range(1000000000))",
    "generate_series(1, 10)",
    "repeat('x', 1000000000)",
    "max(repeat('x', 1000000000))",
    "rpad('x', 1000000000, 'x')",
    "regexp_matches(channel, '(a+)+$')",
    "channel similar to '(a+)+'",
    "reopens ** 1000",
    "reopens ^ 1000",
    # other aggregates and functions
    "any_value(channel)",
    "first(channel)",
    "mode(channel)",
    "histogram(reopens)",
    "approx_quantile(reopens, 0.5)",
    "quantile_cont(first_reply_s, reopens)",
    "quantile_cont(first_reply_s, 7)",
    "quantile_cont(first_reply_s, [0.1, 0.2])",
    "percentile_cont(0.5) within group (order by first_reply_s)",
    "count(channel, priority)",
    "sum(count(*))",
    "avg(sum(reopens))",
    "sum(reopens) filter (where count(*) > 1)",
    "sum(distinct reopens, agent_replies)",
    "grouping(channel)",
    "now()",
    "current_timestamp",
    "current_user",
    "current_date",
    "random()",
    "uuid()",
    "nextval('x')",
    "error('x')",
    "version()",
    "txid_current()",
    "sleep_ms(1000)",
    "my_macro(1)",
    "main.my_macro(reopens)",
    # names
    "count(nothing)",
    "count(tickets.channel)",
    "count(main.tickets.channel)",
    "count(COUNTED_)",
    'count("no such")',
    "count(rowid)",
    "count(filename)",
    "count(file_row_number)",
    "count(_local)",
    "count(#1)",
    "count($1)",
    "count(?)",
    "count(:x)",
    "channel",
    "channel + count(*)",
    "count(*) + reopens",
    "channel = 'email'",
    # tricks of DuckDB and of other engines
    "columns(* exclude (channel))",
    "columns(c -> c like '%_s')",
    "sum(columns('.*_s'))",
    "unpack(columns(*))",
    "struct_extract({'a': 1}, 'a')",
    "row(reopens, channel)",
    "(reopens, channel)",
    "count((reopens, channel))",
    "[x for x in tags]",
    "[x for x in [1, 2] if x > 1]",
    "list_aggregate(tags, 'string_agg', ',')",
    "list_reduce([1, 2], (a, b) -> a + b)",
    "array_reduce([1], lambda a, b: a)",
    "channel.regexp_matches('x')",
    "read_csv_auto('/etc/passwd').c0",
    "json_extract(channel, '$.x')",
    "channel -> '$.x'",
    "channel ->> 'x'",
    "getvariable('x')",
    "set_config('a', 'b', true)",
    "pg_read_file('/etc/passwd')",
    "lo_import('/etc/passwd')",
    "pg_sleep(10)",
    "dblink('host=x', 'select 1')",
    "java_method('java.lang.System', 'exit', 0)",
    "reflect('java.lang.System', 'exit')",
    "which_secret('x', 's3')",
    "duckdb_settings()",
    "duckdb_secrets()",
    "pragma_version()",
    "create_sort_key(channel, 'asc')",
    "hash(channel)",
    "md5(channel)",
    "regexp_replace(channel, '.*', 'x')",
    "format('{}', reopens)",
    "printf('%1000000000d', reopens)",
    "lpad('x', 1000000000, 'x')",
    "bitstring('1', 1000000000)",
    "count(*) qualify true",
    "count(*) filter (where (select true))",
    "count(*) filter (where channel in (table tickets))",
    "max(case when true then (values (1)) end)",
    "count(*) at (version => 1)",
    "try(count(*))",
    "pivot tickets on channel",
    "CREATE MACRO f(x) AS x",
    "count(*) -- \n; DROP TABLE tickets",
    "count(*) /* ; */ ; SELECT 1",
    "DETACH x",
    "CHECKPOINT",
    "IMPORT DATABASE 'x'",
    "BEGIN",
    "summarize tickets",
    "count(list_contains(tags, (select 'x')))",
    # types
    "cast(count(*) as struct(a int))",
    "count(*)::varchar",
    "count(*)::int[]",
    "count(*)::blob",
    "count(*)::decimal(38, 37)",
    "try_cast(count(*) as int)",
    "count(*)::json",
    "count(*)::tickets",
    "count(date '2020-01-01')",
    "count(interval 1 day)",
    "count(timestamp '2020-01-01')",
    "count(reopens::timestamptz at time zone 'UTC')",
    "count(channel collate nocase)",
    "count(channel like 'a' escape 'b')",
    "count(e'\\x00')",
    "count($$x$$)",
    # junk
    "count(*",
    "count(*))",
    "'",
    '"',
    "/*",
    "--",
    "/* */",
    "\x00",
    "count(*)\x00",
    "count(\u200bchannel)",
    "count(\u202echannel)",
    "ｃｏｕｎｔ(*)",
    "count(сhannel)",
    "💥",
    "((((((((((",
    "case when",
    "1",
    "'x'",
    "null",
    "true",
    "{{ 7*7 }}",
    "${jndi:ldap://x}",
    "<script>",
    "__import__('os')",
    "(" * 60 + "count(*)" + ")" * 60,
    "(" * 900 + "count(*)" + ")" * 900,
    "- " * 900 + "count(*)",
    "not " * 400 + "true",
    "count(*)" + " + count(*)" * 150,
    "case when true then " * 80 + "count(*)" + " end" * 80,
    "abs(" * 300 + "count(*)" + ")" * 300,
    "count(*)" + " " * (MAX_LENGTH + 1),
    "count(*) + " + "1" * 100_000,
]


@pytest.mark.parametrize("text", GOOD_AGGREGATES)
def test_aggregates_that_analysts_write_pass_and_run(text):
    tree = aggregate(text, COLUMNS, PLACE)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (custom_cost DOUBLE, first_reply_s DOUBLE, reopens INT)")
        for name in ("customer_id", "touch", "channel"):
            connection.execute(f"ALTER TABLE t ADD COLUMN {name} VARCHAR")
        for name in ("resolved_at", "created_at"):
            connection.execute(f"ALTER TABLE t ADD COLUMN {name} BIGINT")
        assert len(connection.execute(f"SELECT {tree.sql('duckdb')} FROM t").fetchall()) == 1


@pytest.mark.parametrize("text", GOOD_SCALARS)
def test_row_expressions_that_analysts_write_pass(text):
    assert scalar(text, COLUMNS, PLACE).sql("duckdb")


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:50] + str(len(text)))
def test_hostile_aggregates_are_refused(text):
    with pytest.raises(ConfigError) as caught:
        aggregate(text, COLUMNS, PLACE)
    assert PLACE in caught.value.message
    assert len(caught.value.message) < 3000


HARMLESS_PER_ROW = {"channel", "channel = 'email'", "1", "'x'", "null", "true"}


@pytest.mark.parametrize(
    "text",
    [text for text in HOSTILE if text not in HARMLESS_PER_ROW],
    ids=lambda t: ascii(t)[:50] + str(len(t)),
)
def test_hostile_row_expressions_are_refused(text):
    with pytest.raises(ConfigError):
        scalar(text, COLUMNS, PLACE)


@pytest.mark.parametrize("text", ["count(*)", "sum(reopens) > 1", "counted and count(*) > 1"])
def test_a_row_expression_has_no_aggregate(text):
    with pytest.raises(ConfigError, match="aggregate"):
        scalar(text, COLUMNS, PLACE)


def test_comments_do_not_travel():
    assert aggregate("count(*) /* hello */ -- there", COLUMNS, PLACE).sql("duckdb") == "COUNT(*)"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("count(*) filter (where chanel = 'x')", "no column 'chanel' (did you mean 'channel'?)"),
        ("sum(first_replay_s)", "no column 'first_replay_s' (did you mean 'first_reply_s'?)"),
        ("avg(tickets.reopens)", "'tickets.reopens': columns are written by their plain name"),
        ("reopens + count(*)", "'reopens': a column outside an aggregate"),
        ("getenv('HOME')", "GETENV('HOME')"),
        ("(select max(reopens) from tickets)", "SELECT MAX(reopens) FROM tickets"),
    ],
)
def test_a_refusal_names_what_is_meant(text, named):
    with pytest.raises(ConfigError) as caught:
        aggregate(text, COLUMNS, PLACE)
    assert named in caught.value.message
    assert caught.value.hint


def test_an_unknown_column_gets_the_nearest_name():
    with pytest.raises(ConfigError, match="did you mean 'first_reply_s'") as caught:
        scalar("first_replay_s > 5", COLUMNS, "[kpis.late] filter")
    assert "[kpis.late] filter" in caught.value.message
    assert "created_at" in caught.value.hint


def test_the_columns_are_those_of_one_table():
    with pytest.raises(ConfigError, match="no column 'stage'"):
        scalar("stage = 'new'", COLUMNS, PLACE)
    assert scalar("stage = 'new'", columns("stages", {}), PLACE)
    with pytest.raises(ConfigError, match="did you mean 'tickets'"):
        columns("ticket", {})
