import { expect, test } from "vitest";
import { tell } from "../../src/cli/told-error.ts";

test("problems of an inventory become one error each, with their place", () => {
  const problems = [
    {
      file: "devices/a.yaml",
      line: 3,
      column: 7,
      code: "unknown-key",
      message: "unknown key adress",
      hint: "did you mean address?",
    },
    { file: "links/b.yaml", line: 1, column: 1, code: "dangling-reference", message: "no device x" },
  ];
  expect(tell(Object.assign(new Error("2 problems"), { exitCode: 22, problems }))).toEqual({
    errors: [
      {
        code: "unknown-key",
        message: "unknown key adress",
        target: "devices/a.yaml:3:7",
        fix: "did you mean address?",
      },
      { code: "dangling-reference", message: "no device x", target: "links/b.yaml:1:1" },
    ],
    exitCode: 22,
    isBug: false,
  });
});

test("a missing file is told by its path and is no bug", () => {
  const error = Object.assign(new Error("ENOENT: no such file or directory, open 'x'"), {
    code: "ENOENT",
    path: "x",
  });
  expect(tell(error)).toEqual({
    errors: [{ code: "enoent", message: "x: no such file or directory", target: "x" }],
    exitCode: 22,
    isBug: false,
  });
});

test("an abort is 130, anything unforeseen a bug", () => {
  expect(tell(new DOMException("x", "AbortError")).exitCode).toBe(130);
  expect(tell(new TypeError("x is not a function"))).toMatchObject({ exitCode: 1, isBug: true });
  expect(tell("a string")).toMatchObject({ exitCode: 1, isBug: true, errors: [{ message: "a string" }] });
});
