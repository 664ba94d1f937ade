/** The poller of the benchmarks, in a process of its own: some cycles of an inventory, and what they took. */
import { IncidentFollower } from "../../src/actions/incident/follow.ts";
import { type CycleReport, ProvincePoller } from "../../src/actions/poll/province-poller.ts";
import type { DriverName } from "../../src/snmp/types.ts";
import { peakRssOctets } from "./peak-memory.ts";

export interface PollCyclesRequest {
  inventoryDirectory: string;
  cacheDirectory: string;
  storePath: string;
  cycles: number;
  driver?: DriverName;
}

export interface MeasuredCycle {
  report: Omit<CycleReport, "troubles">;
  /** Of this process, user and system. */
  cpuMs: number;
  /** Share of the time that the poller was busy rather than waiting for answers. */
  busyShare: number;
  /** From the beginning of the cycle until the last device that answered in full was done. */
  answeredAfterMs: number;
  /** Of `cpuMs`: health and incidents, after the last sample was committed. */
  healthCpuMs: number;
}

export interface PollCyclesReply {
  /** The first one discovers the devices. */
  cycles: MeasuredCycle[];
  /** Most memory the process ever had resident, octets. */
  maxRssOctets: number;
}

if (process.send) {
  process.once("message", async (request: PollCyclesRequest) => {
    const { inventoryDirectory, cacheDirectory, storePath, driver } = request;
    const follower = new IncidentFollower();
    let healthCpuMs = 0;
    const poller = await ProvincePoller.open({
      inventoryDirectory,
      cacheDirectory,
      storePath,
      driver,
      // As `pdc poll` does: health and incidents after each cycle.
      afterCycle: (cycle) => {
        const before = process.cpuUsage();
        follower.follow(cycle);
        const { user, system } = process.cpuUsage(before);
        healthCpuMs = (user + system) / 1000;
      },
    });
    const cycles: MeasuredCycle[] = [];
    for (let cycle = 0; cycle < request.cycles; cycle += 1) {
      const cpu = process.cpuUsage();
      const loop = performance.eventLoopUtilization();
      const beganMs = performance.now();
      let answeredAfterMs = 0;
      const { troubles: _, ...report } = await poller.cycle({
        deadlineMs: 120_000,
        onSample: ({ outcome }) => {
          if (outcome === "complete") answeredAfterMs = performance.now() - beganMs;
        },
      });
      const { user, system } = process.cpuUsage(cpu);
      cycles.push({
        report,
        cpuMs: (user + system) / 1000,
        busyShare: performance.eventLoopUtilization(loop).utilization,
        answeredAfterMs,
        healthCpuMs,
      });
    }
    await poller.close();
    const reply: PollCyclesReply = { cycles, maxRssOctets: peakRssOctets() };
    process.send?.(reply, () => process.exit(0));
  });
}
