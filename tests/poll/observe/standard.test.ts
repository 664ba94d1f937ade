/** What the standard modules find, on devices of no family; the rows of the recordings say why they are there. */
import { expect, test } from "vitest";
import { discoverDevice } from "../../../src/poll/observe.ts";
import { loadProfiles } from "../../../src/profiles/index.ts";
import { play, standard, told } from "./playing.ts";

const profiles = await loadProfiles();

async function observed(name: string) {
  await using playing = await play(standard(name));
  const { observation } = await discoverDevice(playing.session, profiles, {
    device: name,
    family: "generic",
  });
  expect(observation.outcome).toBe("complete");
  return observation;
}

test("IF-MIB and EtherLike: identity, speeds, exact counters, the fallback to 32 bits", async () => {
  const { components } = await observed("interfaces");
  const interfaces = components.filter((component) => component.class === "interface");
  expect(interfaces.map(({ key }) => key)).toEqual([
    "GigabitEthernet0/1",
    "Te0/2",
    "FastEthernet0/3",
    "FastEthernet0/4",
    "GigabitEthernet0/1 copy",
  ]);
  const [first, second, third, fourth, fifth] = interfaces;
  expect(first?.label).toBe("Gi0/1");
  expect(first?.attributes).toMatchObject({
    ifIndex: 1,
    alias: "uplink VNPT 4411",
    mac: "00:1a:2b:00:00:01",
    type: 6,
    vlan: 120,
  });
  expect(second?.attributes).toMatchObject({ address: "192.0.2.1", prefixMask: "255.255.255.0" });
  expect(first?.measurements).toMatchObject({
    inOctets: { kind: "counter64", value: 18446744073709551615n, unit: "octets" },
    inErrors: { kind: "counter32", value: 7, unit: "packets" },
    fcsErrors: { kind: "counter32", value: 12 },
    lateCollisions: { kind: "counter32", value: 3 },
    duplexStatus: { kind: "state", value: 2, word: "halfDuplex", severity: "warning" },
    operStatus: { value: 1, word: "up", severity: "ok" },
  });
  expect(second?.measurements.inOctets?.value).toBe(9007199254740993n);
  expect(third?.measurements.inOctets).toEqual({ kind: "counter32", value: 3333, unit: "octets" });
  expect(fourth?.measurements.inOctets).toEqual({ kind: "counter32", value: 4444, unit: "octets" });
  expect(interfaces.map((one) => one.measurements.speedBitsPerSecond?.value)).toEqual([
    1e9,
    1e10,
    1e8,
    1e8,
    undefined,
  ]);
  expect(fifth?.measurements.operStatus).toEqual({
    kind: "state",
    value: 42,
    word: "code 42",
    severity: "unknown",
  });
  expect(fifth?.measurements.inOctets).toBeUndefined();
});

test("HOST-RESOURCES: processors, memory by type, storage; nonsense left out", async () => {
  const { components, incarnation } = await observed("host");
  expect(told(components, "processor")).toEqual(["cpu768: busyPercent=17", "cpu769: busyPercent=43"]);
  expect(told(components, "memory")).toEqual([
    "RAM: usedOctets=1024000 usedPercent=25 sizeOctets=4096000",
    "Swap: usedOctets=0 usedPercent=0 sizeOctets=1024000",
    "Cached memory: usedOctets=512000",
  ]);
  expect(told(components, "storage")).toEqual([
    "/: usedOctets=1024000 usedPercent=25 sizeOctets=4096000",
    "/data: usedOctets=6040930222080 usedPercent=50 sizeOctets=12081860444160",
  ]);
  expect(told(components, "count")).toEqual(["processes: value=212"]);
  expect(incarnation).toEqual({ sysUpTimeTicks: 100, hostUpTimeTicks: 999900 });
});

test("UCD: caches are not used memory; idle and disks only where HOST-RESOURCES says nothing", async () => {
  const { components } = await observed("net-snmp");
  expect(told(components, "memory")).toEqual([
    "Physical memory: usedOctets=2048000 sizeOctets=8192000 usedPercent=25",
    "Memory buffers: usedOctets=512000",
    "Cached memory: usedOctets=4608000",
  ]);
  expect(told(components, "processor")).toEqual(["cpu: busyPercent=12"]);
  expect(told(components, "load")).toEqual(["Load-1: value=1.25", "Load-5: value=0.5"]);
  expect(told(components, "storage")).toEqual(["/: usedOctets=614400 usedPercent=60 sizeOctets=1024000"]);
  expect(told(components, "disk")).toEqual(["sda: readOctets=5000000000"]);
  expect(told(components, "temperature")).toEqual(["Core 0: value=45.5"]);
});

test("ENTITY-SENSOR and ENTITY-STATE: class by type, scale and precision, states, invalid values", async () => {
  const { components, system } = await observed("entity-sensors");
  expect(told(components, "temperature")).toEqual(["Inlet: value=25.3 status=ok", "Overflow: status=ok"]);
  expect(told(components, "fan")).toEqual([
    "Fan tray: status=enabled",
    "Fan 1: value=5400 status=nonoperational",
  ]);
  expect(told(components, "voltage")).toEqual([
    "Rail 12: value=3.299 status=ok",
    "Rail 16: value=5.001 status=ok",
  ]);
  expect(told(components, "optical-power")).toEqual(["Rx: value=-7.12"]);
  expect(told(components, "power-supply")).toEqual(["PSU 1: status=disabled"]);
  expect(components.find(({ key }) => key === "Inlet")?.attributes).toEqual({ group: "chassis" });
  expect(system).toMatchObject({
    family: "generic",
    model: "MODEL-1",
    serial: "SN0001",
    softwareVersion: "7.1",
  });
});

test("agents that leave out ifTable, scale and precision, or send values no MIB has", async () => {
  const { components } = await observed("odd-agent");
  expect(told(components, "interface")).toEqual([
    "port1: speedBitsPerSecond=1000000000 inOctets=1234567 outOctets=42",
    "port2: inOctets=7654321",
  ]);
  expect(told(components, "temperature")).toEqual([
    "No scale, no precision: value=31",
    "Accurate digits: value=42",
  ]);
  expect(told(components, "voltage")).toEqual(["Scale zero: value=12", "No precision: value=3.3"]);
  expect(told(components, "fan")).toEqual(["Absurd precision: value=4200"]);
});

test("BGP4, OSPF, OSPFv3, LLDP: neighbours with their states and the port they are on", async () => {
  const { components } = await observed("routing");
  const peers = components.filter((component) => component.class === "bgp-peer");
  expect(peers.map(({ key, label }) => [key, label])).toEqual([
    ["192.0.2.9", "192.0.2.9 (AS 65010)"],
    ["203.0.113.7", "203.0.113.7 (AS 65020)"],
  ]);
  expect(peers[0]?.attributes).toMatchObject({ remoteAs: 65010, localAs: 65001, localAddress: "192.0.2.10" });
  expect(peers[0]?.measurements).toMatchObject({
    state: { word: "established", severity: "ok" },
    adminStatus: { word: "start" },
    establishedSeconds: { kind: "gauge", value: 86400, unit: "seconds" },
    establishedTransitions: { kind: "counter32", value: 2 },
    lastError: { word: "none" },
  });
  expect(peers[1]?.measurements).toMatchObject({
    state: { word: "active", severity: "critical" },
    lastError: { word: "hold timer expired" },
  });
  const neighbours = components.filter((component) => component.class === "ospf-neighbor");
  expect(neighbours.map(({ label, measurements }) => [label, measurements.state?.word])).toEqual([
    ["198.51.100.250 (198.51.100.2)", "full"],
    ["fe80::1 on eth2", "twoWay"],
  ]);
  const seen = components.filter((component) => component.class === "lldp-neighbor");
  expect(seen.map(({ label }) => label)).toEqual(["core-sw to router"]);
  expect(seen[0]?.attributes).toMatchObject({
    protocol: "lldp",
    localPort: "eth2",
    systemName: "core-sw",
    portId: "Gi1/0/24",
    chassisId: "00:1a:2b:3c:4d:5e",
  });
});

test("UPS-MIB: on battery, with what is left; readings that mean nothing left out", async () => {
  const { components } = await observed("ups");
  const ups = components.find((component) => component.class === "ups");
  expect(ups?.label).toBe("Acme Power 3000");
  expect(ups?.measurements).toMatchObject({
    outputSource: { word: "battery", severity: "critical" },
    batteryStatus: { word: "batteryNormal", severity: "ok" },
    secondsOnBattery: { value: 312 },
    minutesRemaining: { value: 26, unit: "minutes" },
    chargePercent: { value: 71, unit: "percent" },
    batteryVolts: { value: 272.1 },
    inputLineBads: { kind: "counter32", value: 4 },
    alarmsPresent: { value: 1 },
    testResult: { word: "noTestsInitiated" },
  });
  expect(told(components, "voltage")).toEqual([
    "input 1: value=0",
    "output 1: value=230",
    "battery: value=272.1",
  ]);
  expect(told(components, "frequency")).toEqual(["input 1: value=49.9", "output: value=50"]);
  expect(told(components, "current")).toEqual(["output 1: value=2.4"]);
  expect(told(components, "runtime")).toEqual(["battery: value=1560"]);
  expect(told(components, "load")).toEqual(["output 1: value=19"]);
  expect(components.find(({ class: kind }) => kind === "load")?.measurements.value?.unit).toBe("percent");
});

test("Printer-MIB: levels in percent, codes below zero in words, errors as flags", async () => {
  const { components } = await observed("printer");
  expect(told(components, "printer")).toEqual([
    "printer 1: status=idle detectedErrors=noPaper, jammed deviceStatus=warning",
    "marker 1.1: pages=18233",
  ]);
  expect(told(components, "printer-supply")).toEqual([
    "Black: levelPercent=25 level=2000 levelState=present capacity=8000",
    "Drum: levelPercent=80 level=80 levelState=present",
    "Waste: levelPercent=0 level=0 levelState=full",
    "tray Tray 1: levelState=someRemaining",
  ]);
  expect(components[0]?.measurements.detectedErrors).toMatchObject({ value: 34, severity: "critical" });
});
