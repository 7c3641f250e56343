// Node without packages: streams the body, and stores each event before it answers.
const { createServer } = require("node:http");
const { timingSafeEqual } = require("node:crypto");

const secret = Buffer.from(process.env.HOOK_SECRET);
const limit = 10_000_000;
const store = new Map();

function reply(res, status, value) {
  const body = value === undefined ? "" : JSON.stringify(value);
  res.writeHead(status, value === undefined ? {} : { "Content-Type": "application/json; charset=utf-8" });
  res.end(body);
}

function allowed(req) {
  const given = Buffer.from(req.headers.authorization ?? "", "latin1");
  return given.length === secret.length && timingSafeEqual(given, secret);
}

async function read(req) {
  const chunks = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return size <= limit ? Buffer.concat(chunks) : null;
}

function eventsOf(body) {
  try {
    const { events } = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body)).data;
    return events.every((event) => typeof event.uuid === "string") ? events : null;
  } catch {
    return null;
  }
}

const server = createServer(async (req, res) => {
  if (req.url === "/handled") return reply(res, 200, { count: store.size });
  const body = await read(req);
  if (req.url !== "/") return reply(res, 404);
  if (!allowed(req)) return reply(res, 401);
  if (req.method === "GET") {
    const challenge = req.headers["x-okta-verification-challenge"];
    return challenge ? reply(res, 200, { verification: challenge }) : reply(res, 400);
  }
  if (req.method !== "POST") return reply(res, 405);
  if (body === null) return reply(res, 413);
  const events = eventsOf(body);
  if (!events) return reply(res, 400);
  for (const event of events) {
    if (!store.has(event.uuid)) store.set(event.uuid, event);
  }
  return reply(res, 200);
});

server.listen(Number(process.env.PORT), "127.0.0.1", 511);
