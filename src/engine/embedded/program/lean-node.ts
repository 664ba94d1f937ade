import { getCompileCacheDir } from "node:module";

/** Arguments with which Node.js loads `@pulumi/pulumi` in half the time. */
export function leanArguments(): string[] {
  // The source in a checkout, what was made of it in a package.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return ["--import", new URL(`./defer-compilers-now.${extension}`, import.meta.url).href];
}

/** Environment that lets a process of ours use what earlier ones compiled; empty when we do not keep that. */
export function leanEnvironment(): Record<string, string> {
  const directory = getCompileCacheDir();
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: directory };
}
