import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("a program that waits for what never comes fails, and it is said for what", { timeout: 60_000 }, () => {
  const text = execFileSync(process.execPath, [join(import.meta.dirname, "stuck-program.ts")], {
    encoding: "utf8",
  });
  const { result, errors, names, again } = JSON.parse(text);
  expect(result).toBe("failed");
  expect(errors.join("\n")).toMatch(
    /"b" \[tst:index:R\] was waiting for the value of its input property "never"/,
  );
  expect(names).toEqual(["a"]);
  expect(again).toBe("succeeded");
});
