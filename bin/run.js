#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

// Said before anything is imported that an older Node.js cannot read.
if (Number.parseInt(process.versions.node, 10) < 24) {
  console.error(
    `pdc: needs Node.js 24 or later, this is ${process.versions.node} (npm install --global node@24)`,
  );
  process.exit(22);
}
nodeModule.enableCompileCache();
const here = new URL("../", import.meta.url);
// A checkout runs its source through Node's type stripping; the package holds only dist/.
const isCheckout = existsSync(new URL("src/cli/main.ts", here));
const root = isCheckout ? here : new URL("dist/", here);
const [first, ...others] = process.argv.slice(2);
if (first === "--version" && others.length === 0) {
  // Scripts ask this often; it needs none of the command framework (a third of a start).
  const { version } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
  console.log(`pdc/${version} ${process.platform}-${process.arch} node-${process.version}`);
} else {
  const { main } = await import(new URL(isCheckout ? "src/cli/main.ts" : "src/cli/main.js", root).href);
  await main(process.argv.slice(2), fileURLToPath(root));
}
