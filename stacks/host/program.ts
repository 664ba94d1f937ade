/**
 * The stack of this host: files that its tools read, made from the inventory, and their checksums. Small and real:
 * every operation of a deployment shows on it (`sha256sum -c SHA256SUMS` tells drift without pdc).
 */
import { join } from "node:path";
import { Config, interpolate } from "@pulumi/pulumi";
import { HostCommand, HostFile } from "../../src/providers/datacenter/resources.ts";
import type { StackContext, StackProgram } from "../registry.ts";
import { hostsFile, sshConfigFile } from "./files.ts";

/** Configuration `host:directory` says where the files go; outputs are the directory and the checksums. */
export function hostProgram({ inventory, environment }: StackContext): StackProgram {
  return async () => {
    const directory = new Config("host").require("directory");
    const hosts = new HostFile("hosts", {
      path: join(directory, "hosts"),
      content: hostsFile(inventory, environment),
    });
    const ssh = new HostFile("ssh-config", {
      path: join(directory, "ssh_config"),
      content: sshConfigFile(inventory),
      mode: "0600",
    });
    const checksums = new HostCommand("checksums", {
      create: ["sha256sum", "hosts", "ssh_config"],
      directory,
      triggers: [hosts.sha256, ssh.sha256],
    });
    new HostFile("sha256sums", {
      path: join(directory, "SHA256SUMS"),
      content: interpolate`${checksums.stdout}\n`,
    });
    return { directory, devices: inventory.devices.size, checksums: checksums.stdout };
  };
}
