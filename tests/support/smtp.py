"""A mail server on loopback with STARTTLS and sign-in, and with switchable faults."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session, syntax

USER = "kpi"
PASSWORD = "smtp-canary-5f2c"


@dataclass(frozen=True)
class Received:
    """One mail that the server accepted."""

    sender: str
    recipients: list[str]
    raw: bytes
    encrypted: bool

    @property
    def mail(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.SMTP)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class Faults:
    """What goes wrong: recipient to reply, reply after the mail, cut connections."""

    recipients: dict[str, str] = field(default_factory=dict)
    data: str = ""
    sign_in: str = ""
    reset_after_data: bool = False
    drop_at_starttls: bool = False
    starttls_reply: str = ""
    once: str = ""


class MailServer:
    """`security` is starttls, tls or none; `certificate_for` is the name in its certificate."""

    host = "127.0.0.1"

    def __init__(
        self,
        folder: Path,
        security: str = "starttls",
        *,
        sign_in: bool = True,
        certificate_for: str = "127.0.0.1",
    ) -> None:
        self.received: list[Received] = []
        self.faults = Faults()
        authority = trustme.CA()
        self.ca_file = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(certificate_for).configure_cert(context)
        self._controller = _Controller(
            self,
            hostname=self.host,
            port=0,
            ssl_context=context if security == "tls" else None,
            tls_context=context if security == "starttls" else None,
            require_starttls=security == "starttls",
            # aiosmtpd warns where sign-in is demanded without STARTTLS; offered is enough for "tls".
            auth_required=sign_in and security == "starttls",
            auth_require_tls=security == "starttls",
            authenticator=self._authenticate if sign_in else None,
        )

    @property
    def port(self) -> int:
        return self._controller.port

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop()

    def _authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        if self.faults.sign_in:
            return AuthResult(success=False, handled=False, message=self.faults.sign_in)
        good = data.login == USER.encode() and data.password == PASSWORD.encode()
        return AuthResult(success=good, handled=False)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if reply := self.faults.recipients.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.faults.data:
            return self.faults.data
        if once := self.faults.once:
            self.faults.once = ""
            return once
        self.received.append(
            Received(
                str(envelope.mail_from),
                [str(name) for name in envelope.rcpt_tos],
                bytes(envelope.original_content or b""),
                session.ssl is not None,
            )
        )
        if self.faults.reset_after_data:
            self.faults.reset_after_data = False
            server.transport.abort()
        return "250 accepted"


class _Server(SMTP):
    owner: MailServer

    @syntax("STARTTLS", when="tls_context")
    async def smtp_STARTTLS(self, arg: str) -> None:
        faults = self.event_handler.faults
        if faults.drop_at_starttls:
            self.transport.close()
        elif faults.starttls_reply:
            await self.push(faults.starttls_reply)
        else:
            await super().smtp_STARTTLS(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, hostname="mail.example", **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
