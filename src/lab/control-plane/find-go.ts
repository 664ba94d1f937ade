/** A Go toolchain that is new enough for the pinned modules. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ControlPlaneError } from "./control-plane-error.ts";

/** What tools/go.mod asks for. */
const neededMajor = 1;
const neededMinor = 26;
/** On PATH, and where Go's own archive is unpacked by its instructions. */
const usualPlaces = ["go", "/usr/local/go/bin/go"];

/** The command to call. @throws ControlPlaneError when there is none, or only older ones. */
export async function findGo(candidates: readonly string[] = usualPlaces): Promise<string> {
  const seen: string[] = [];
  for (const candidate of candidates) {
    const version = await versionOf(candidate);
    if (version === undefined) continue;
    if (version.major > neededMajor || (version.major === neededMajor && version.minor >= neededMinor))
      return candidate;
    seen.push(`${candidate} is ${version.major}.${version.minor}`);
  }
  throw new ControlPlaneError(
    "no-go",
    `building the control plane needs Go ${neededMajor}.${neededMinor} or later: ${seen.join(", ") || "there is no go on PATH"}`,
    "install Go from https://go.dev/dl (Debian 12's is too old), or set PDC_CONTROL_PLANE_CACHE to a copy of the " +
      "cache directory of a machine that has built it",
  );
}

async function versionOf(go: string): Promise<{ major: number; minor: number } | undefined> {
  try {
    const { stdout } = await promisify(execFile)(go, ["env", "GOVERSION"], {
      env: { ...process.env, GOTOOLCHAIN: "local" },
    });
    const match = stdout.match(/^go(\d+)\.(\d+)/);
    return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
  } catch {
    return undefined;
  }
}
