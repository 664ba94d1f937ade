/** Secrets of the example in a home directory of the test's own. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const example = resolve(import.meta.dirname, "../../inventory/quang-binh");
/** In every password, so that a test can look for it where it must not be. */
export const canary = "canary-7f3b";

/** A password for every credential that the example reads from a file, and a certificate. */
export function writeSecrets(home: string): void {
  const folder = join(home, ".config/pdc/secrets");
  mkdirSync(folder, { recursive: true });
  const openssl =
    "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=*.example";
  execFileSync("openssl", openssl.split(" "), { cwd: home, stdio: "ignore" });
  const text = readFileSync(join(example, "credentials/platform.yaml"), "utf8");
  const files = new Map<string, string[]>();
  for (const [, file, key] of text.matchAll(/secrets\/([a-z-]+\.yaml), key: ([a-z-]+)/g)) {
    const environment = /^platform-?(.*)\.yaml$/.exec(file!)?.[1];
    const pem = { "tls-certificate": "cert.pem", "tls-key": "key.pem" }[key!];
    const value = pem
      ? readFileSync(join(home, pem), "utf8")
      : `${canary}-${environment ? `${environment}-` : ""}${key}`;
    files.set(file!, [...(files.get(file!) ?? []), `${key}: ${JSON.stringify(value)}\n`]);
  }
  for (const [file, lines] of files) writeFileSync(join(folder, file), lines.join(""), { mode: 0o600 });
}
