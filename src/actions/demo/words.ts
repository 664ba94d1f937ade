/** What the demo says while it runs. */
import type { DemoEvent } from "../demo.ts";
import { cycleSentence } from "../poll/summary.ts";

/** One line per step, for stderr. */
export function demoSentence(event: DemoEvent): string {
  switch (event.kind) {
    case "lab-starting":
      return `starting a simulated province on loopback: ${event.devices} devices at ${event.sites} sites, ${event.links} links`;
    case "lab-started":
      return `${event.devices} SNMP agents of ${event.families} device families answer`;
    case "polled":
      return `polled ${cycleSentence(event.report)}`;
    case "bad-morning":
      return "a bad morning begins";
    case "writing":
      return "writing the report";
  }
}
