// Order pictures and wait for them, typed by the schema: `npm run types` makes schema.ts of a server's.

import type { components } from "./schema.js";

type Schemas = components["schemas"];
export type Order = Partial<Schemas["OrderBody"]> & { prompt: string };
export type Accepted = Schemas["Accepted"];
export type Snapshot = Schemas["Snapshot"];

/** A refusal: `code` is for programs, the message for people. */
export class Refused extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}

async function body<T>(answer: Response): Promise<T> {
  const told = await answer.json();
  if (!answer.ok) throw new Refused(answer.status, told.code, told.message);
  return told as T;
}

export async function order(base: string, wish: Order): Promise<Accepted> {
  const answer = await fetch(`${base}/generate`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() },
    body: JSON.stringify(wish),
  });
  return body<Accepted>(answer);
}

/** Every change of a job, the last one when it is over. An unchanged status is a 304 without a body. */
export async function* follow(base: string, jobId: string): AsyncGenerator<Snapshot> {
  let etag = "";
  for (;;) {
    const headers = etag ? { "If-None-Match": etag } : undefined;
    const answer = await fetch(`${base}/status/${jobId}`, { headers });
    if (answer.status !== 304) {
      etag = answer.headers.get("ETag") ?? "";
      const told = await body<Snapshot>(answer);
      yield told;
      if (told.status !== "pending" && told.status !== "in_progress") return;
    }
    await new Promise((wake) => setTimeout(wake, 1000));
  }
}

export function addresses(told: Snapshot): string[] {
  return told.results.flatMap((result) => (result.status === "completed" ? [result.imageUrl] : []));
}
