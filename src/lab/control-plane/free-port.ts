import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the range that systems take ports of outgoing connections from: a killed server finds its port again. */
const [firstPort, afterLastPort] = [20_000, 32_000];
const attempts = 50;

/** A TCP port of 127.0.0.1 that nobody listens on now. @throws when chance finds none. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(firstPort, afterLastPort);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free TCP port found on 127.0.0.1 between ${firstPort} and ${afterLastPort}`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
