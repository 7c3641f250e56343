"""Tornado: Basic credentials compared as one string, work on a thread pool after the answer, 200."""

import asyncio
import concurrent.futures
import hmac
import json
import os

import tornado.web

SECRET = os.environ["HOOK_SECRET"].encode()
pool = concurrent.futures.ThreadPoolExecutor(4)
uuids: set[str] = set()
done: list[str] = []


class Hook(tornado.web.RequestHandler):
    def prepare(self):
        if not hmac.compare_digest(self.request.headers.get("Authorization", "").encode(), SECRET):
            raise tornado.web.HTTPError(401)

    def get(self):
        challenge = self.request.headers.get("X-Okta-Verification-Challenge")
        if not challenge:
            raise tornado.web.HTTPError(400)
        self.write({"verification": challenge})

    def post(self):
        try:
            events = {event["uuid"]: event for event in json.loads(self.request.body)["data"]["events"]}
        except (ValueError, TypeError, KeyError, RecursionError):
            raise tornado.web.HTTPError(400) from None
        for uuid in events.keys() - uuids:
            uuids.add(uuid)
            pool.submit(done.append, uuid)

    def write_error(self, status_code, **_):
        self.finish()


class Handled(tornado.web.RequestHandler):
    def get(self):
        self.write({"count": len(done)})


async def main():
    app = tornado.web.Application([("/event-hooks/v1", Hook), ("/handled", Handled)], log_function=lambda _: None)
    app.listen(int(os.environ["PORT"]), "127.0.0.1", max_buffer_size=20_000_000)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
