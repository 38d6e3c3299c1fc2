"""The one connection of this connector that is not HTTP: IMAP4rev1 by the standard library.

Read-only (EXAMINE, BODY.PEEK), certificates verified, every wait bounded, and no error with a word
of the password. Every fault leaves as an error of `deskpulse.errors`; nothing is tried twice here,
for the next run goes on from the same place.
"""

from __future__ import annotations

import contextlib
import imaplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from deskpulse.errors import (
    AuthRejected,
    ConfigError,
    RequestRefused,
    SourceChanged,
    SourceUnavailable,
    SourceUnreachable,
)
from deskpulse_connectors.imap.answers import (
    STATUS,
    UID,
    Fetched,
    FolderState,
    lines_of,
    messages_in,
    quoted,
    text_of,
)
from deskpulse_connectors.imap.config import ImapConfig
from deskpulse_connectors.imap.names import decoded_name, encoded_name

TIMEOUT_S = 60.0
AT_ONCE = 200
"""Messages in one FETCH."""

T = TypeVar("T")


class Wire:
    """Signs in at once; use it as a context manager. Raises the `SourceError` tree."""

    def __init__(self, config: ImapConfig) -> None:
        self._where = f"{config.at[0]}:{config.at[1]}"
        self._imap = self._connect(config)
        self._open = ""
        with contextlib.ExitStack() as undo:
            undo.callback(self._hang_up)
            self._sign_in(config)
            # servers tell all that they can only to whoever has signed in
            _, told = self._ask(self._imap.capability)
            undo.pop_all()
        self._condstore = b"CONDSTORE" in b" ".join(lines_of(told)).upper().split()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            self._imap.logout()
        self._hang_up()

    def state(self, folder: str) -> FolderState:
        """A folder's state, without opening it. Raises `ConfigError` if there is none."""
        wanted = "UIDVALIDITY UIDNEXT" + (" HIGHESTMODSEQ" if self._condstore else "")
        kind, data = self._ask(
            lambda: self._imap.status(quoted(encoded_name(folder)), f"({wanted})")
        )
        if kind != "OK":
            raise self._refused(folder, text_of(data))
        told = {name: int(value) for name, value in STATUS.findall(b" ".join(lines_of(data)))}
        try:
            return FolderState(told[b"UIDVALIDITY"], told[b"UIDNEXT"], told.get(b"HIGHESTMODSEQ"))
        except KeyError as missing:
            raise SourceChanged(f"STATUS of {folder!r} does not tell {missing}") from None

    def folders(self) -> list[str]:
        """The names of every folder."""
        _, data = self._ask(self._imap.list)
        found = []
        for line in lines_of(data):
            name = line.decode("ascii", "replace").rpartition(' "')[2] or line.decode(
                "ascii", "replace"
            )
            found.append(decoded_name(name.rpartition(" ")[2].strip('"') or name))
        return sorted(found)

    def search(self, folder: str, *criteria: str) -> list[int]:
        """The UIDs of a folder's messages that meet the criteria, ascending."""
        self._examine(folder)
        kind, data = self._ask(lambda: self._imap.uid("SEARCH", *criteria))
        if kind != "OK":
            raise RequestRefused(f"SEARCH in {folder!r} was refused: {text_of(data)}")
        return sorted(int(uid) for line in lines_of(data) for uid in line.split())

    def changed(self, folder: str, since: int) -> list[int]:
        """The UIDs of messages whose flags changed after `since` (RFC 7162), new ones included."""
        self._examine(folder)
        kind, data = self._ask(
            lambda: self._imap.uid("FETCH", "1:*", f"(UID FLAGS) (CHANGEDSINCE {since})")
        )
        if kind != "OK":
            raise RequestRefused(f"FETCH of changes in {folder!r} was refused: {text_of(data)}")
        return sorted({int(uid) for line in lines_of(data) for uid in UID.findall(line)})

    def fetch(self, folder: str, uids: Sequence[int], what: str) -> Iterator[Fetched]:
        """`what` of each message, with flags and date; those that are gone are left out."""
        for start in range(0, len(uids), AT_ONCE):
            self._examine(folder)
            chosen = ",".join(map(str, uids[start : start + AT_ONCE]))
            asked = partial(self._imap.uid, "FETCH", chosen, f"(UID FLAGS INTERNALDATE {what})")
            kind, data = self._ask(asked)
            if kind != "OK":
                raise RequestRefused(f"FETCH in {folder!r} was refused: {text_of(data)}")
            yield from messages_in(data)

    # --- how ----------------------------------------------------------------------------------

    def _hang_up(self) -> None:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            self._imap.shutdown()

    def _connect(self, config: ImapConfig) -> imaplib.IMAP4:
        host, port = config.at
        context = _context(config.ca_file)
        try:
            if config.security == "tls":
                return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=TIMEOUT_S)
            plain = imaplib.IMAP4(host, port, timeout=TIMEOUT_S)
            if config.security == "starttls":
                with contextlib.ExitStack() as undo:
                    undo.callback(plain.shutdown)
                    plain.starttls(context)
                    undo.pop_all()
        except ssl.SSLCertVerificationError as problem:
            raise SourceUnreachable(
                f"the certificate of {self._where} is not trusted: {problem.verify_message}",
                hint="Correct host, or set ca_file to the authority that signed the certificate.",
            ) from None
        except (imaplib.IMAP4.error, OSError) as problem:
            raise SourceUnreachable(
                f"{self._where} does not answer as an IMAP server: {problem}",
                hint="Check host, port and security.",
            ) from None
        return plain

    def _sign_in(self, config: ImapConfig) -> None:
        try:
            self._imap.login(config.user, config.password.get_secret_value())
        except imaplib.IMAP4.abort:
            raise SourceUnavailable(f"{self._where} hung up while signing in") from None
        except imaplib.IMAP4.error:
            # the server's own words might repeat what was sent
            raise AuthRejected(
                f"{self._where} refused the password of {config.user}",
                hint="Set the password again; with two-step sign-in an app password is needed.",
            ) from None
        except (OSError, UnicodeError) as problem:
            raise SourceUnavailable(
                f"{self._where} did not let us sign in: {type(problem).__name__}"
            ) from None

    def _examine(self, folder: str) -> None:
        if self._open == folder:
            return
        kind, data = self._ask(
            lambda: self._imap.select(quoted(encoded_name(folder)), readonly=True)
        )
        if kind != "OK":
            raise self._refused(folder, text_of(data))
        self._open = folder

    def _refused(self, folder: str, said: str) -> Exception:
        """Why a folder cannot be looked at: mostly because there is none of that name."""
        known = self.folders()
        if folder in known:
            return RequestRefused(f"{folder!r} cannot be opened: {said}")
        return ConfigError(
            f"the mailbox has no folder {folder!r}; there are: {', '.join(known)}",
            hint="Correct folders and sent in this source's table.",
        )

    def _ask(self, what: Callable[[], tuple[str, T]]) -> tuple[str, T]:
        try:
            return what()
        except imaplib.IMAP4.abort as problem:
            raise SourceUnavailable(f"{self._where} hung up: {problem}") from None
        except imaplib.IMAP4.error as problem:
            raise RequestRefused(f"{self._where} refused: {problem}") from None
        except OSError as problem:
            raise SourceUnavailable(f"{self._where} stopped answering: {problem}") from None


def _context(ca_file: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as problem:
        raise ConfigError(
            f"ca_file {ca_file!r} cannot be read: {problem}",
            hint="Name a file with PEM certificates.",
        ) from None
