/** What this machine lacks for pdc's work, and how to get it. */
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { access, constants, mkdir, readFile, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

export interface DoctorCheck {
  id: string;
  /** `missing`: only the named work needs it. `failed`: pdc does not work without it. */
  result: "ok" | "missing" | "failed";
  found: string;
  neededFor: string;
  fix?: string;
}

export interface DoctorOptions {
  stateDirectory: string;
  /** Absent when no inventory was found; then the check says how to make one. */
  inventoryDirectory?: string | undefined;
  signal?: AbortSignal;
}

interface Program {
  name: string;
  version: string[];
  neededFor: string;
  fix: string;
}

const debian = (packages: string) => `Debian/Ubuntu: apt-get install ${packages}`;
const programs: readonly Program[] = [
  {
    name: "fping",
    version: ["-v"],
    neededFor: "ICMP reachability of many devices (ping serves otherwise)",
    fix: debian("fping"),
  },
  { name: "ping", version: ["-V"], neededFor: "ICMP reachability", fix: debian("iputils-ping") },
  { name: "snmpd", version: ["-v"], neededFor: "tests against a real agent", fix: debian("snmpd snmp") },
  {
    name: "sops",
    version: ["--version"],
    neededFor: "credentials kept in SOPS files",
    fix: "https://github.com/getsops/sops (one binary)",
  },
  {
    name: "ansible-playbook",
    version: ["--version"],
    neededFor: "playbooks/ (install the poller as a service)",
    fix: debian("ansible-core"),
  },
  { name: "chromium", version: ["--version"], neededFor: "reports as PDF", fix: debian("chromium") },
  {
    name: "pulumi",
    version: ["version"],
    neededFor: "stacks with --engine pulumi (the embedded engine needs nothing)",
    fix: "https://www.pulumi.com/docs/install (a binary; works without Internet once it is there)",
  },
  {
    name: "go",
    version: ["version"],
    neededFor: "building the lab's control plane (Go 1.26 or later; Debian 12's 1.19 is too old)",
    fix: "https://go.dev/dl",
  },
  {
    name: "openssl",
    version: ["version"],
    neededFor: "the certificates of the lab's control plane",
    fix: debian("openssl"),
  },
];

/** Runs every check; none of them throws, changes anything but the state directory, or uses the network beyond loopback. */
export async function doctor(options: DoctorOptions): Promise<DoctorCheck[]> {
  return [
    checkNode(),
    await checkState(options.stateDirectory),
    await checkInventory(options.inventoryDirectory),
    await checkUdp(),
    await checkReceiveBuffer(),
    ...(await Promise.all(programs.map(checkProgram))),
  ];
}

function checkNode(): DoctorCheck {
  const major = Number(process.versions.node.split(".")[0]);
  return {
    id: "node",
    result: major >= 24 ? "ok" : "failed",
    found: process.versions.node,
    neededFor: "everything",
    ...(major < 24 && { fix: "bin/pdc brings Node 24 by npm; or install Node 24 or later" }),
  };
}

async function checkState(directory: string): Promise<DoctorCheck> {
  const check = { id: "state-directory", neededFor: "samples and deployment state" };
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK);
    const { mode } = await stat(directory);
    if (mode & 0o077)
      return {
        ...check,
        result: "missing",
        found: `${directory}, open to others`,
        fix: `chmod 700 ${directory}`,
      };
    return { ...check, result: "ok", found: directory };
  } catch (error) {
    return {
      ...check,
      result: "failed",
      found: (error as Error).message,
      fix: "name another with PDC_STATE_DIR",
    };
  }
}

async function checkInventory(directory: string | undefined): Promise<DoctorCheck> {
  const check = { id: "inventory", neededFor: "everything about the province" };
  if (!directory)
    return {
      ...check,
      result: "missing",
      found: "none",
      fix: "pdc init DIR, or name one with --inventory DIR",
    };
  const { loadInventory } = await import("../inventory/load.ts");
  try {
    const { devices, links } = await loadInventory(directory);
    return {
      ...check,
      result: "ok",
      found: `${directory}: ${counted(devices.size, "device")}, ${counted(links.size, "link")}`,
    };
  } catch (error) {
    return {
      ...check,
      result: "failed",
      found: `${directory}: ${(error as Error).message}`,
      fix: "pdc inventory validate",
    };
  }
}

function checkUdp(): Promise<DoctorCheck> {
  const check = { id: "udp", neededFor: "SNMP" };
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", (error) =>
      resolve({ ...check, result: "failed", found: error.message, fix: "allow this user UDP sockets" }),
    );
    socket.bind(0, "127.0.0.1", () =>
      socket.close(() => resolve({ ...check, result: "ok", found: "sockets can be opened" })),
    );
  });
}

/** Answers of thousands of devices arrive in bursts; Linux drops what does not fit (net.core.rmem_max). */
async function checkReceiveBuffer(): Promise<DoctorCheck> {
  const check = { id: "receive-buffer", neededFor: "polling thousands of devices without drops" };
  try {
    const octets = Number(await readFile("/proc/sys/net/core/rmem_max", "utf8"));
    const enough = octets >= 4 * 1024 * 1024;
    return {
      ...check,
      result: enough ? "ok" : "missing",
      found: `net.core.rmem_max = ${octets}`,
      ...(!enough && { fix: "sysctl -w net.core.rmem_max=8388608 (polling paces itself without it)" }),
    };
  } catch {
    return { ...check, result: "missing", found: "not Linux", fix: "polling paces itself" };
  }
}

async function checkProgram({ name, version, neededFor, fix }: Program): Promise<DoctorCheck> {
  const path = await findProgram(name);
  if (!path) return { id: name, result: "missing", found: "not on PATH", neededFor, fix };
  try {
    const { stdout, stderr } = await promisify(execFile)(path, version, {
      timeout: 5_000,
      windowsHide: true,
    });
    return {
      id: name,
      result: "ok",
      found: (stdout || stderr).trim().split("\n")[0]?.slice(0, 80) ?? path,
      neededFor,
    };
  } catch {
    return { id: name, result: "ok", found: path, neededFor };
  }
}

/** Daemons live in /usr/sbin, which is often not on a user's PATH. */
async function findProgram(name: string): Promise<string | undefined> {
  for (const directory of [
    ...(process.env.PATH ?? "").split(delimiter).filter(Boolean),
    "/usr/sbin",
    "/sbin",
  ]) {
    const path = join(directory, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return undefined;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
