/** Ctrl-C: heard at once, exit code 130, and nothing half done is left. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { compactStore } from "../../src/actions/store/compact.ts";
import { exportStore } from "../../src/actions/store/export.ts";
import { openStore } from "../../src/store/open-store.ts";
import { root, startPdc } from "../acceptance/run-pdc.ts";
import { makeCenter } from "../poll/center.ts";
import { fleet } from "../store/fleet.ts";

const cache = join(root, "node_modules/.cache/pdc-tests");

/** A device that takes questions and never answers. */
async function silentDevice() {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  const { address, port } = socket.address();
  // As long as a timeout may be: who waits for it is not done within the time of a test.
  const center = makeCenter([{ id: "silent", address, port, timeoutMs: 60_000, retries: 3 }]);
  onTestFinished(() => center.dispose());
  return { center, asked: once(socket, "message") };
}

test.each([
  [["device", "show", "silent"]],
  [["device", "walk", "silent"]],
  [["device", "record", "silent", "--file", "FILE"]],
  [["device", "discover", "--timeout", "60000"]],
  [["poll"]],
])("pdc %j", { timeout: 45_000 }, async (words) => {
  const { center, asked } = await silentDevice();
  const file = join(center.stateDirectory, "out.snmprec");
  const args = words.map((word) => (word === "FILE" ? file : word));
  const env = { PDC_INVENTORY: center.inventoryDirectory, PDC_STATE_DIR: center.stateDirectory };
  const child = startPdc(args, { ...env, PDC_CACHE_DIR: cache });
  onTestFinished(() => void child.kill("SIGKILL"));
  await asked;
  child.kill("SIGINT");
  expect(await once(child, "exit")).toEqual([130, null]);
  expect(existsSync(file)).toBe(false);
});

/** A store that is not read in one turn of the event loop. */
function largeStore() {
  const center = makeCenter([]);
  onTestFinished(() => center.dispose());
  const store = openStore(center.storePath, { mode: "write" });
  store.append(fleet({ devices: 20, polls: 300 }).samples);
  store.close();
  return center;
}

test("pdc store export into a pipe that nobody reads", { timeout: 45_000 }, async () => {
  const { storePath, stateDirectory } = largeStore();
  const child = startPdc(["store", "export"], {
    PDC_STORE: storePath,
    PDC_STATE_DIR: stateDirectory,
    PDC_CACHE_DIR: cache,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "readable");
  child.kill("SIGINT");
  expect(await once(child, "exit")).toEqual([130, null]);
});

test.each(["csv", "parquet"] as const)(
  "an export into a file, %s: no file, no part of one",
  async (format) => {
    const { stateDirectory, storePath } = largeStore();
    const directory = join(stateDirectory, "..");
    const before = readdirSync(directory).sort();
    const controller = new AbortController();
    // CSV is written in pieces, and heard between them; a row group of Parquet is larger than this store.
    if (format === "csv") setImmediate(() => controller.abort());
    else controller.abort();
    const exported = exportStore({
      store: storePath,
      stateDirectory,
      what: "samples",
      format,
      file: join(directory, "out"),
      output: new PassThrough(),
      signal: controller.signal,
    });
    await expect(exported).rejects.toMatchObject({ name: "AbortError" });
    expect(readdirSync(directory).sort()).toEqual(before);
  },
);

test("a compaction: what is packed stays packed, the rest waits", async () => {
  const { inventoryDirectory, stateDirectory, storePath } = largeStore();
  const compact = (signal: AbortSignal, onProgress?: (line: string) => void) =>
    compactStore({ inventoryDirectory, stateDirectory, signal, ...(onProgress && { onProgress }) });
  const store = openStore(storePath, { mode: "read" });
  const { samples } = store.status();
  store.close();
  const controller = new AbortController();
  const stopped = await compact(controller.signal, () => setImmediate(() => controller.abort()));
  expect(stopped.isStopped).toBe(true);
  expect(stopped.packed).toBeGreaterThan(0);
  const rest = await compact(new AbortController().signal);
  expect(rest.packed).toBeGreaterThan(0);
  expect(stopped.packed + rest.packed).toBe(samples);
});
