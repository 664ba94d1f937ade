import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { DropCounters } from "../../../src/snmp/types.ts";
import type { LineCoverage } from "./line-coverage.ts";
import { Dice } from "./mutate.ts";
import { FuzzPeers } from "./peers.ts";

/** The full run is 1,000,000: `PDC_FUZZ_PACKETS=1000000`. */
const PACKETS = Number(process.env.PDC_FUZZ_PACKETS ?? 60_000);
const SEED = Number(process.env.PDC_FUZZ_SEED ?? process.env.PDC_TEST_SEED ?? Date.now() % 2 ** 31);
const PEERS = 48;
/** What the heap of the child may grow between the first tenth of the packets and the last. */
const GROWTH_OCTETS = 150 * 1024 * 1024;

interface Outcome {
  datagrams: number;
  rss: number;
  answers: number;
  codes: [string, number][];
  drops: DropCounters;
  mistakes: string[];
  coverage: LineCoverage[];
}

async function ask<T>(child: ChildProcess, question: string): Promise<T> {
  const answer = once(child, "message");
  child.send(question);
  return (await answer)[0] as T;
}

it(`takes ${PACKETS} broken packets through its socket (B8, seed ${SEED})`, {
  timeout: 1_800_000,
}, async () => {
  const peers = new FuzzPeers(new Dice(SEED));
  const ports = await peers.open(PEERS);
  const program = fileURLToPath(new URL("poller-process.ts", import.meta.url));
  const child = fork(program, ports.map(String), { execArgv: [] });
  const exited = once(child, "exit");
  let early: number | undefined;
  let datagrams = 0;
  while (datagrams < PACKETS) {
    await sleep(200);
    if (child.exitCode !== null) throw new Error(`the poller died with code ${child.exitCode}`);
    const progress = await ask<Pick<Outcome, "datagrams" | "rss">>(child, "progress");
    datagrams = progress.datagrams;
    if (early === undefined && datagrams >= PACKETS / 10) early = progress.rss;
  }
  const outcome = await ask<Outcome>(child, "end");
  peers.close();
  const [code] = await exited;

  const lines = outcome.coverage.reduce((sum, { lines: all }) => sum + all, 0);
  const covered = outcome.coverage.reduce((sum, each) => sum + each.covered, 0);
  console.log(
    [
      `${outcome.datagrams} datagrams taken (${peers.sent} sent, ${Math.round((100 * peers.framed) / peers.sent)} % in a valid frame)`,
      `${outcome.answers} requests answered, others: ${outcome.codes.map((each) => each.join(" ")).join(", ")}`,
      `dropped: ${JSON.stringify(outcome.drops)}`,
      `resident memory ${Math.round(early! / 2 ** 20)} MiB early, ${Math.round(outcome.rss / 2 ** 20)} MiB at the end`,
      `decoder line coverage ${((100 * covered) / lines).toFixed(1)} %:`,
      ...outcome.coverage.map(({ file, covered: ran, lines: all, missed }) => {
        const where = missed.length > 0 ? ` (not lines ${missed.join(", ")})` : "";
        return `  ${file} ${ran}/${all}${where}`;
      }),
    ].join("\n"),
  );
  expect(outcome.mistakes.slice(0, 5)).toEqual([]);
  expect(code).toBe(0);
  expect(outcome.rss - early!).toBeLessThan(GROWTH_OCTETS);
  expect(peers.framed / peers.sent).toBeGreaterThanOrEqual(0.5);
  expect(outcome.answers).toBeGreaterThan(0);
  // The decoder was really reached.
  expect(covered / lines).toBeGreaterThan(0.9);
});
