// Fastify: a schema for what is needed, and no word about what is not; 200.
const { timingSafeEqual, createHash } = require("node:crypto");
const fastify = require("fastify")({ bodyLimit: 20 * 1024 * 1024 });

const digest = (text) => createHash("sha256").update(text).digest();
const secret = digest(process.env.HOOK_SECRET);
const handled = new Map();

fastify.addHook("onRequest", async (request, reply) => {
  if (request.url === "/handled") return;
  if (!timingSafeEqual(digest(request.headers.authorization ?? ""), secret)) {
    return reply.code(401).send();
  }
});

const body = {
  type: "object",
  required: ["data"],
  properties: {
    data: {
      type: "object",
      required: ["events"],
      properties: {
        events: {
          type: "array",
          items: { type: "object", required: ["uuid"], properties: { uuid: { type: "string" } } },
        },
      },
    },
  },
};

fastify.get("/v1/okta", async (request, reply) => {
  const challenge = request.headers["x-okta-verification-challenge"];
  return challenge ? { verification: challenge } : reply.code(400).send();
});

fastify.post("/v1/okta", { schema: { body } }, async (request, reply) => {
  for (const event of request.body.data.events) {
    if (!handled.has(event.uuid)) handled.set(event.uuid, event.eventType);
  }
  return reply.code(200).send();
});

fastify.get("/handled", async () => ({ count: handled.size }));

fastify.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
