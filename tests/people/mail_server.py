"""A server of mail that keeps what it is sent, and answers as it is told."""

import email
import email.policy
import ssl
import subprocess
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def make_certificate(folder, name="127.0.0.1"):
    """A certificate for this machine that signs itself; returns its file and its key's."""
    certificate, key = folder / "mail.pem", folder / "mail.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=mail", "-addext", f"subjectAltName=IP:{name}",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )
    return certificate, key


class Mail:
    def __init__(self, envelope):
        self.sender = envelope.mail_from
        self.recipients = list(envelope.rcpt_tos)
        self.bytes = envelope.original_content
        self.message = email.message_from_bytes(self.bytes, policy=email.policy.default)

    def part(self, kind):
        return self.message.get_body((kind,)).get_content()


class MailServer:
    """`at` maps "rcpt", "data" or "auth" to a list of answers: the first so many get these."""

    def __init__(self, certificate=None, key=None, implicit=False, password=None, at=None):
        self.mails = []
        self.logins = []
        self.at = {step: list(answers) for step, answers in (at or {}).items()}
        self.password = password
        self.lock = threading.Lock()
        self.is_closed = False
        context = None
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate, key)
        self.controller = _Controller(self, context, implicit)
        self.controller.start()

    @property
    def port(self):
        return self.controller.server.sockets[0].getsockname()[1]

    def close(self):
        if not self.is_closed:
            self.controller.stop()
        self.is_closed = True

    def answer(self, step):
        with self.lock:
            answers = self.at.get(step)
            return answers.pop(0) if answers else None

    # What aiosmtpd asks.

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = self.answer("rcpt")
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = Mail(envelope)
        mail.has_tls = session.ssl is not None
        refusal = self.answer("data")
        with self.lock:
            mail.refused = refusal
            self.mails.append(mail)
        return refusal or "250 kept"

    def authenticate(self, server, session, envelope, mechanism, data):
        refusal = self.answer("auth")
        if refusal:
            return AuthResult(success=False, handled=False, message=refusal)
        assert isinstance(data, LoginPassword)
        with self.lock:
            self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password.decode() == self.password, handled=False)


class _Controller(Controller):
    def __init__(self, owner, context, implicit):
        self.owner = owner
        self.context = context
        super().__init__(
            owner, hostname="127.0.0.1", port=0, ssl_context=context if implicit else None
        )

    def factory(self):
        starttls = self.context if self.ssl_context is None else None
        return SMTP(
            self.owner,
            hostname="mail.example.org",
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=self.owner.authenticate if self.owner.password else None,
            auth_required=bool(self.owner.password),
            auth_require_tls=True,
            enable_SMTPUTF8=False,
        )

    def _trigger_server(self):
        """The port is chosen by the system: it is known only now."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
