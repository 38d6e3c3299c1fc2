"""One SMTP session: encrypted and verified, or not at all. Errors come out as delivery errors."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from deskpulse.errors import DeliveryDeferred, DeliveryError, DeliveryRejected
from deskpulse_notifiers.email.addresses import address_of, domain_of
from deskpulse_notifiers.text import fit, one_line

if TYPE_CHECKING:
    from deskpulse_notifiers.email.config import EmailConfig

Reply = tuple[int, bytes]
"""What a server answered: code and text."""

_LOGIN = "Check `username` and `password`; many servers want an app password for programs."
_SECURITY = "Check `security` and `port` (starttls: 587, tls: 465); mail is never sent unencrypted."
_HINTS = {
    530: _LOGIN,
    534: _LOGIN,
    535: _LOGIN,
    550: "The server does not accept this sender or these recipients: check both.",
    551: "The server does not accept these recipients: check them.",
    552: "The mail is too large for the server, or a mailbox is full.",
    553: "The server does not let this user send as `sender`: check it.",
    554: "The server refuses this mail; its reply says why.",
}


def deliver(config: EmailConfig, recipients: Sequence[str], mail: bytes) -> dict[str, Reply]:
    """Hand the mail over; return the recipients that the server refused, with its replies.

    Returns only if at least one recipient was accepted. Raises `DeliveryRejected` or
    `DeliveryDeferred`; after the latter the mail may have arrived all the same, when the
    connection broke after the last byte.
    """
    with session(config) as smtp:
        refused = smtp.sendmail(address_of(config.sender)[1], list(recipients), mail)
        # It is accepted: a server that cannot say goodbye changes nothing.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            smtp.quit()
    return refused


@contextlib.contextmanager
def session(config: EmailConfig) -> Iterator[smtplib.SMTP]:
    """A connection that is secured and signed in, closed at the end."""
    smtp: _Line | None = None
    try:
        smtp = _connected(config)
        try:
            if config.username and config.password:
                smtp.login(config.username, config.password.get_secret_value())
            yield smtp
        finally:
            smtp.close()
    except (OSError, smtplib.SMTPException) as problem:
        raise _delivery_error(
            config, problem, unsure=smtp is not None and smtp.handing_over
        ) from None


def _connected(config: EmailConfig) -> _Line:
    # The name in EHLO: the sender's domain, not this machine's name (nor a slow look-up of it).
    name = domain_of(config.sender)
    if config.security == "tls":
        return _EncryptedLine(
            config.host, config.port, name, timeout=config.timeout_s, context=_verifying(config)
        )
    smtp = _Line(config.host, config.port, name, timeout=config.timeout_s)
    if config.security == "starttls":
        try:
            # Without a context smtplib encrypts, but verifies nothing.
            smtp.starttls(context=_verifying(config))
        except BaseException:
            smtp.close()
            raise
    return smtp


class _Line(smtplib.SMTP):
    """Knows whether the mail itself has been under way: then a broken line leaves it open."""

    handing_over = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        """The DATA command with the mail; the answer is all that is certain."""
        self.handing_over = True
        reply = super().data(msg)
        self.handing_over = False
        return reply


class _EncryptedLine(_Line, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def _verifying(config: EmailConfig) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=config.ca_file)


def _delivery_error(config: EmailConfig, problem: Exception, *, unsure: bool) -> DeliveryError:
    """`unsure`: the mail was under way when it happened."""
    server = f"{config.host}:{config.port}"
    match problem:
        case smtplib.SMTPRecipientsRefused():
            return _all_refused(config, problem.recipients)
        case smtplib.SMTPAuthenticationError():
            return by_reply(config, "the sign-in", _reply(problem), _LOGIN)
        case smtplib.SMTPResponseException():
            return by_reply(config, "the mail", _reply(problem))
        case smtplib.SMTPNotSupportedError():
            what = "sign-in" if "AUTH" in str(problem) else "STARTTLS"
            return DeliveryRejected(f"{server} does not offer {what}; not sent", hint=_SECURITY)
        case ssl.SSLCertVerificationError():
            return DeliveryRejected(
                f"the certificate of {server} cannot be verified ({problem.verify_message})",
                hint="Check `host`; for a certificate authority of your own give its `ca_file`.",
            )
        case ssl.SSLError():
            return DeliveryDeferred(
                f"no encryption with {server} ({problem.reason})", hint=_SECURITY
            )
        case socket.gaierror():
            return DeliveryDeferred(
                f"{config.host} cannot be found", hint="Check `host` and the network."
            )
    if type(problem) is smtplib.SMTPException:  # smtplib's word for "no method in common"
        return DeliveryRejected(f"{server} offers no usable way to sign in", hint=_LOGIN)
    return DeliveryDeferred(
        f"the connection to {server} failed ({type(problem).__name__})"
        + ("; the mail may have arrived" if unsure else ""),
        ambiguous=unsure,
    )


def _all_refused(config: EmailConfig, recipients: dict[str, Reply]) -> DeliveryError:
    # One that may be accepted later is enough to try again.
    kindest = min(recipients.values(), key=lambda reply: reply[0])
    return by_reply(config, f"all {len(recipients)} recipients", kindest)


def by_reply(config: EmailConfig, what: str, reply: Reply, hint: str = "") -> DeliveryError:
    """5xx is final, anything else may pass (RFC 5321, 4.2.1)."""
    code, raw = reply
    text = raw.decode("utf-8", "replace")
    if config.password is not None:
        text = text.replace(config.password.get_secret_value(), "***")
    words = f"{config.host}:{config.port} refused {what}: {code} {fit(one_line(text), 200)}"
    if 500 <= code <= 599:
        return DeliveryRejected(words, hint=hint or _HINTS.get(code, ""))
    return DeliveryDeferred(words)


def _reply(problem: smtplib.SMTPResponseException) -> Reply:
    text = problem.smtp_error
    return problem.smtp_code, text if isinstance(text, bytes) else text.encode()
