/** Help that belongs to no command: `pdc help exit-codes | environment | output`. */
import { exitCodeMeanings } from "./exit-codes.ts";

const environment: readonly (readonly [string, string])[] = [
  ["PDC_INVENTORY", "directory of the inventory (--inventory)"],
  ["PDC_OUTPUT", "format of results (--output)"],
  ["PDC_STATE_DIR", "samples, plans and deployment state (default ~/.local/state/pdc)"],
  ["PDC_CACHE_DIR", "what can be made again (default ~/.cache/pdc)"],
  ["PDC_LANG", "language of reports: vi or en (--lang)"],
  ["PDC_NO_CONFIG", "any value: read no pdc.yaml"],
  ["PDC_QUIET, PDC_VERBOSE, PDC_NO_INPUT", "the flags of the same names"],
  ["NO_COLOR, FORCE_COLOR", "never, or always, colour"],
];

function lines(pairs: readonly (readonly [string | number, string])[]): string {
  const width = Math.max(...pairs.map(([left]) => String(left).length));
  return pairs.map(([left, right]) => `  ${String(left).padEnd(width)}  ${right}`).join("\n");
}

export const helpTopics: Readonly<Record<string, () => string>> = {
  "exit-codes": () => `Exit codes, the same for every command:\n\n${lines(exitCodeMeanings)}\n`,
  environment: () =>
    `Environment variables (a flag wins over them, they win over pdc.yaml):\n\n${lines(environment)}\n`,
  output: () =>
    [
      "Data goes to stdout, everything else to stderr.",
      "",
      lines([
        ["table", "for people; the default on a terminal; columns are dropped, then cut, to fit"],
        ["plain", "tab-separated raw values, no header; the default in a pipe"],
        ["csv", "RFC 4180 with a header; safe to open in a spreadsheet"],
        ["json", "one document: schema, ok, exitCode, data, warnings, errors (--json)"],
        ["ndjson", "one JSON value a line"],
        ["html", "one self-contained file, where a command gives it; use with --file"],
        ["pdf", "the same printed on A4, through the Chromium of this machine"],
        ["xlsx", "a workbook with a sheet for each table"],
      ]),
      "",
    ].join("\n"),
};
