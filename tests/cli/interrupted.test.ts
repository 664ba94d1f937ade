/** What a command that was interrupted says it ended with. */
import { Flags } from "@oclif/core";
import { afterEach, expect, test, vi } from "vitest";
import { PdcCommand } from "../../src/cli/base-command.ts";
import { root } from "../acceptance/run-pdc.ts";

class NothingReached extends PdcCommand {
  static override flags = { signal: Flags.string({ required: true }) };

  async run(): Promise<void> {
    const { flags } = await this.parse(NothingReached);
    process.emit(flags.signal as NodeJS.Signals);
    await this.present({ schema: "pdc.test/1", data: [], exitCode: 23, text: "", errors: [] });
  }
}

const exitCode = process.exitCode;
afterEach(() => {
  process.exitCode = exitCode;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(signal);
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
])("%s: %i, also in the document, whatever the command found until then", async (signal, expected) => {
  const written: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text, done) => {
    written.push(String(text));
    (done as unknown as () => void)();
    return true;
  });
  await NothingReached.run(["--signal", signal, "--json"], { root });
  vi.restoreAllMocks();
  expect(process.exitCode).toBe(expected);
  expect(JSON.parse(written.join(""))).toMatchObject({ ok: false, exitCode: expected });
});
