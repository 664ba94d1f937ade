/** `npm run bench [-- NAME] [--json]`: runs tests/bench/*.bench.ts one after the other and prints their figures. */
import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Figure } from "./figure.ts";

const { values, positionals } = parseArgs({ options: { json: { type: "boolean" } }, allowPositionals: true });
const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".bench.ts"))
  .filter((name) => positionals.length === 0 || positionals.some((wanted) => name.includes(wanted)))
  .sort();
if (files.length === 0) {
  console.error(`no benchmark is called ${positionals.join(", ")}`);
  process.exit(2);
}

function reached({ value, target }: Figure): string {
  const match = target?.match(/^(<=|>=)\s*([\d.]+)$/);
  if (!match) return "";
  return (match[1] === "<=" ? value <= Number(match[2]) : value >= Number(match[2]))
    ? "reached"
    : "not reached";
}

for (const file of files) {
  const { run } = (await import(`./${file}`)) as { run: () => Promise<Figure[]> };
  if (!values.json) console.log(`\n${file.replace(".bench.ts", "")}`);
  for (const figure of await run()) {
    if (values.json) {
      console.log(JSON.stringify({ target: "", peers: {}, ...figure }));
      continue;
    }
    const peers = Object.entries(figure.peers ?? {}).map(
      ([name, value]) => `${name} ${value.toPrecision(4)}`,
    );
    console.log(
      `  ${figure.name}: ${figure.value.toPrecision(5)} ${figure.unit}`,
      figure.target ? `(to reach ${figure.target}: ${reached(figure)})` : "",
      peers.length > 0 ? `; ${peers.join(", ")}` : "",
    );
  }
}
process.exit(0);
