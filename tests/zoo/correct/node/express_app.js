// Express: JSON bodies up to 20 MB instead of body-parser's 100 kb, a custom header, work after the answer.
const crypto = require("node:crypto");
const express = require("express");

const secret = Buffer.from(process.env.HOOK_SECRET);
const seen = new Set();
const handled = [];
const app = express();
app.disable("x-powered-by");

function authenticate(req, res, next) {
  const given = Buffer.from(req.get("X-Api-Key") ?? "");
  const same = given.length === secret.length && crypto.timingSafeEqual(given, secret);
  return same ? next() : res.sendStatus(401);
}

app.get("/handled", (req, res) => res.json({ count: handled.length }));
app.use("/api/okta-events", authenticate, express.json({ limit: "20mb" }));

app.get("/api/okta-events", (req, res) => {
  const challenge = req.get("x-okta-verification-challenge");
  return challenge ? res.json({ verification: challenge }) : res.sendStatus(400);
});

app.post("/api/okta-events", (req, res) => {
  const events = req.body?.data?.events;
  if (!Array.isArray(events) || events.some((event) => typeof event?.uuid !== "string")) {
    return res.status(400).end();
  }
  const fresh = events.filter(({ uuid }) => !seen.has(uuid) && seen.add(uuid));
  res.status(204).end();
  setImmediate(() => {
    for (const event of fresh) {
      const user = event.target?.find((target) => target.type === "User");
      handled.push(`${event.eventType} ${user?.alternateId ?? "nobody"}`);
    }
  });
});

app.use((error, req, res, next) => res.status(error.status ?? 500).end());

app.listen(Number(process.env.PORT), "127.0.0.1");
