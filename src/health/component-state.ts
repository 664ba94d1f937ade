/** What the states a MIB names mean for health. */
import type { Component, Measurement } from "../samples/types.ts";
import { INFORMATIVE } from "./component-limit.ts";
import { reason } from "./reasons.ts";
import type { Reason } from "./types.ts";

/** The fault behind one state of a part, if it is one. Severity is the profile's; peers are judged by their MIB's words. */
export function stateReason(
  device: string,
  component: Component,
  name: string,
  measurement: Measurement,
): Reason | undefined {
  const { label } = component;
  const word = measurement.word ?? String(measurement.value);
  const evidence = { device, class: component.class, key: component.key, measurement: name, value: word };
  switch (component.class) {
    case "bgp-peer": {
      // bgpPeerAdminStatus stop(1): somebody wants it down (BGP4-MIB). Other state objects (lastError) say no state.
      if (name !== "state" || word === "established" || component.measurements.adminStatus?.word === "stop")
        return undefined;
      return reason("bgp-peer-down", "critical", { label, word }, evidence);
    }
    case "ospf-neighbor":
      // twoWay is how two routers that are neither DR nor BDR stay (RFC 2328 10.1).
      if (name !== "state" || word === "full" || word === "twoWay") return undefined;
      return reason("ospf-neighbor-down", "critical", { label, word }, evidence);
    case "vpn-tunnel":
    case "sdwan-link": {
      if (name !== "status" || !isFault(measurement.severity)) return undefined;
      const code = component.class === "vpn-tunnel" ? "vpn-tunnel-down" : "sdwan-link-down";
      return reason(code, measurement.severity, { label, word }, evidence);
    }
    case "ups":
      return upsReason(component, name, measurement, word, evidence);
    default: {
      if (!isFault(measurement.severity)) return undefined;
      const severity = INFORMATIVE.has(component.class) ? "info" : measurement.severity;
      return reason("component-state", severity, { class: component.class, label, word }, evidence);
    }
  }
}

/** UPS-MIB (RFC 1628): upsOutputSource battery, upsBatteryStatus low or depleted; secondsOnBattery > 0 where there is no source. */
function upsReason(
  component: Component,
  name: string,
  measurement: Measurement,
  word: string,
  evidence: Reason["evidence"],
): Reason | undefined {
  const { label, measurements } = component;
  const severity = measurement.severity;
  if (name === "outputSource" && /batter/i.test(word)) {
    const low = measurements.batteryStatus?.severity === "critical";
    const values = {
      label,
      minutes: reading(component, "minutesRemaining"),
      percent: reading(component, "chargePercent"),
    };
    return reason("ups-on-battery", low ? "critical" : "warning", values, evidence);
  }
  if (!isFault(severity)) return undefined;
  if (name === "batteryStatus") return reason("ups-battery", severity, { label, word }, evidence);
  if (name === "batteryReplace") return reason("ups-battery-replace", severity, { label }, evidence);
  return reason("component-state", severity, { class: "ups", label, word }, evidence);
}

/** A UPS that has no output source to tell, but counts the seconds it has been on battery (upsSecondsOnBattery). */
export function upsOnBatterySeconds(device: string, component: Component): Reason | undefined {
  const { measurements, label } = component;
  if (
    component.class !== "ups" ||
    measurements.outputSource ||
    Number(measurements.secondsOnBattery?.value ?? 0) <= 0
  )
    return undefined;
  const values = {
    label,
    minutes: reading(component, "minutesRemaining"),
    percent: reading(component, "chargePercent"),
  };
  return reason("ups-on-battery", "warning", values, {
    device,
    class: "ups",
    key: component.key,
    measurement: "secondsOnBattery",
  });
}

function isFault(severity: Measurement["severity"]): severity is "warning" | "critical" {
  return severity === "warning" || severity === "critical";
}

function reading(component: Component, name: string): number | string {
  const measurement = component.measurements[name];
  return measurement ? Number(measurement.value) : "?";
}
