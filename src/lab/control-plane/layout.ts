/** Keys, certificates and kubeconfig files of one control plane. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CertificateFiles, createAuthority, createServiceAccountKey } from "./certificates.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { firstServiceAddress, type Layout } from "./program-arguments.ts";

const stagesDirectory = fileURLToPath(new URL("./stages", import.meta.url));

/** The stages that every lab plays. */
export function stagePaths(): string[] {
  return readdirSync(stagesDirectory).map((name) => join(stagesDirectory, name));
}

/** Makes them all anew below `directory`. */
export async function createLayout(
  directory: string,
  apiPort: number,
): Promise<Layout & { admin: CertificateFiles }> {
  const keys = join(directory, "pki");
  const authority = await createAuthority(keys);
  const names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost"];
  const [serviceAccountKey, apiServer, admin, controllerManager, scheduler] = await Promise.all([
    createServiceAccountKey(keys),
    authority.issueServer("apiserver", { commonName: "kube-apiserver" }, [
      ...names.map((name) => `DNS:${name}`),
      "IP:127.0.0.1",
      `IP:${firstServiceAddress}`,
    ]),
    authority.issueClient("admin", { commonName: "pdc-lab-admin", organization: "system:masters" }),
    authority.issueClient("controller-manager", { commonName: "system:kube-controller-manager" }),
    authority.issueClient("scheduler", { commonName: "system:kube-scheduler" }),
  ]);
  const write = async (file: string, user: string, client: CertificateFiles): Promise<string> => {
    const path = join(directory, file);
    const server = `https://127.0.0.1:${apiPort}`;
    await writeKubeconfig({ path, server, authorityPath: authority.certificatePath, user, client });
    return path;
  };
  const kubeconfigs = {
    admin: await write("kubeconfig", "pdc-lab-admin", admin),
    controllerManager: await write("controller-manager.kubeconfig", "controller-manager", controllerManager),
    scheduler: await write("scheduler.kubeconfig", "scheduler", scheduler),
  };
  return { directory, apiPort, authority, apiServer, serviceAccountKey, kubeconfigs, admin };
}
