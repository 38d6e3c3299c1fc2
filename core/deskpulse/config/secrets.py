"""Secrets come by reference only: from the environment, a file, or the keyring."""

from __future__ import annotations

import os
import stat
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from deskpulse.errors import ConfigError

KINDS = ("env", "file", "keyring")
ALLOWED = 'allowed: { env = "NAME" }, { file = "path" } or { keyring = "service/name" }'


def resolve(reference: Any, *, where: str, base: Path, environ: Mapping[str, str]) -> str:
    """The secret that `reference` points to; `where` names the key in errors.

    Raises `ConfigError` for a literal, several kinds at once, a missing or empty secret, or a file
    that others may read. The secret itself is never in an error.
    """
    if not isinstance(reference, Mapping):
        raise ConfigError(
            f"{where} is a secret written into the configuration; {ALLOWED}",
            hint="Put the secret into an environment variable or a file and name it here.",
        )
    kinds = sorted(reference)
    if len(kinds) != 1 or kinds[0] not in KINDS:
        raise ConfigError(f"{where} has {', '.join(kinds) or 'nothing'}; {ALLOWED}")
    kind, name = kinds[0], str(reference[kinds[0]])
    secret = {"env": _env, "file": _file, "keyring": _keyring}[kind](name, where, base, environ)
    if not secret:
        raise ConfigError(f"{where}: {kind} {name!r} is empty", hint="Set it and run again.")
    return secret


def _env(name: str, where: str, _base: Path, environ: Mapping[str, str]) -> str:
    if name not in environ:
        raise ConfigError(
            f"{where}: the environment variable {name} is not set", hint=f"export {name}=..."
        )
    return environ[name].strip()


def _file(name: str, where: str, base: Path, _environ: Mapping[str, str]) -> str:
    path = base / Path(name).expanduser()
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise ConfigError(f"{where}: cannot read {path}: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{where}: {path} is not text in UTF-8") from None
    if os.name == "posix" and mode & (stat.S_IRGRP | stat.S_IROTH | stat.S_IWOTH):
        raise ConfigError(f"{where}: {path} can be read by others", hint=f"chmod 600 {path}")
    return text.strip()


def _keyring(name: str, where: str, _base: Path, _environ: Mapping[str, str]) -> str:
    service, _, user = name.partition("/")
    try:
        import keyring
    except ModuleNotFoundError:
        raise ConfigError(
            f"{where}: the keyring needs an extra", hint="pip install 'deskpulse[keyring]'"
        ) from None
    found = keyring.get_password(service, user)
    if found is None:
        raise ConfigError(
            f"{where}: the keyring has no {name!r}", hint=f"keyring set {service} {user}"
        )
    return found


def secret_fields(model: type[BaseModel]) -> set[str]:
    """The fields of a plugin's Config that hold a secret."""
    return {name for name, info in model.model_fields.items() if _holds_secret(info.annotation)}


def _holds_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(_holds_secret(arm) for arm in typing.get_args(annotation))
