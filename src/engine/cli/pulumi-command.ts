import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { EngineError } from "../interface/errors.ts";

/**
 * Where the Pulumi CLI is: on PATH, else in `<PULUMI_HOME>/bin`, else in `~/.pulumi/bin`.
 * @returns the root that the Automation API wants (the directory above `bin`), or undefined for PATH
 * @throws EngineError (exit 22) with the ways to get it
 */
export async function findPulumi(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly root: string | undefined }> {
  const name = process.platform === "win32" ? "pulumi.exe" : "pulumi";
  for (const directory of (environment.PATH ?? "").split(delimiter).filter((entry) => isAbsolute(entry))) {
    if (await isExecutable(join(directory, name))) return { root: undefined };
  }
  const home = environment.PULUMI_HOME ?? join(environment.HOME ?? "/", ".pulumi");
  if (await isExecutable(join(home, "bin", name))) return { root: home };
  throw new EngineError(
    "pulumi-missing",
    22,
    `the Pulumi CLI is not installed: there is no '${name}' on PATH nor in ${join(home, "bin")}`,
    "unpack the release archive of Pulumi (pulumi-v<version>-<os>-<arch>) so that its bin directory is on PATH, " +
      `or at ${join(home, "bin")}; where there is the Internet: https://www.pulumi.com/docs/install/. ` +
      "Without it, leave out --engine pulumi: the embedded engine needs nothing",
  );
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
