"""HTTP/1.1 by hand on asyncio streams: keep-alive, chunked bodies, header names in lower case, no library at all."""

import asyncio
import hmac
import json
import os

SECRET = os.environ["HOOK_SECRET"].encode()
REASONS = {200: "OK", 204: "No Content", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found",
           405: "Method Not Allowed", 413: "Content Too Large", 501: "Not Implemented"}  # fmt: skip
LIMIT = 10_000_000
uuids: set[str] = set()


class Refused(Exception):
    """The request can't be read; args[0] is the status."""


async def connection(reader, writer):
    try:
        while await exchange(reader, writer):
            pass
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, TimeoutError):
        pass
    finally:
        writer.close()


async def exchange(reader, writer):
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
    try:
        method, path, headers = parse(head)
        if "transfer-encoding" in headers:
            body = await chunks(reader)
        else:
            length = headers.get("content-length", "0")
            if not length.isdecimal() or int(length) > LIMIT:
                raise Refused(413 if length.isdecimal() else 400)
            if headers.get("expect", "").lower() == "100-continue":
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = await asyncio.wait_for(reader.readexactly(int(length)), 30)
    except Refused as refused:
        await answer(writer, refused.args[0], None, close=True)
        return False
    status, value = respond(method, path, headers, body)
    close = headers.get("connection", "").lower() == "close"
    await answer(writer, status, value, close=close, head=method == "HEAD")
    return not close


def parse(head):
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    parts = first.split(" ")
    if len(parts) != 3 or any(":" not in line for line in lines):
        raise Refused(400)
    pairs = (line.split(":", 1) for line in lines)
    return parts[0], parts[1].partition("?")[0], {name.lower(): value.strip() for name, value in pairs}


async def chunks(reader):
    body = b""
    while True:
        size = (await reader.readuntil(b"\r\n")).partition(b";")[0].strip()
        try:
            count = int(size, 16)
        except ValueError:
            raise Refused(400) from None
        if len(body) + count > LIMIT:
            raise Refused(413)
        body += (await reader.readexactly(count + 2))[:-2]
        if count == 0:
            return body


def respond(method, path, headers, body):
    if path == "/handled":
        return 200, {"count": len(uuids)}
    if path != "/okta":
        return 404, None
    if not hmac.compare_digest(headers.get("authorization", "").encode("latin-1"), SECRET):
        return 401, None
    if method == "GET":
        challenge = headers.get("x-okta-verification-challenge")
        return (200, {"verification": challenge}) if challenge else (400, None)
    if method != "POST":
        return 405, None
    try:
        batch = [event["uuid"] for event in json.loads(body)["data"]["events"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return 400, None
    uuids.update(batch)
    return 204, None


async def answer(writer, status, value, *, close, head=False):
    body = b"" if value is None else json.dumps(value).encode()
    lines = [f"HTTP/1.1 {status} {REASONS[status]}"]
    if value is not None:
        lines.append("content-type: application/json")
    if status != 204:
        lines.append(f"content-length: {len(body)}")
    if close:
        lines.append("connection: close")
    writer.write("\r\n".join([*lines, "", ""]).encode() + (b"" if head else body))
    await writer.drain()


async def main():
    server = await asyncio.start_server(connection, "127.0.0.1", int(os.environ["PORT"]), limit=256 * 1024, backlog=128)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
