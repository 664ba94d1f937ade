// One operation over environments on a cluster, as a process of its own.
// node operation.ts KUBECONFIG STATE ENVIRONMENTS PREFIX init|up|preview|refresh|destroy [RENDER-DIRECTORY]
import { deferCompilers } from "../../../src/engine/embedded/program/defer-compilers.ts";
import { peakRssOctets } from "../peak-memory.ts";

deferCompilers();
const [kubeconfig = "", backend = "", count = "1", prefix = "", kind = "", render = ""] =
  process.argv.slice(2);
const [{ createEmbeddedEngine }, { kubernetesVersion }] = await Promise.all([
  import("../../../src/engine/embedded/embedded-engine.ts"),
  import("../../../src/providers/kubernetes/version.ts"),
]);
const engine = createEmbeddedEngine({
  backend,
  passphrase: async () => "benchmark",
  packages: {
    kubernetes: {
      version: kubernetesVersion,
      create: async (log) =>
        (await import("../../../src/providers/kubernetes/provider.ts")).createKubernetesProvider(log),
    },
  },
});
const target = {
  project: "bench",
  stack: "dev",
  program: async () => (await import("./system-objects.ts")).environments(Number(count), prefix),
  config: {
    "kubernetes:kubeconfig": { value: kubeconfig },
    ...(render && { "kubernetes:renderYamlToDirectory": { value: render } }),
  },
};
if (kind === "init") await engine.init(target);
else {
  const began = performance.now();
  const running = engine[kind as "up" | "preview" | "refresh" | "destroy"](target);
  for await (const event of running)
    if (event.diagnosticEvent?.severity === "error") console.error(event.diagnosticEvent.message);
  const { result, changes } = await running.result;
  const seconds = (performance.now() - began) / 1000;
  const maxRssMb = peakRssOctets() / 1024 / 1024;
  process.stdout.write(JSON.stringify({ result, changes, seconds, maxRssMb }));
}
process.exit(0);
