/** The plugin executable's body. Pulumi reads the port from the first line of stdout. */
import { createDatacenterProvider, datacenterVersion } from "./datacenter/provider.ts";
import { servePlugin } from "./plugin-server.ts";

const provider = createDatacenterProvider();
const server = await servePlugin(provider, datacenterVersion);
process.stdout.write(`${server.port}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await provider.cancel?.();
    await server.close();
    process.exit(0);
  });
}
