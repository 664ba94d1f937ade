/** The screen: ink draws the lines and hears keys; and the whole of it on a pseudo-terminal. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { render } from "ink-testing-library";
import { createElement as h } from "react";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type StartedAgent, startAgent } from "../../../src/lab/agent/start-agent.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { Frame, type Pressed } from "../../../src/ui/watch/screen.ts";
import { cleanEnvironment, pdc, pdcPath, startPdc } from "../../acceptance/run-pdc.ts";
import { type Center, makeCenter, recording } from "../../poll/center.ts";

describe("ink", () => {
  test("draws each line, and tells keys by name and characters as they are", async () => {
    const pressed: Pressed[] = [];
    const onPress = (one: Pressed) => void pressed.push(one);
    const { lastFrame, stdin, rerender, unmount } = render(
      h(Frame, { lines: ["one", "", "three"], onPress }),
    );
    onTestFinished(() => unmount());
    expect(
      lastFrame()
        ?.split("\n")
        .map((line) => line.trimEnd()),
    ).toEqual(["one", "", "three"]);
    rerender(h(Frame, { lines: ["ONE", "", "three"], onPress }));
    expect(lastFrame()).toContain("ONE");
    const keys = ["\u001b[A", "\u001b[6~", "\r", "\t", "\u007f", "/", "ệ", "\u0003"];
    for (const key of keys) {
      stdin.write(key);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect(pressed).toEqual([
      { key: "up" },
      { key: "pageDown" },
      { key: "enter" },
      { key: "tab" },
      { key: "backspace" },
      { text: "/" },
      { text: "ệ" },
      { key: "q" },
    ]);
  });
});

function hasTmux(): boolean {
  try {
    execFileSync("tmux", ["-V"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasTmux())("in a terminal (skipped without tmux)", () => {
  const agents: StartedAgent[] = [];
  let place: Center;
  const environment = () => ({
    PDC_INVENTORY: place.inventoryDirectory,
    PDC_STATE_DIR: place.stateDirectory,
    PDC_CACHE_DIR: join(place.stateDirectory, "cache"),
  });
  const poll = () => new Promise((resolve) => startPdc(["poll"], environment()).on("close", resolve));

  beforeAll(async () => {
    for (const family of ["cisco-ios", "mikrotik-routeros"])
      agents.push(await startAgent(recording(family), { moving: true }));
    place = makeCenter([
      ...agents.map(({ address, port }, at) => ({ id: `router-${at}`, address, port })),
      { id: "dead", address: "127.0.0.1", port: 9, timeoutMs: 100, retries: 0, site: "site-b" },
    ]);
    await poll();
  }, 60_000);
  afterAll(async () => {
    for (const agent of agents) await agent.stop();
    place.dispose();
  });

  /** Starts `pdc watch` in a terminal of its own, 80 × 24. */
  function watch(env: NodeJS.ProcessEnv = {}) {
    const socket = join(place.stateDirectory, `tmux-${process.hrtime.bigint()}`);
    const log = `${socket}.log`;
    const status = `${socket}.status`;
    const tmux = (...args: string[]) =>
      execFileSync("tmux", ["-S", socket, "-f", "/dev/null", ...args], {
        encoding: "utf8",
        env: {
          ...cleanEnvironment,
          TERM: "xterm-256color",
          LC_ALL: "C.UTF-8",
          PDC_NO_CONFIG: "1",
          ...environment(),
          ...env,
        },
      });
    // What is written before the log is there would be lost.
    const command = `while [ ! -e ${log} ]; do sleep 0.1; done; ${pdcPath} watch; echo $? >${status}; sleep 600`;
    tmux("new-session", "-d", "-x", "80", "-y", "24", command);
    tmux("pipe-pane", "-o", `cat >${log}`);
    onTestFinished(() => void tmux("kill-server"));
    const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : "");
    return {
      screen: (...flags: string[]) => tmux("capture-pane", "-p", ...flags),
      until: (text: string | RegExp) =>
        expect.poll(() => tmux("capture-pane", "-p"), { timeout: 40_000, interval: 200 }).toMatch(text),
      type: (...keys: string[]) => tmux("send-keys", ...keys),
      resize: (columns: number, rows: number) =>
        tmux("resize-window", "-x", String(columns), "-y", String(rows)),
      pid: () =>
        Number(
          execFileSync("pgrep", ["-f", "-P", tmux("display-message", "-p", "#{pane_pid}").trim(), "watch"], {
            encoding: "utf8",
          }).split("\n")[0],
        ),
      raw: () => read(log),
      ended: () => expect.poll(() => read(status).trim(), { timeout: 20_000, interval: 100 }),
    };
  }

  test("shows the province, follows keys and the store, acknowledges, and leaves the terminal as it was", {
    timeout: 180_000,
  }, async () => {
    const { screen, until, type, resize, raw, ended } = watch();
    await until("data of");
    await until("incidents 1, 1 new");
    type("3");
    await until(/› down +dead/);
    resize(120, 40);
    await until(/› down +dead +router/);
    resize(80, 24);
    type("4");
    await until("a acknowledges it");
    type("a");
    await until("acknowledged: Device dead");
    await until("acknowledged by");
    const store = openStore(place.storePath, { mode: "read" });
    onTestFinished(() => store.close());
    expect(store.journal.find({ kind: "annotation" })).toHaveLength(1);
    const [before] = screen().split("\n");
    await poll();
    await expect.poll(() => screen().split("\n")[0], { timeout: 40_000 }).not.toBe(before);
    const octets = raw().length;
    await new Promise((resolve) => setTimeout(resolve, 4000));
    // Nothing moved, so hardly anything was sent: a frame at most, when the newest sample's time was still to come.
    expect(raw().length - octets).toBeLessThan(2500);
    type("q");
    await ended().toBe("0");
    expect(raw()).toContain("\u001b[?1049h");
    expect(raw()).toContain("\u001b[?1049l");
  });

  test("the second time it shows at once what it saw last; without colour there is none", {
    timeout: 120_000,
  }, async () => {
    const { screen, until, type, raw, ended } = watch({ NO_COLOR: "1" });
    await until("data of");
    const first = raw().slice(0, 2500);
    expect(first).toMatch(/as of \d\d\/\d\d .*reading/);
    expect(first).toContain("devices 3:");
    type("3");
    await until(/› down +dead/);
    expect(screen("-e")).not.toContain("\u001b[3");
    expect(raw()).not.toMatch(/\u001b\[[0-9;]*[1-9][0-9;]*m/);
    type("C-c");
    await ended().toBe("0");
  });

  test("SIGTERM leaves the terminal as it was", { timeout: 60_000 }, async () => {
    const { until, raw, pid, ended } = watch();
    await until("data of");
    process.kill(pid(), "SIGTERM");
    await ended().toBe("143");
    expect(raw()).toContain("\u001b[?1049l");
  });

  test("no terminal: one snapshot; no store: an error that says what to do", { timeout: 60_000 }, () => {
    const piped = pdc(["watch", "--json"], { env: environment() });
    expect(piped.status, piped.stderr).toBe(0);
    const { data } = JSON.parse(piped.stdout);
    expect(data.rows.filter(({ kind }: { kind: string }) => kind === "device")).toHaveLength(3);
    expect(pdc(["watch"], { env: environment() }).stdout).toMatch(/device\tdead\tdown/);
    const none = join(place.stateDirectory, "none.db");
    const nothing = pdc(["watch"], { env: { ...environment(), PDC_STORE: none } });
    expect(nothing.status).not.toBe(0);
    expect(nothing.stderr).toContain("none.db");
  });
});
