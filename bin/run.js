#!/usr/bin/env node
import { existsSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

enableCompileCache();
const here = new URL("../", import.meta.url);
// A checkout runs its source through Node's type stripping; the package holds only dist/.
const isCheckout = existsSync(new URL("src/cli/main.ts", here));
const root = isCheckout ? here : new URL("dist/", here);
const { main } = await import(new URL(isCheckout ? "src/cli/main.ts" : "src/cli/main.js", root).href);
await main(process.argv.slice(2), fileURLToPath(root));
