import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("what a program writes is told as what happened in its stack, and nothing else is", {
  timeout: 60_000,
}, () => {
  const { stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "output-program.ts")], {
    encoding: "utf8",
  });
  const [own, text = "", ...more] = stdout.split("\n");
  expect(own).toBe("the process itself");
  expect(more).toEqual([""]);
  expect(stderr).toBe("and its errors\n");
  const { told, failing, restored } = JSON.parse(text);
  expect(told).toEqual(
    ["dev", "other"].map((name) => ({
      result: "succeeded",
      messages: [
        `info ${name} says hello\n`,
        `info#err ${name} complains\n`,
        "info#err   twice\n",
        `info ${name} in pieces: ừ\n`,
        // The rest of the line is still open when the resource is there.
        expect.stringMatching(new RegExp(`^info ${name} without an end${name} has out of a-\\d\n$`)),
      ],
      withUrn: false,
    })),
  );
  expect(failing[0]).toBe("before it fails");
  expect(failing.join("\n")).toContain("failed with an unhandled exception");
  expect(restored).toBe(true);
});

test("what a reader of the events writes goes where it writes it", { timeout: 60_000 }, () => {
  const { stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "output-reader.ts")], {
    encoding: "utf8",
  });
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events.flatMap(({ diagnosticEvent }) => diagnosticEvent?.message ?? [])).toEqual([
    "the program\n",
    "the program again\n",
  ]);
  expect(events.at(-1)).toHaveProperty("cancelEvent");
  expect(stderr).toBe("");
});
