import { resolve } from "node:path";
import { startPlugin } from "../../src/engine/embedded/providers/plugin-process.ts";
import { createDatacenterProvider } from "../../src/providers/datacenter/provider.ts";
import { datacenterProviderContract } from "../contracts/datacenter-provider.ts";

const root = resolve(import.meta.dirname, "../..");

datacenterProviderContract("in-process", async () => createDatacenterProvider());

datacenterProviderContract("as a plugin over gRPC", () =>
  startPlugin({
    command: { file: `${root}/bin/pulumi-resource-pdc`, args: [], label: "pulumi-resource-pdc" },
    packageName: "pdc",
    engineAddress: "127.0.0.1:1",
    environment: process.env,
    workDirectory: root,
    log: { info: () => {}, error: () => {} },
  }),
);
