/** `node src/lab/control-plane/build.ts`: builds the control plane's programs into the cache, when they are not there. */
import { ensureBinaries } from "./binaries.ts";

const stopping = new AbortController();
for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => stopping.abort());
try {
  const onProgress = (text: string) => console.error(text);
  const { kubectl } = await ensureBinaries({ onProgress, signal: stopping.signal });
  console.error(`the control plane's programs are there: ${kubectl}`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
