/** `node tests/lab/helm/build.ts`: builds helm into the cache of the control plane, when it is not there. */
import { ensureHelm } from "./helm.ts";

const stopping = new AbortController();
for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => stopping.abort());
await ensureHelm(stopping.signal).catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
