/** The notifier through outages of its channel and ends of its process: nothing lost, nothing doubled. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { deliver } from "../../src/notify/channels/deliver.ts";
import { Notifier } from "../../src/notify/notifier.ts";
import { readAlertState, writeAlertState } from "../../src/notify/state-file.ts";
import type { AlertMessage } from "../../src/notify/types.ts";
import { channel, config, morningMs, rule, subject, timeZone, words } from "./any-incident.ts";

/** A webhook that can be away, and a clock that can be turned. */
async function place() {
  const received: AlertMessage[] = [];
  let status = 200;
  const http = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (status === 200) received.push(JSON.parse(body));
      response.writeHead(status);
      response.end();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const directory = mkdtempSync(join(tmpdir(), "pdc-notifier-"));
  onTestFinished(() => {
    http.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const { port } = http.address() as AddressInfo;
  const path = join(directory, "state", "alerts.json");
  const settings = config([rule()], [{ ...channel(), url: `http://127.0.0.1:${port}/` } as never]);
  const clock = { nowMs: morningMs };
  const troubles: Error[] = [];
  const start = async (
    save = (state: Parameters<typeof writeAlertState>[1]) => writeAlertState(path, state),
  ) => {
    const notifier = new Notifier({
      ...words,
      config: settings,
      timeZone,
      state: await readAlertState(path),
      save,
      nowMs: () => clock.nowMs,
      onTrouble: (error) => troubles.push(error),
      deliver: (one, message) =>
        deliver(one, message, { credentialOf: () => Promise.reject(new Error("none")), directory }),
    });
    onTestFinished(() => notifier.close());
    return notifier;
  };
  return {
    received,
    path,
    clock,
    troubles,
    start,
    answer: (next: number) => {
      status = next;
    },
    told: () => received.flatMap(({ notices }) => notices.map(({ kind, incident }) => `${kind} ${incident}`)),
  };
}

describe("the notifier", () => {
  test("tells what begins and what ends, and its memory is private", async () => {
    const { start, told, path, clock } = await place();
    const notifier = await start();
    await notifier.tell([subject("a"), subject("b")], []);
    await notifier.flush();
    clock.nowMs += 600_000;
    expect(notifier.wanted([subject("b")])).toEqual(["a"]);
    await notifier.tell([subject("b")], [subject("a", { endMs: clock.nowMs })]);
    await notifier.flush();
    expect(told()).toEqual(["opened a", "opened b", "closed a"]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await readAlertState(path)).tellings).toHaveLength(1);
  });

  test("an hour without the channel, and three restarts in it: all is told, in order, once", async () => {
    const { start, told, received, clock, answer } = await place();
    answer(503);
    const running = [];
    let notifier = await start();
    for (let i = 0; i < 60; i += 1) {
      if (i % 20 === 10) {
        await notifier.close();
        notifier = await start();
      }
      if (i % 10 === 0) running.push(subject(`i${i}`));
      await notifier.tell(running, []);
      await notifier.flush();
      clock.nowMs += 60_000;
    }
    expect(received).toEqual([]);
    answer(200);
    clock.nowMs += 600_000;
    await notifier.flush();
    await notifier.tell(running, []);
    await notifier.flush();
    expect(told()).toEqual([
      "opened i0",
      "opened i10",
      "opened i20",
      "opened i30",
      "opened i40",
      "opened i50",
    ]);
    expect(new Set(received.map(({ id }) => id)).size).toBe(received.length);
    expect(notifier.state).toMatchObject({ queue: [], dead: [], channels: { ops: { sent: 6 } } });
  });

  test("killed at any write of its memory: nothing lost; doubled only between a yes and its striking out", async () => {
    for (let killAt = 0; killAt < 6; killAt += 1) {
      const { start, received, told, path } = await place();
      let writes = 0;
      const dying = await start(async (state) => {
        if (writes++ >= killAt) throw new Error("killed");
        await writeAlertState(path, state);
      });
      await dying.tell([subject("a"), subject("b", { severity: "warning" })], []);
      await dying.flush();
      await dying.close();
      const next = await start();
      await next.tell([subject("a"), subject("b", { severity: "warning" })], []);
      await next.flush();
      expect(new Set(told())).toEqual(new Set(["opened a", "opened b"]));
      const ids = received.map(({ id }) => id);
      expect(new Set(ids).size).toBe(1);
      expect(ids.length).toBeLessThanOrEqual(killAt === 1 ? 2 : 1);
    }
  });

  test("what cannot be written down is not sent, and it is told", async () => {
    const { start, received, troubles } = await place();
    const notifier = await start(() => Promise.reject(new Error("ENOSPC")));
    await notifier.tell([subject("a")], []);
    await notifier.flush();
    expect(received).toEqual([]);
    expect(troubles.map(({ message }) => message)).toContain("ENOSPC");
  });

  test("a memory that is none is refused, not overwritten", async () => {
    const { path, start } = await place();
    await writeAlertState(path, (await start()).state);
    writeFileSync(path, '{"version":2}');
    await expect(readAlertState(path)).rejects.toMatchObject({ exitCode: 27 });
    writeFileSync(path, '{"version":1,"tell');
    await expect(readAlertState(path)).rejects.toMatchObject({ exitCode: 27 });
  });
});
