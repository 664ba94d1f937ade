/** Kubeconfig files: who may speak to the API server, and as whom. */
import { readFile, writeFile } from "node:fs/promises";
import type { CertificateFiles } from "./certificates.ts";

export interface KubeconfigOptions {
  path: string;
  /** `https://127.0.0.1:PORT` */
  server: string;
  authorityPath: string;
  user: string;
  client: CertificateFiles;
}

/** Writes one whose certificates and key are inside, so that the file can be moved. JSON, which is YAML too. */
export async function writeKubeconfig({
  path,
  server,
  authorityPath,
  user,
  client,
}: KubeconfigOptions): Promise<void> {
  const [authority, certificate, key] = await Promise.all(
    [authorityPath, client.certificatePath, client.keyPath].map((file) => readFile(file, "base64")),
  );
  const name = "pdc-lab";
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": authority } }],
    users: [{ name: user, user: { "client-certificate-data": certificate, "client-key-data": key } }],
    contexts: [{ name, context: { cluster: name, user } }],
    "current-context": name,
  };
  await writeFile(path, `${JSON.stringify(kubeconfig, undefined, 2)}\n`, { mode: 0o600 });
}
