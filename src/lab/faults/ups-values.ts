/** What a UPS says while it runs on battery, by family: records that replace those of its recording. */
import { type AgentRecord, snmprecTag } from "../agent/snmprec.ts";

const { integer, gauge32, timeTicks, counter32 } = snmprecTag;
const upsMib = "1.3.6.1.2.1.33.1";
const powerNet = "1.3.6.1.4.1.318.1.1.1";
const xups = "1.3.6.1.4.1.534.1";

/** Records of a UPS that has just lost its mains. Empty for families whose values are not known. */
export function onBatteryRecords(family: string): AgentRecord[] {
  switch (family) {
    case "apc-ups":
      return [
        {
          oid: `${powerNet}.2.1.2.0`,
          tag: timeTicks,
          value: 0,
          variation: { kind: "uptime", perSecond: 100 },
        }, // upsBasicBatteryTimeOnBattery
        { oid: `${powerNet}.2.2.1.0`, tag: gauge32, value: 83 }, // upsAdvBatteryCapacity
        { oid: `${powerNet}.2.2.3.0`, tag: timeTicks, value: 258_000 }, // upsAdvBatteryRunTimeRemaining
        { oid: `${powerNet}.2.3.1.0`, tag: gauge32, value: 830 }, // upsHighPrecBatteryCapacity, tenths
        { oid: `${powerNet}.3.2.1.0`, tag: gauge32, value: 0 }, // upsAdvInputLineVoltage
        { oid: `${powerNet}.3.2.4.0`, tag: gauge32, value: 0 }, // upsAdvInputFrequency
        { oid: `${powerNet}.3.2.5.0`, tag: integer, value: 3 }, // upsAdvInputLineFailCause: blackout
        { oid: `${powerNet}.3.3.1.0`, tag: gauge32, value: 0 }, // upsHighPrecInputLineVoltage, tenths
        { oid: `${powerNet}.3.3.4.0`, tag: gauge32, value: 0 }, // upsHighPrecInputFrequency, tenths
        { oid: `${powerNet}.4.1.1.0`, tag: integer, value: 3 }, // upsBasicOutputStatus: onBattery
        { oid: `${upsMib}.2.2.0`, tag: integer, value: 0, variation: { kind: "uptime", perSecond: 1 } }, // upsSecondsOnBattery
        { oid: `${upsMib}.2.3.0`, tag: integer, value: 43 }, // upsEstimatedMinutesRemaining
        { oid: `${upsMib}.2.4.0`, tag: integer, value: 83 }, // upsEstimatedChargeRemaining
        { oid: `${upsMib}.4.1.0`, tag: integer, value: 5 }, // upsOutputSource: battery
        { oid: `${upsMib}.6.1.0`, tag: gauge32, value: 1 }, // upsAlarmsPresent
      ];
    case "eaton-ups":
      return [
        { oid: `${xups}.2.1.0`, tag: integer, value: 2_580 }, // xupsBatTimeRemaining, seconds
        { oid: `${xups}.2.3.0`, tag: integer, value: 74 }, // xupsBatCurrent
        { oid: `${xups}.2.4.0`, tag: integer, value: 83 }, // xupsBatCapacity
        { oid: `${xups}.2.5.0`, tag: integer, value: 2 }, // xupsBatteryAbmStatus: batteryDischarging
        { oid: `${xups}.3.1.0`, tag: integer, value: 0 }, // xupsInputFrequency
        { oid: `${xups}.3.2.0`, tag: counter32, value: 7 }, // xupsInputLineBads
        { oid: `${xups}.3.4.1.2.1`, tag: integer, value: 0 }, // xupsInputVoltage
        { oid: `${xups}.3.5.0`, tag: integer, value: 2 }, // xupsInputSource: none
        { oid: `${xups}.4.5.0`, tag: integer, value: 5 }, // xupsOutputSource: battery
        { oid: `${xups}.7.1.0`, tag: gauge32, value: 1 }, // xupsAlarms
      ];
    default:
      return [];
  }
}
