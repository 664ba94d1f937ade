/** A certificate authority of the control plane's own, made by the `openssl` command: Node signs no certificates. */
import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ControlPlaneError } from "./control-plane-error.ts";

export interface CertificateFiles {
  certificatePath: string;
  keyPath: string;
}

export interface Subject {
  commonName: string;
  /** Kubernetes takes it as the user's group. */
  organization?: string;
}

export interface Authority extends CertificateFiles {
  /** For TLS clients: who they are is the subject. */
  issueClient(name: string, subject: Subject): Promise<CertificateFiles>;
  /** For a TLS server that is reached by these names: `DNS:…`, `IP:…`. */
  issueServer(name: string, subject: Subject, alternativeNames: readonly string[]): Promise<CertificateFiles>;
}

/** A lab does not live longer; nobody renews these. */
const lifetimeDays = 365;

/** Makes the authority's key and certificate in the directory. @throws ControlPlaneError without openssl 3. */
export async function createAuthority(directory: string): Promise<Authority> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const authority = await issue(directory, "ca", { commonName: "pdc lab control plane" }, [
    "basicConstraints=critical,CA:TRUE",
    "keyUsage=critical,keyCertSign,cRLSign,digitalSignature",
    "subjectKeyIdentifier=hash",
  ]);
  const leaf = ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature"];
  return {
    ...authority,
    issueClient: (name, subject) =>
      issue(directory, name, subject, [...leaf, "extendedKeyUsage=clientAuth"], authority),
    issueServer: (name, subject, alternativeNames) =>
      issue(
        directory,
        name,
        subject,
        [...leaf, "extendedKeyUsage=serverAuth", `subjectAltName=${alternativeNames.join(",")}`],
        authority,
      ),
  };
}

async function issue(
  directory: string,
  name: string,
  subject: Subject,
  extensions: readonly string[],
  signer?: CertificateFiles,
): Promise<CertificateFiles> {
  const files = { certificatePath: join(directory, `${name}.crt`), keyPath: join(directory, `${name}.key`) };
  const configurationPath = join(directory, `${name}.cnf`);
  const organization = subject.organization === undefined ? [] : [`O=${subject.organization}`];
  const lines = [
    "[req]",
    "prompt=no",
    "distinguished_name=subject",
    "x509_extensions=extensions",
    "[subject]",
  ];
  lines.push(...organization, `CN=${subject.commonName}`, "[extensions]", ...extensions, "");
  await writeFile(configurationPath, lines.join("\n"), { mode: 0o600 });
  await openssl([
    ...["req", "-x509", "-batch", "-config", configurationPath, "-days", String(lifetimeDays), "-sha256"],
    ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-keyout", files.keyPath, "-out", files.certificatePath],
    ...(signer ? ["-CA", signer.certificatePath, "-CAkey", signer.keyPath] : []),
  ]);
  return files;
}

/** Makes the key pair that service-account tokens are signed and checked with. */
export async function createServiceAccountKey(
  directory: string,
): Promise<{ publicPath: string; privatePath: string }> {
  const { publicKey, privateKey } = generateKeyPairSync("ec", {
    namedCurve: "prime256v1",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const paths = {
    publicPath: join(directory, "service-account.pub"),
    privatePath: join(directory, "service-account.key"),
  };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(paths.privatePath, privateKey, { mode: 0o600 });
  await writeFile(paths.publicPath, publicKey, { mode: 0o600 });
  return paths;
}

async function openssl(args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)("openssl", [...args]);
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    throw code === "ENOENT"
      ? new ControlPlaneError(
          "no-openssl",
          "there is no openssl on PATH",
          "Debian/Ubuntu: apt-get install openssl",
        )
      : new ControlPlaneError(
          "openssl-failed",
          `openssl makes no certificate: ${stderr?.trim() || (error as Error).message}`,
          "it has to be OpenSSL 3.0 or later (openssl version)",
        );
  }
}
