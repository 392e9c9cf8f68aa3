"""A server of mail that says at each stage what it is told to say, and is strict about names."""

import re
import socketserver
import threading
import time

NAME = re.compile(r"(\[(\d+\.){3}\d+\]|\[IPv6:[0-9a-fA-F:.]+\]|[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+)$")
CLOSE = "close"


class LoopbackServer(socketserver.ThreadingTCPServer):
    """Serves every connection to a free port of this machine on a thread of its own."""

    daemon_threads, allow_reuse_address, request_queue_size = True, True, 64

    def __init__(self, handler):
        super().__init__(("127.0.0.1", 0), handler)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class After:
    """An answer that takes its time."""

    def __init__(self, seconds, answer):
        self.seconds, self.answer = seconds, answer


class SmtpScript:
    """`answers` maps a stage ("greeting", "EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT",
    "RCPT a@example.org", "DATA", "message") to an answer for ever, or a list of the first ones.
    Else it says yes. With a context for `tls` it speaks that from the first byte on, or after
    STARTTLS where it offers it."""

    def __init__(self, answers=None, offers=(), tls=None):
        self.answers = {stage: answer if isinstance(answer, (str, After)) else list(answer)
                        for stage, answer in (answers or {}).items()}
        self.offers = offers
        self.tls = tls
        self.seen = []  # Whose certificate each client showed.
        self.secured = []
        self.mails = []  # Recipients and message of each that was taken.
        self.names = []  # What clients called themselves.
        self.lock = threading.Lock()
        script = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    has_tls = script.tls and "STARTTLS" not in script.offers
                    script.talk(script.secure(self.request) if has_tls else self.request)
                except OSError:
                    pass

        self.server = LoopbackServer(Handler)
        self.port = self.server.port

    def close(self):
        self.server.close()
        for connection in self.secured:
            connection.close()

    def received(self, address):
        with self.lock:
            return sum(address in recipients for recipients, _ in self.mails)

    def answer(self, stage, otherwise):
        with self.lock:
            answers = self.answers.get(stage)
            if isinstance(answers, list):
                answers = answers.pop(0) if answers else None
        if isinstance(answers, After):
            time.sleep(answers.seconds)
            answers = answers.answer
        return answers or otherwise

    def secure(self, connection):
        connection = self.tls.wrap_socket(connection, server_side=True)
        peer = connection.getpeercert() or {}
        with self.lock:
            self.secured.append(connection)
            self.seen.append(dict(each[0] for each in peer.get("subject", ())).get("commonName"))
        return connection

    def talk(self, connection):
        incoming = connection.makefile("rb")

        def say(text):
            if text == CLOSE:
                raise ConnectionAbortedError
            connection.sendall(text.encode() + b"\r\n")
            return text[:1] in "23"

        if not say(self.answer("greeting", "220 mail.example.org ESMTP")):
            return
        recipients = []
        while line := incoming.readline():
            text = line.decode().rstrip("\r\n")
            verb = text.split(" ")[0].upper()
            if verb in ("EHLO", "HELO"):
                say(self.answer(verb, self.greet(verb, text.partition(" ")[2])))
            elif verb == "STARTTLS" and self.tls:
                say("220 go on")
                connection = self.secure(connection)
                incoming = connection.makefile("rb")
            elif verb == "AUTH":
                if say(self.answer("AUTH", "334 ")):
                    incoming.readline()
                    say("235 welcome")
            elif verb == "MAIL":
                recipients = []
                say(self.answer("MAIL", "250 ok"))
            elif verb == "RCPT":
                address = re.search("<(.*)>", text)[1]
                if say(self.answer(f"RCPT {address}", self.answer("RCPT", "250 ok"))):
                    recipients.append(address)
            elif verb == "DATA":
                if say(self.answer("DATA", "354 go on")):
                    self.take(incoming, recipients, say)
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say(self.answer(verb, "502 what?"))

    def greet(self, verb, name):
        with self.lock:
            self.names.append(name)
        if not NAME.match(name):
            return f"550 5.5.2 {name}: not a domain and not an address"
        if verb == "HELO":
            return "250 mail.example.org"
        return "\r\n".join(f"250-{line}" for line in ("mail.example.org", *self.offers)) + "\r\n250 HELP"

    def take(self, incoming, recipients, say):
        lines = []
        for line in incoming:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        else:
            return
        if say(self.answer("message", "250 kept")):
            with self.lock:
                self.mails.append((recipients, b"".join(lines)))
