import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { EngineError } from "../../interface/errors.ts";
import type { ResourceProvider } from "../../interface/provider.ts";
import { signalGroup, spawnApart } from "../program/process-group.ts";
import { connectProvider } from "./grpc-provider.ts";
import type { PluginLog } from "./host.ts";
import type { PluginCommand } from "./plugin-search.ts";

/** How long a plugin may take to say where it listens, and to leave when asked. */
const START_TIMEOUT_MS = 60_000;
const EXIT_TIMEOUT_MS = 3_000;
/** What is kept of a plugin's output, for the report of its end. */
const KEPT_LINES = 200;

export interface PluginStart {
  readonly command: PluginCommand;
  readonly packageName: string;
  readonly engineAddress: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workDirectory: string;
  readonly log: PluginLog;
}

/**
 * Starts a plugin and connects to it. Its first line of output is the port that it listens on; the rest is shown.
 * @throws EngineError when it ends or says nothing
 */
export async function startPlugin(start: PluginStart): Promise<ResourceProvider> {
  const {
    PULUMI_CONFIG_PASSPHRASE: _p,
    PULUMI_CONFIG_PASSPHRASE_FILE: _f,
    ...environment
  } = start.environment;
  const child = spawnApart(start.command.file, [...start.command.args, start.engineAddress], {
    cwd: start.workDirectory,
    env: { ...start.command.environment, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const plugin = new PluginProcess(child, start);
  const port = await plugin.port;
  const provider = await connectProvider(`127.0.0.1:${port}`);
  return {
    ...provider,
    close: async () => {
      plugin.letGo();
      await provider.close?.();
      await plugin.end();
    },
  };
}

class PluginProcess {
  readonly port: Promise<number>;
  private readonly child: ChildProcess;
  private readonly start: PluginStart;
  private readonly lines: string[] = [];
  private readonly exited: Promise<void>;
  private expected = false;

  constructor(child: ChildProcess, start: PluginStart) {
    this.child = child;
    this.start = start;
    this.exited = new Promise((resolve) => {
      child.once("close", () => resolve());
      child.once("error", () => resolve());
    });
    this.port = this.awaitPort();
    this.port.then(
      () => this.watch(),
      () => {},
    );
    this.readErrors();
  }

  private awaitPort(): Promise<number> {
    return new Promise((resolve, reject) => {
      const fail = (what: string) =>
        reject(
          new EngineError(
            "plugin-start",
            1,
            `the plugin ${this.start.command.label} ${what}${this.output()}`,
          ),
        );
      const timer = setTimeout(() => fail("did not say where it listens"), START_TIMEOUT_MS);
      const lines = createInterface({ input: this.child.stdout! });
      let first = true;
      lines.on("line", (line) => {
        if (!first) return this.keep(line);
        first = false;
        clearTimeout(timer);
        const port = Number(line.trim());
        if (Number.isInteger(port) && port > 0 && port < 65_536) resolve(port);
        else fail(`wrote ${JSON.stringify(line.slice(0, 80))} where its port was expected`);
      });
      this.child.once("error", (error) => {
        clearTimeout(timer);
        fail(`could not be started: ${error.message}`);
      });
      this.child.once("close", (code, signal) => {
        clearTimeout(timer);
        fail(`ended with ${signal ?? `code ${code}`} before it listened`);
      });
    });
  }

  private readErrors(): void {
    createInterface({ input: this.child.stderr! }).on("line", (line) => this.keep(line));
  }

  private keep(line: string): void {
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
    this.start.log.info(line);
  }

  private output(): string {
    return this.lines.length > 0 ? `; it wrote:\n${this.lines.join("\n")}` : "";
  }

  /** A plugin that ends on its own takes its calls with it: that is told once. */
  private watch(): void {
    this.child.once("close", () => {
      if (this.expected) return;
      this.start.log.error(
        `Detected that ${this.start.command.label} exited prematurely.\n` +
          "       This is *always* a bug in the provider. Please report the issue to the provider author as appropriate.\n" +
          "       To assist with debugging we have dumped the STDOUT and STDERR streams of the plugin:\n\n" +
          this.lines.join("\n"),
      );
    });
  }

  /** From now on its end is no surprise. */
  letGo(): void {
    this.expected = true;
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    signalGroup(this.child, "SIGTERM");
    const timer = setTimeout(() => signalGroup(this.child, "SIGKILL"), EXIT_TIMEOUT_MS);
    await this.exited;
    clearTimeout(timer);
  }
}
