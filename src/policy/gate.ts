/** The gate before a deployment of the platform: every rule over the inventory and the plan. Pure. */
import { capacityFindings } from "./capacity.ts";
import { controlFindings } from "./controls.ts";
import { exchangeFindings } from "./exchanges.ts";
import type { Finding, GateInput } from "./finding.ts";
import { imageFindings } from "./images.ts";
import { nameFindings } from "./names.ts";
import { podFindings } from "./pods.ts";
import { referenceFindings } from "./references.ts";
import { systemFindings } from "./systems.ts";

const rules = [
  capacityFindings,
  controlFindings,
  exchangeFindings,
  imageFindings,
  nameFindings,
  podFindings,
  referenceFindings,
  systemFindings,
] as const;

/** What is wrong, mandatory findings first, each kind in the order of the plan; the same finding once. */
export function checkPlatformPlan(input: GateInput): Finding[] {
  const findings = new Map<string, Finding>();
  for (const rule of rules)
    for (const finding of rule(input)) findings.set(`${finding.rule} ${finding.message}`, finding);
  const rank = ({ severity }: Finding) => (severity === "mandatory" ? 0 : 1);
  return [...findings.values()].sort((a, b) => rank(a) - rank(b));
}
