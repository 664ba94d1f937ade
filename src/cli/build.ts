/** Builds `dist/` for the package: compiled source, data files, and the manifest of the compiled commands. */
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(import.meta.dirname, "../..");
const dist = join(root, "dist");
rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
for (const folder of ["src", "inventory"]) {
  cpSync(join(root, folder), join(dist, folder), {
    recursive: true,
    filter: (path) => statSync(path).isDirectory() || !/\.(ts|md)$/.test(path),
  });
}
const { name, version, description, license, type, oclif, dependencies } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
writeFileSync(
  join(dist, "package.json"),
  `${JSON.stringify({ name, version, description, license, type, oclif, dependencies }, null, 2)}\n`,
);
const { manifestText } = await import(pathToFileURL(join(dist, "src/cli/manifest.js")).href);
writeFileSync(join(dist, "oclif.manifest.json"), await manifestText(dist));
