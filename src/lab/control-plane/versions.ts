/** The one place where versions are pinned is tools/go.mod; what is built from it is kept under a key of its text. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const toolsDirectory = fileURLToPath(new URL("./tools", import.meta.url));
/** Of the programs themselves, by the name of the built file. The second is their package in the Go module. */
export const programs = {
  etcd: "./etcd",
  "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
  "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
  "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
  kubectl: "k8s.io/kubernetes/cmd/kubectl",
  kwok: "sigs.k8s.io/kwok/cmd/kwok",
} as const;
export type ProgramName = keyof typeof programs;

export interface Versions {
  kubernetes: string;
  etcd: string;
  kwok: string;
  /** Changes whenever something else would be built. */
  key: string;
}

const inputs = ["go.mod", "go.sum", "etcd/main.go"];

/** Versions with their leading v. */
export function readVersions(): Versions {
  const [goMod = "", ...rest] = inputs.map((name) => readFileSync(join(toolsDirectory, name), "utf8"));
  const version = (module: string): string => {
    const line = goMod.split("\n").find((text) => text.includes(`${module} v`));
    const found = line?.match(/ (v\d\S*)/)?.[1];
    if (found === undefined) throw new Error(`tools/go.mod requires no ${module}`);
    return found;
  };
  const kubernetes = version("k8s.io/kubernetes");
  const built = [goMod, ...rest, process.platform, process.arch, buildFlags(kubernetes, "").join(" ")];
  const digest = createHash("sha256").update(built.join("\0")).digest("hex").slice(0, 12);
  return {
    kubernetes,
    etcd: version("go.etcd.io/etcd/server/v3"),
    kwok: version("sigs.k8s.io/kwok"),
    key: `kubernetes-${kubernetes}-${digest}`,
  };
}

/** Kubernetes' programs say the version that the linker writes into them; without it they say v0.0.0. */
export function buildFlags(kubernetes: string, kwok: string): string[] {
  const [major, minor] = kubernetes.slice(1).split(".");
  const variables = {
    "k8s.io/component-base/version.gitVersion": kubernetes,
    "k8s.io/component-base/version.gitMajor": major,
    "k8s.io/component-base/version.gitMinor": minor,
    "k8s.io/component-base/version.gitTreeState": "clean",
    "k8s.io/client-go/pkg/version.gitVersion": kubernetes,
    "sigs.k8s.io/kwok/pkg/consts.Version": kwok.replace(/^v/, ""),
  };
  const values = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
  return ["-trimpath", "-buildvcs=false", "-ldflags", ["-s", "-w", ...values].join(" ")];
}
