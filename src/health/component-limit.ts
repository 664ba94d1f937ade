/** Values against limits: those of the device or its profile first, then the defaults. */
import { mainMeasurement } from "../profiles/vocabulary.ts";
import type { Component, ComponentClass } from "../samples/types.ts";
import { type ReasonCode, reason } from "./reasons.ts";
import { gradeAbove, isNearAbove, isNearBelow, type Limit, type Thresholds } from "./thresholds.ts";
import type { Reason } from "./types.ts";

/** Classes whose first measurement is a state: which number a limit without `limitOf` is about. */
const LIMITED: Readonly<Partial<Record<ComponentClass, string>>> = {
  disk: "temperatureCelsius",
  raid: "usedPercent",
  ups: "outputLoadPercent",
  "power-supply": "value",
};

/** Code of a value over its limit, and the default limit where the profile gives none. */
const ABOVE: Readonly<Partial<Record<ComponentClass, [ReasonCode, keyof Thresholds]>>> = {
  processor: ["processor-busy", "processorPercent"],
  memory: ["memory-used", "memoryPercent"],
  storage: ["storage-used", "storagePercent"],
  raid: ["storage-used", "storagePercent"],
  temperature: ["temperature-high", "celsius"],
  disk: ["temperature-high", "celsius"],
  ups: ["ups-overload", "upsLoadPercent"],
};

/** Paper and toner wait for people, and neighbours come and go: told, never a fault of the device. */
export const INFORMATIVE: ReadonlySet<ComponentClass> = new Set([
  "printer-supply",
  "printer",
  "lldp-neighbor",
  "wireless",
]);

/** No fault, but a limit that was exceeded would not count as left: its code. */
export interface Near {
  near: ReasonCode;
}

/**
 * The main value of a part over or under its limit. Limits arrive as the attributes `warningAbove`, `criticalAbove`,
 * `warningBelow`, `criticalBelow` (of the measurement `limitOf`, or the class's main one).
 */
export function limitReason(
  device: string,
  component: Component,
  thresholds: Thresholds,
): Reason | Near | undefined {
  const { attributes, label } = component;
  const main = LIMITED[component.class] ?? mainMeasurement(component.class);
  const name = typeof attributes.limitOf === "string" ? attributes.limitOf : main;
  const measurement = component.measurements[name];
  if (!measurement || measurement.kind === "state") return undefined;
  const value = Number(measurement.value);
  const unit = measurement.unit ?? "";
  const evidence = {
    device,
    class: component.class,
    key: component.key,
    measurement: name,
    value: String(measurement.value),
  };
  const own = {
    warningAbove: number(attributes.warningAbove),
    criticalAbove: number(attributes.criticalAbove),
  };
  const isInformative = INFORMATIVE.has(component.class);
  const above = name === main ? ABOVE[component.class] : undefined;
  if (own.warningAbove !== undefined || own.criticalAbove !== undefined) {
    const grade = gradeAbove(value, {
      warning: own.warningAbove ?? Number.POSITIVE_INFINITY,
      critical: own.criticalAbove ?? Number.POSITIVE_INFINITY,
    });
    if (grade) {
      const limit = (grade === "critical" ? own.criticalAbove : own.warningAbove)!;
      const severity = isInformative ? "info" : grade;
      return above
        ? reason(above[0], severity, { label, value, limit }, evidence)
        : reason("above-limit", severity, { class: component.class, label, value, unit, limit }, evidence);
    }
    if (isNearAbove(value, own.warningAbove ?? own.criticalAbove))
      return { near: above?.[0] ?? "above-limit" };
  } else if (above) {
    const limit = thresholds[above[1]] as Limit;
    const grade = gradeAbove(value, limit);
    if (grade) return reason(above[0], grade, { label, value, limit: limit[grade] }, evidence);
    if (isNearAbove(value, limit.warning)) return { near: above[0] };
  }
  const criticalBelow = number(attributes.criticalBelow);
  const warningBelow = number(attributes.warningBelow);
  const isCritical = criticalBelow !== undefined && value <= criticalBelow;
  if (isCritical || (warningBelow !== undefined && value <= warningBelow)) {
    const limit = (isCritical ? criticalBelow : warningBelow)!;
    const severity = isInformative ? "info" : isCritical ? "critical" : "warning";
    return reason("below-limit", severity, { class: component.class, label, value, unit, limit }, evidence);
  }
  if (isNearBelow(value, warningBelow ?? criticalBelow)) return { near: "below-limit" };
  return undefined;
}

function number(value: string | number | undefined): number | undefined {
  if (value === undefined || value === "") return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}
