"""A mail server on loopback for the tests: aiosmtpd (Apache-2.0), which keeps what it takes as files.

Usage: mail_server.py PORT FOLDER [plain|starttls|tls] [CERTIFICATE KEY]

In FOLDER/replies, read anew for each command, a line "STAGE RECIPIENT REPLY" answers MAIL, RCPT or DATA (the end of the
message) so; RECIPIENT is an address or *; the reply "wait SECONDS" waits first and then takes it. Whoever logs in is
portal with the password rahasia.
"""

import asyncio
import itertools
import pathlib
import ssl
import sys

from aiosmtpd.smtp import AuthResult, SMTP

port, folder, manner = int(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
numbers = itertools.count(len(list(folder.glob("*.eml"))))


async def reply(stage, recipient):
    try:
        lines = (folder / "replies").read_text().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        where, whom, words = line.split(" ", 2)
        if where == stage and whom in ("*", recipient):
            if not words.startswith("wait "):
                return words
            await asyncio.sleep(float(words[5:]))
    return None


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        refused = await reply("MAIL", address)
        if not refused:
            envelope.mail_from = address
        return refused or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        with (folder / "named").open("a") as named:
            named.write(f"{address}\n")
        refused = await reply("RCPT", address)
        if not refused:
            envelope.rcpt_tos.append(address)
        return refused or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = f"{next(numbers):06}"
        tls = server.transport.get_extra_info("ssl_object") is not None
        head = f"X-Envelope: {envelope.mail_from} {' '.join(envelope.rcpt_tos)} user={session.auth_data} tls={tls}\r\n"
        refused = await reply("DATA", envelope.rcpt_tos[0])
        if refused and not refused.startswith("2"):
            return refused
        (folder / f"{name}.new").write_bytes(head.encode() + envelope.content)
        (folder / f"{name}.new").rename(folder / f"{name}.eml")
        if refused == "250 and away":
            server.transport.abort()
        return refused or "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    known = data.login == b"portal" and data.password == b"rahasia"
    return AuthResult(success=known, handled=False, auth_data="portal" if known else None)


async def main():
    context = None
    if manner != "plain":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[4], sys.argv[5])

    def protocol():
        return SMTP(
            Handler(),
            hostname="mail.example",
            enable_SMTPUTF8=False,
            authenticator=authenticate,
            auth_require_tls=False,
            tls_context=context if manner == "starttls" else None,
            require_starttls=manner == "starttls",
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", port, ssl=context if manner == "tls" else None)
    async with server:
        # The test's process holds the other end: with it, this one ends.
        await loop.run_in_executor(None, sys.stdin.read)
        sys.exit()


asyncio.run(main())
