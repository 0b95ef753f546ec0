// A receiver of webhooks to copy: it believes what is signed, takes each
// message once and notices when one is missing. It needs Node alone.
import { createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";

/** How old or how early a message may be, in seconds. */
const tolerance = 300;

/** One event. */
export interface Message {
  /** The same for every attempt and replay. */
  id: string;
  /** Which replay it is; 0 for the delivery of the event itself. */
  replay: number;
  type: string;
  timestamp: string;
  sequence: number;
  previousSequence: number;
  /** A later one than before: the studio was restored. */
  epoch: number;
  data: unknown;
}

/** Thrown for everything that was not signed with a known key a moment ago. Answer it with 401 and say no more. */
export class Refused extends Error {}

/**
 * Returns the message of a request if it was signed with one of keys: shared secrets (whsec_…) or public keys
 * (whpk_…). Keep the old key beside the new one while a rotation lasts. Body is what was received, byte by byte.
 */
export function open(keys: string[], headers: Record<string, string | undefined>, body: Buffer, now = Date.now()): Message {
  const id = headers["webhook-id"] ?? "";
  const stamp = headers["webhook-timestamp"] ?? "";
  if (!/^\d{1,12}$/.test(stamp) || Math.abs(now / 1000 - Number(stamp)) > tolerance) throw new Refused();
  const signed = Buffer.concat([Buffer.from(`${id}.${stamp}.`), body]);
  const genuine = (headers["webhook-signature"] ?? "").split(" ").some((offered) => {
    const [version = "", text = ""] = offered.split(",");
    return keys.some((key) => matches(key, version, Buffer.from(text, "base64"), signed));
  });
  if (!genuine) throw new Refused();
  return { ...JSON.parse(body.toString("utf8")), id, replay: Number(headers["webhook-replay"] ?? 0) };
}

function matches(text: string, version: string, sum: Buffer, signed: Buffer): boolean {
  const [kind = "", encoded = ""] = text.split("_");
  const key = Buffer.from(encoded, "base64");
  if (kind === "whsec" && version === "v1" && key.length > 0) {
    const want = createHmac("sha256", key).update(signed).digest();
    return sum.length === want.length && timingSafeEqual(sum, want);
  }
  if (kind === "whpk" && version === "v1a" && key.length === 32) {
    const jwk = { kty: "OKP", crv: "Ed25519", x: key.toString("base64url") };
    return verify(null, signed, createPublicKey({ key: jwk, format: "jwk" }), sum);
  }
  return false;
}

/**
 * Knows what was received. Keep the same in a table of your own, in the transaction that does what the message asks
 * for. A fresh one is that of a new endpoint.
 */
export class Ledger {
  private seen = new Set<string>();
  private epoch = 0;
  private head = 0; // up to here nothing is missing
  private next = new Map<number, number>(); // what came after a message that is still missing

  /** Reports whether the message is new. A repeated one is answered with 2xx and otherwise ignored. */
  take(message: Message): boolean {
    if (this.seen.has(message.id)) return false;
    this.seen.add(message.id);
    if (this.epoch !== 0 && message.epoch > this.epoch) {
      // The chain goes on from where the restore led back to.
      this.next.clear();
      this.head = message.previousSequence;
    }
    this.epoch = Math.max(this.epoch, message.epoch);
    if (message.previousSequence < this.head) return true; // a replay of what the endpoint was not sent before
    this.next.set(message.previousSequence, message.sequence);
    for (let at = this.next.get(this.head); at !== undefined; at = this.next.get(this.head)) {
      this.next.delete(this.head);
      this.head = at;
    }
    return true;
  }

  /**
   * The stretch of the feed, without its ends, in which messages are missing: they are on their way or, where they do
   * not come, replayEvents brings them. Undefined where nothing is missing.
   */
  missing(): { after: number; before: number } | undefined {
    if (this.next.size === 0) return undefined;
    return { after: this.head, before: Math.min(...this.next.keys()) + 1 };
  }
}
