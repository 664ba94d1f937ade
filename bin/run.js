#!/usr/bin/env node
import { existsSync } from "node:fs";
import { enableCompileCache } from "node:module";

enableCompileCache();
const root = new URL("../", import.meta.url);
// A checkout runs its source through Node's type stripping; the package holds only dist/.
const code = existsSync(new URL("src/cli/main.ts", root)) ? "src/cli/main.ts" : "dist/src/cli/main.js";
const { main } = await import(new URL(code, root).href);
const { fileURLToPath } = await import("node:url");
await main(process.argv.slice(2), fileURLToPath(root));
