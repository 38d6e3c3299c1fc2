"""Who may know whom, who may ask the time, who may print; and what is public."""

import ast
import itertools
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import deskpulse
import deskpulse.errors
import deskpulse.records
from deskpulse.http.client import HttpClient  # noqa: F401  the package must be importable whole

ROOT = Path(__file__).parents[2]
FOLDERS = {
    "core": "deskpulse",
    "connectors": "deskpulse_connectors",
    "reports": "deskpulse_reports",
    "notifiers": "deskpulse_notifiers",
}
OUTSIDE = {name for folder, name in FOLDERS.items() if folder != "core"}


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder / FOLDERS[folder]).rglob("*.py"))


EVERY_FILE = [path for folder in FOLDERS for path in files(folder)]


def ident(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that a file imports, with the line; `from a import b` is `a` and `a.b`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{ident(path)}:{node.lineno} has a relative import"
            yield node.lineno, str(node.module)


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Every name or attribute that a file uses, dotted as it is written, with the line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute | ast.Name):
            yield node.lineno, ast.unparse(node)


def under(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


@pytest.mark.parametrize("folder", ["connectors", "reports", "notifiers"])
def test_a_folder_knows_only_the_core_and_itself(folder):
    strange = [
        f"{ident(path)}:{line} imports {module}"
        for path in files(folder)
        for line, module in imported(path)
        if any(under(module, other) for other in OUTSIDE - {FOLDERS[folder]})
        or under(module, "deskpulse.app")
    ]
    assert strange == []


def test_the_core_outside_app_knows_none_of_the_others():
    strange = [
        f"{ident(path)}:{line} imports {module}"
        for path in files("core")
        if "deskpulse/app/" not in ident(path)
        for line, module in imported(path)
        if any(under(module, other) for other in OUTSIDE) or under(module, "deskpulse.app")
    ]
    assert strange == []


@pytest.mark.parametrize("folder", ["connectors", "notifiers"])
def test_plugins_do_not_know_each_other(folder):
    """A vendor or a sink is one folder; what several need lies beside the folders, or in `SHARED`."""
    package = FOLDERS[folder]
    homes = {path.name for path in (ROOT / folder / package).iterdir() if path.is_dir()}
    strange = [
        f"{ident(path)}:{line} imports {module}"
        for path in files(folder)
        for line, module in imported(path)
        for other in homes - SHARED - {path.relative_to(ROOT / folder / package).parts[0]}
        if under(module, f"{package}.{other}")
    ]
    assert strange == []


SHARED = {"mail"}
"""The rules of mail are no vendor; they know none of those that share them."""

PLUGIN_MAY_NOT = ("deskpulse.store", "deskpulse.sync", "deskpulse.leases", "deskpulse.outbox")


@pytest.mark.parametrize("folder", ["connectors", "notifiers"])
def test_connectors_and_notifiers_never_touch_the_store(folder):
    strange = [
        f"{ident(path)}:{line} imports {module}"
        for path in files(folder)
        for line, module in imported(path)
        if any(under(module, private) for private in (*PLUGIN_MAY_NOT, "sqlalchemy", "sqlmodel"))
    ]
    assert strange == []


def test_nobody_uses_what_another_folder_calls_private():
    strange = []
    for folder, package in FOLDERS.items():
        for path in files(folder):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.ImportFrom) or under(str(node.module), package):
                    continue
                strange += [
                    f"{ident(path)}:{node.lineno} imports {node.module}.{alias.name}"
                    for alias in node.names
                    if alias.name.startswith("_") and str(node.module).startswith("deskpulse")
                ]
    assert strange == []


# --- time and print -------------------------------------------------------------------------

ASKS_THE_TIME = (
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.perf_counter",
    "time.sleep",
)
MAY_ASK = {
    "core/deskpulse/clock.py": "it is the clock",
    "core/deskpulse/app/demo_steps.py": "it brings a simulated vendor's clock, and a stopwatch",
    "core/deskpulse/app/scheduler.py": "APScheduler ticks in real time; what is due, jobs decide",
    "reports/deskpulse_reports/mart/writer.py": "a file's age is told by the file system's clock",
    "connectors/deskpulse_connectors/simulators/clock.py": "a simulated vendor lives in real time",
    "connectors/deskpulse_connectors/simulators/simulator.py": "it measures its own answers",
}


def asks_the_time(path: Path) -> list[str]:
    return [
        f"{ident(path)}:{line} uses {name}"
        for line, name in calls(path)
        if any(name == asked or name.endswith("." + asked) for asked in ASKS_THE_TIME)
    ]


@pytest.mark.parametrize("path", [p for p in EVERY_FILE if ident(p) not in MAY_ASK], ids=ident)
def test_only_the_clock_asks_the_time(path):
    assert asks_the_time(path) == []


def test_whoever_may_ask_the_time_does():
    for name in MAY_ASK:
        assert (ROOT / name).exists(), f"{name} is gone: strike it off the list"
        assert asks_the_time(ROOT / name), f"{name} does not ask the time: strike it off the list"


MAY_PRINT = {
    "connectors/deskpulse_connectors/simulators/zendesk/__main__.py": "a program of its own",
}


@pytest.mark.parametrize("path", EVERY_FILE, ids=ident)
def test_libraries_do_not_print(path):
    printed = [line for line, name in calls(path) if name == "print"]
    if ident(path) not in MAY_PRINT and "deskpulse/app/" not in ident(path):
        assert printed == []


# --- size and shape -------------------------------------------------------------------------

MAY_BE_LONG = "store/migrations/versions"


@pytest.mark.parametrize("path", EVERY_FILE, ids=ident)
def test_a_file_is_readable_in_one_sitting(path):
    if MAY_BE_LONG not in ident(path):
        assert len(path.read_text().splitlines()) <= 300


def test_there_are_no_mutable_globals():
    """Registries and caches are values that are made and passed."""
    strange = []
    for path in EVERY_FILE:
        for node in ast.parse(path.read_text()).body:
            value = getattr(node, "value", None)
            named = [
                ast.unparse(t)
                for t in getattr(node, "targets", [getattr(node, "target", None)])
                if t
            ]
            if isinstance(value, ast.List | ast.Dict | ast.Set) and any(
                not name.isupper() and name != "__all__" and not name.lstrip("_").isupper()
                for name in named
            ):
                strange.append(f"{ident(path)}:{node.lineno} {named}")
    assert strange == []


def test_modules_import_without_a_circle():
    """Each module of the core can be the first one imported."""
    modules = [
        ".".join(path.relative_to(ROOT / "core").with_suffix("").parts).removesuffix(".__init__")
        for path in files("core")
        if "migrations" not in ident(path) and "__main__" not in path.name
    ]
    program = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    for loaded in [m for m in sys.modules if m.split('.')[0] == 'deskpulse']:\n"
        "        del sys.modules[loaded]\n"
        "    try:\n"
        "        importlib.import_module(name)\n"
        "    except ImportError as problem:\n"
        "        print(name, problem)\n"
    )
    # tables may be declared once in a process, so what declares them is not imported again
    first = [name for name in modules if not _declares_tables(name)]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, *first],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""


def _declares_tables(name: str) -> bool:
    heavy = (
        "store",
        "sync",
        "app",
        "testing",
        "outbox",
        "alerts",
        "leases",
        "config",
        "http.client",
    )
    return any(under(name, f"deskpulse.{each}") for each in heavy)


# --- entry points and the public surface ----------------------------------------------------

ENTRIES = [entry for entry in entry_points(group="deskpulse") if entry.dist.name == "deskpulse"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_entry_point_loads(entry):
    assert entry.load()


def test_there_are_entry_points():
    names = {"console", "email", "files", "kpis", "pagerduty", "slack", "teams", "webhook"}
    assert names | {"rules", "zendesk"} <= {e.name for e in ENTRIES}


PUBLIC = {
    "Connector", "Page", "Stream", "stream",
    "Notifier", "Receipt", "Untrusted", "hookimpl",
    "Account", "Agent", "Change", "Customer", "Interaction", "Measurement", "Message", "Order",
    "Record", "RoleChange", "Schedule", "SlaPolicy", "Subscription", "Survey", "Team", "Ticket",
    "Tombstone", "Usage", "VendorMetric", "Worklog",
    "AuthRejected", "ConfigError", "CursorExpired", "DeliveryDeferred", "DeliveryError",
    "DeliveryRejected", "DeskpulseError", "LeaseHeld", "PluginError", "RateLimited",
    "RecordRejected", "RequestRefused", "SourceChanged", "SourceError", "SourceUnavailable",
    "SourceUnreachable",
    "StoreError", "StoreUnreachable", "StreamForbidden",
}  # fmt: skip


def test_the_public_surface_is_pinned():
    assert set(deskpulse.__all__) == PUBLIC
    assert deskpulse.__all__ == sorted(deskpulse.__all__)
    assert set(deskpulse.__all__) <= set(dir(deskpulse))


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_name_is_there(name):
    assert getattr(deskpulse, name).__module__.startswith(("deskpulse.", "pluggy"))


def test_every_error_and_every_record_is_public():
    errors = {
        name
        for name, value in vars(deskpulse.errors).items()
        if isinstance(value, type) and issubclass(value, deskpulse.DeskpulseError)
    }
    records = {kind.__name__ for kind in deskpulse.records.KINDS.values()} | {"Record"}
    assert errors | records <= PUBLIC


def test_type_checkers_see_the_same_names():
    tree = ast.parse((ROOT / "core/deskpulse/__init__.py").read_text())
    [guarded] = [node for node in tree.body if isinstance(node, ast.If)]
    seen = itertools.chain.from_iterable(node.names for node in guarded.body)
    assert {alias.name for alias in seen} == PUBLIC


def test_what_is_not_public_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        deskpulse.Nothing  # noqa: B018


@pytest.mark.parametrize("package", FOLDERS.values())
def test_packages_are_typed(package):
    assert (Path(import_module(package).__file__).parent / "py.typed").exists()


def test_importing_the_toolkit_loads_nothing_heavy():
    program = (
        "import sys, deskpulse; "
        "print(sorted({m.split('.')[0] for m in sys.modules} & "
        "{'pydantic', 'sqlmodel', 'httpx', 'polars', 'pluggy', 'sqlalchemy'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
