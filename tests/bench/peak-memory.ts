import { readFileSync } from "node:fs";

/**
 * The most octets of memory that this process has had resident (VmHWM of proc(5)). `resourceUsage().maxRSS` would
 * begin with what the process had that started it: the kernel carries that mark over fork and exec.
 */
export function peakRssOctets(): number {
  try {
    const [, kibibytes] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    if (kibibytes !== undefined) return Number(kibibytes) * 1024;
  } catch {
    // No procfs: not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
