/** Certificates that are wrong in one way each, made with openssl: by an authority of their own, for 127.0.0.1 or not. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface MadeCertificate {
  key: string;
  cert: string;
}

export const hasOpenssl = (() => {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/** "20241128000000Z", as openssl's ca takes it. */
function generalizedTime(atMs: number): string {
  return `${new Date(atMs).toISOString().replaceAll(/[-:T]/g, "").slice(0, 14)}Z`;
}

/** @returns the authority's certificate, and a function that makes one of it. */
export function makeAuthority(directory: string) {
  mkdirSync(join(directory, "issued"), { recursive: true });
  const path = (name: string) => join(directory, name);
  const openssl = (...args: string[]) =>
    void execFileSync("openssl", args, { cwd: directory, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=pdc test",
    "-days",
    "30",
  );
  writeFileSync(path("index"), "");
  writeFileSync(
    path("ca.cnf"),
    `[ca]\ndefault_ca=own\n[own]\ndatabase=index\nnew_certs_dir=issued\nrand_serial=yes\ncertificate=ca.pem\nprivate_key=ca.key\ndefault_md=sha256\npolicy=any\ncopy_extensions=copy\nunique_subject=no\n[any]\ncommonName=supplied\n`,
  );
  let count = 0;
  return {
    authority: readFileSync(path("ca.pem"), "utf8"),
    issue({
      name = "IP:127.0.0.1",
      fromMs,
      toMs,
    }: {
      name?: string;
      fromMs: number;
      toMs: number;
    }): MadeCertificate {
      count += 1;
      const file = `server-${count}`;
      const subject = ["-subj", `/CN=${file}`, "-addext", `subjectAltName=${name}`];
      openssl("req", "-new", ...key, "-keyout", `${file}.key`, "-out", `${file}.csr`, ...subject);
      const dates = ["-startdate", generalizedTime(fromMs), "-enddate", generalizedTime(toMs)];
      openssl(
        "ca",
        "-batch",
        "-config",
        "ca.cnf",
        "-in",
        `${file}.csr`,
        "-out",
        `${file}.pem`,
        "-notext",
        ...dates,
      );
      return {
        key: readFileSync(path(`${file}.key`), "utf8"),
        cert: readFileSync(path(`${file}.pem`), "utf8"),
      };
    },
    selfSigned(): MadeCertificate {
      const subject = ["-subj", "/CN=own", "-addext", "subjectAltName=IP:127.0.0.1"];
      openssl("req", "-x509", ...key, "-keyout", "own.key", "-out", "own.pem", "-days", "30", ...subject);
      return { key: readFileSync(path("own.key"), "utf8"), cert: readFileSync(path("own.pem"), "utf8") };
    },
  };
}
