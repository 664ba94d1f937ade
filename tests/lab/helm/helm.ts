/** The program helm: the one on PATH, else one that is built from its Go module into the control plane's cache. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { controlPlaneCacheDirectory } from "../../../src/lab/control-plane/binaries.ts";
import { findGo } from "../../../src/lab/control-plane/find-go.ts";
import { runGo, waitForLock } from "../../../src/lab/control-plane/go-build.ts";

const [goMod, goSum] = ["go.mod", "go.sum"].map((name) =>
  readFileSync(join(import.meta.dirname, name), "utf8"),
);
const version = goMod?.match(/helm\.sh\/helm\/v3 (v\S+)/)?.[1] ?? "";
const digest = createHash("sha256")
  .update(`${goMod}${goSum}${process.platform}${process.arch}`)
  .digest("hex");
/** Of Kubernetes, as releases of helm have them; without, it takes every cluster for one of version 1.20. */
const kubernetes = { k8sVersionMajor: "1", k8sVersionMinor: "35" };

const cached = () => join(controlPlaneCacheDirectory(), `helm-${version}-${digest.slice(0, 12)}`);

/** The directory to put on PATH; undefined: PATH has it. @throws ControlPlaneError when it cannot be built */
export async function ensureHelm(signal?: AbortSignal): Promise<string | undefined> {
  const isOnPath = await promisify(execFile)("helm", ["version", "--short"]).then(
    () => true,
    () => false,
  );
  if (isOnPath) return undefined;
  const directory = cached();
  if (existsSync(directory)) return directory;
  const go = await findGo();
  const cacheDirectory = controlPlaneCacheDirectory();
  await mkdir(cacheDirectory, { recursive: true, mode: 0o700 });
  // The control plane's own lock: two builds at once would compile the same packages twice.
  const lock = await waitForLock(join(cacheDirectory, "build.lock"), signal, () => {});
  const unfinished = await mkdtemp(join(cacheDirectory, "helm-building-"));
  try {
    if (!existsSync(directory)) {
      const variables = Object.entries(kubernetes).flatMap(([name, value]) =>
        ["chartutil", "lint/rules"].map((of) => `-X helm.sh/helm/v3/pkg/${of}.${name}=${value}`),
      );
      const flags = ["-trimpath", "-buildvcs=false", "-ldflags", ["-s", "-w", ...variables].join(" ")];
      const what = "helm";
      await runGo(go, ["build", ...flags, "-o", `${unfinished}/`, "helm.sh/helm/v3/cmd/helm"], {
        directory: import.meta.dirname,
        what,
        cacheDirectory,
        signal,
      });
      await rename(unfinished, directory);
    }
  } finally {
    await rm(unfinished, { recursive: true, force: true });
    lock.close();
  }
  return directory;
}
