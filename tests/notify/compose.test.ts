/** Messages: readable, bounded, and hostile nowhere. */
import { describe, expect, test } from "vitest";
import { composeMessage } from "../../src/notify/compose.ts";
import { channelOf, delivered, due, enqueue } from "../../src/notify/outbox.ts";
import { webhookBody } from "../../src/notify/shapes.ts";
import { type Notice, noAlerts } from "../../src/notify/types.ts";
import { incident, morningMs, words } from "./any-incident.ts";

const notice = (id: string, kind: Notice["kind"] = "opened", given = {}): Notice => ({
  kind,
  rule: "all",
  incident: incident(id, given),
  cause: "carrier",
});
const compose = (notices: readonly Notice[], context = words) =>
  composeMessage("ops", notices, morningMs, context);

describe("messages", () => {
  test("one incident: its name in the subject, why, since when, whom it hits", () => {
    const { subject, text, severity } = compose([notice("a")]);
    expect(subject).toBe("[pdc Test] NEW: link link-a");
    expect(text.split("\n")).toEqual([
      "NEW · critical · link link-a",
      "  interface wan1 is down",
      "  since 24/11 08:00; cause: carrier (VNPT)",
      "  affected: Ba Đồn (cut off)",
    ]);
    expect(severity).toBe("critical");
  });

  test("in Vietnamese, resolved: how long it lasted", () => {
    const over = notice("a", "closed", { endMs: morningMs + 600_000 });
    const { subject, text, severity } = compose([over], { ...words, language: "vi" });
    expect(subject).toBe("[pdc Test] ĐÃ KHẮC PHỤC: link link-a");
    expect(text).toContain("từ 24/11 08:00, kéo dài 10 min; nguyên nhân: nhà mạng (VNPT)");
    expect(severity).toBe("resolved");
  });

  test("a storm is counted, its first lines told", () => {
    const { subject, text, notices } = compose([
      ...Array.from({ length: 4000 }, (_, i) => notice(`n${i}`)),
      notice("z", "closed"),
    ]);
    expect(subject).toBe("[pdc Test] 4000 NEW, 1 RESOLVED (incidents)");
    expect(text).toContain("and 3981 more");
    expect(text.length).toBeLessThan(12_001);
    expect(notices).toHaveLength(4001);
  });

  const hostile = "\u001b[2J<!channel> [x](http://evil) \r\nBcc: a@b\u202e\u0000\ud800 &amp;";
  const evil = {
    ...words,
    sender: "pdc\r\nBcc: a@b",
    describe: () => ({ subject: hostile, why: hostile, affected: hostile, since: "now" }),
  };

  test("W3: what devices say breaks no line of a subject, and keeps no control character", () => {
    const { subject, text } = compose([notice("a")], evil);
    expect(subject).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(text.isWellFormed()).toBe(true);
  });

  test("each shape is what its receiver takes, and nothing in it is markup or a mention", () => {
    const message = compose([notice("a")], evil);
    expect(webhookBody("slack", message)).toMatchObject({
      text: expect.stringContaining("&lt;!channel&gt;"),
    });
    expect(JSON.stringify(webhookBody("slack", message))).not.toContain("<!channel>");
    const teams = JSON.stringify(webhookBody("teams", message));
    expect(teams).toContain('"application/vnd.microsoft.card.adaptive"');
    expect(teams).not.toContain('TextBlock","text');
    expect(webhookBody("telegram", message, "-100")).toMatchObject({ chat_id: "-100" });
    expect(webhookBody("telegram", message, "-100")).not.toHaveProperty("parse_mode");
    expect(webhookBody("zalo", message, "42")).toMatchObject({
      recipient: { user_id: "42" },
      message: { text: expect.any(String) },
    });
    const long = { ...message, text: "ệ".repeat(50_000) };
    const { message: zalo } = webhookBody("zalo", long, "42") as { message: { text: string } };
    expect(zalo.text.length).toBeLessThanOrEqual(2000);
  });
});

describe("what waits", () => {
  const message = (id: string) => ({ ...compose([notice(id)]), id, channel: "ops" });
  const failed = { ok: false as const, refused: false, error: "down" };

  test("in order, tried less and less often, and struck out once", () => {
    let state = enqueue(noAlerts, [message("1"), message("2")], 0);
    state = enqueue(state, [message("1")], 0);
    expect(state.queue.map(({ id }) => id)).toEqual(["1", "2"]);
    const waits: number[] = [];
    let nowMs = 0;
    for (let i = 0; i < 9; i += 1) {
      expect(due(state, nowMs).map(({ id }) => id)).toEqual(["1"]);
      state = delivered(state, "1", failed, nowMs);
      const nextMs = state.queue[0]?.nextMs ?? 0;
      expect(due(state, nextMs - 1)).toEqual([]);
      waits.push((nextMs - nowMs) / 1000);
      nowMs = nextMs;
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600]);
    expect(channelOf(state, "ops")).toMatchObject({ failingSinceMs: 0, lastError: "down", sent: 0 });
    state = delivered(state, "1", { ok: true }, nowMs);
    state = delivered(state, "1", { ok: true }, nowMs);
    expect(due(state, nowMs).map(({ id }) => id)).toEqual(["2"]);
    expect(channelOf(state, "ops")).toEqual({ lastMadeMs: 0, lastSentMs: nowMs, sent: 1, dropped: 0 });
  });

  test("one the receiver refuses three times makes way for the next, and is kept to look at", () => {
    let state = enqueue(noAlerts, [message("bad"), message("good")], 0);
    for (let i = 0; i < 3; i += 1) state = delivered(state, "bad", { ...failed, refused: true }, i * 60_000);
    expect(state.queue.map(({ id }) => id)).toEqual(["good"]);
    expect(state.dead.map(({ id }) => id)).toEqual(["bad"]);
  });

  test("a channel that is away for long: the oldest go, counted, and it is said", () => {
    let state = noAlerts;
    for (let i = 0; i < 700; i += 1) state = enqueue(state, [message(`m${i}`)], i);
    expect(state.queue).toHaveLength(500);
    expect(state.queue[0]?.id).toBe("m200");
    expect(channelOf(state, "ops").dropped).toBe(200);
    expect(channelOf(delivered(state, "m200", { ok: true }, 800), "ops").dropped).toBe(0);
    const { text } = composeMessage("ops", [notice("a")], morningMs, words, 3);
    expect(text).toContain("3 earlier messages were thrown away");
  });

  test("a receiver that asks for patience gets it", () => {
    const state = delivered(
      enqueue(noAlerts, [message("1")], 0),
      "1",
      { ...failed, retryAfterMs: 60_000 },
      0,
    );
    expect(state.queue[0]?.nextMs).toBe(60_000);
  });
});
