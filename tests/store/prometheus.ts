/** A real Prometheus as a remote-write receiver, on loopback, that can be stopped and started again. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { onTestFinished } from "vitest";

export const hasPrometheus = (() => {
  try {
    execFileSync("prometheus", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

export interface Prometheus {
  /** Where samples go. */
  writeUrl: string;
  start(): Promise<void>;
  /** Its data stay. */
  stop(): Promise<void>;
  /** Every sample of a selector in the last hours: by the labels but the name, as [ms, value]. */
  samples(selector: string): Promise<Map<string, [number, number][]>>;
  /** Names of all series. */
  names(): Promise<string[]>;
}

/** Made in `directory`, not started. */
export async function prometheus(directory: string): Promise<Prometheus> {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  writeFileSync(join(directory, "prometheus.yml"), "global: {}\n");
  let child: ChildProcess | undefined;
  const stop = async () => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null) return;
    const ended = new Promise((done) => running.once("exit", done));
    running.kill("SIGTERM");
    await ended;
  };
  onTestFinished(stop);
  const get = async (path: string) => {
    const response = await fetch(base + path);
    return (await response.json()) as { data: never };
  };
  return {
    writeUrl: `${base}/api/v1/write`,
    stop,
    async start() {
      child = spawn(
        "prometheus",
        [
          `--config.file=${join(directory, "prometheus.yml")}`,
          `--storage.tsdb.path=${join(directory, "data")}`,
          `--web.listen-address=127.0.0.1:${port}`,
          "--web.enable-remote-write-receiver",
          "--log.level=error",
        ],
        { stdio: ["ignore", "ignore", "ignore"] },
      );
      for (let tries = 0; tries < 300; tries += 1) {
        const isReady = await fetch(`${base}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        );
        if (isReady) return;
        await wait(100);
      }
      throw new Error("Prometheus did not start");
    },
    async samples(selector) {
      const query = encodeURIComponent(`${selector}[3h]`);
      const { data } = (await get(`/api/v1/query?query=${query}`)) as unknown as {
        data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
      };
      return new Map(
        data.result.map(({ metric, values }) => {
          const { __name__, ...labels } = metric;
          return [
            JSON.stringify(labels),
            values.map(([seconds, value]): [number, number] => [Math.round(seconds * 1000), Number(value)]),
          ];
        }),
      );
    },
    async names() {
      return ((await get("/api/v1/label/__name__/values")) as unknown as { data: string[] }).data;
    },
  };
}
