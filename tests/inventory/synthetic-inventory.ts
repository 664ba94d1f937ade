/** Writes an inventory of any size, for benchmarks and for tests that need a valid one to break. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A smallest valid inventory: one agency with a site, two routers, a link between them. File → text. */
export function smallInventory(): Map<string, string> {
  return new Map([
    ["province.yaml", "id: small\nname: Tỉnh Nhỏ\n"],
    [
      "agencies/agencies.yaml",
      '- id: center\n  name: Trung tâm\n  kind: department\n- id: commune\n  code: "19192"\n  name: Xã Nhỏ\n  kind: commune\n',
    ],
    [
      "sites/sites.yaml",
      "- id: center\n  name: Trung tâm\n  agency: center\n- id: commune\n  name: Trụ sở xã\n  agency: commune\n",
    ],
    [
      "credentials/credentials.yaml",
      "- id: v2c\n  kind: snmp-community\n  community: { env: PDC_TEST_COMMUNITY }\n",
    ],
    [
      "devices/devices.yaml",
      `- id: rt-center
  site: center
  role: router
  address: 192.0.2.1
  credential: v2c
  interfaces:
    - { name: GigabitEthernet0/0, address: 198.51.100.1/30 }
- id: rt-commune
  site: commune
  role: router
  address: 192.0.2.2
  credential: v2c
  interfaces:
    - { name: ether1, address: 198.51.100.2/30 }
`,
    ],
    [
      "links/links.yaml",
      `- id: wan-commune
  kind: fiber
  circuitId: C-1
  a: { device: rt-center, interface: GigabitEthernet0/0 }
  b: { device: rt-commune, interface: ether1 }
`,
    ],
  ]);
}

/** Writes files below a directory. */
export function writeInventory(directory: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}

/** `count` devices in files of 100, each a router with eight interfaces and an uplink of its own. */
export function largeInventory(count: number): Map<string, string> {
  const files = smallInventory();
  for (let first = 0; first < count - 2; first += 100) {
    const indexes = Array.from({ length: Math.min(100, count - 2 - first) }, (_, i) => first + i);
    files.set(`devices/block-${first}.yaml`, indexes.map(deviceText).join("\n"));
    files.set(`links/block-${first}.yaml`, indexes.map(linkText).join("\n"));
  }
  const hub = Array.from(
    { length: count - 2 },
    (_, i) => `    - { name: Tunnel${i}, address: "${wan(i, 1)}/30" }`,
  );
  const devices = files.get("devices/devices.yaml")!;
  files.set(
    "devices/devices.yaml",
    devices.replace("- id: rt-commune", `${hub.join("\n")}\n- id: rt-commune`),
  );
  return files;
}

function wan(index: number, host: number): string {
  const number = index * 4 + host;
  return `10.${100 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
}

function deviceText(index: number): string {
  const lan = `10.${index >> 8}.${index & 255}`;
  const ports = Array.from(
    { length: 7 },
    (_, i) => `    - { name: ether${i + 2}, description: Tầng ${i + 1}, monitored: false }`,
  );
  return `- id: rt-${index}
  name: Router xã số ${index}
  site: commune
  role: router
  vendor: MikroTik
  model: RB760iGS (hEX S)
  profile: mikrotik-routeros
  serial: "HG${String(index).padStart(8, "0")}"
  address: "${lan}.1"
  credential: v2c
  tags: [ commune ]
  interfaces:
    - { name: ether1, description: VNPT tới trung tâm, address: "${wan(index, 2)}/30" }
${ports.join("\n")}
`;
}

function linkText(index: number): string {
  return `- id: wan-${index}
  kind: fiber
  carrier: VNPT
  circuitId: "VNP-${index}"
  committedMbps: 30
  a: { device: rt-center, interface: Tunnel${index} }
  b: { device: rt-${index}, interface: ether1 }
  slo: { availabilityPercent: 99.5, rttMs: 20, lossPercent: 1 }
`;
}
