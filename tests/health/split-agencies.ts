/** An agency with two sites, and a district of two communes: what two pollers (`--shard`) have to put together. */
import { smallInventory, writeInventory } from "../inventory/synthetic-inventory.ts";

/** Writes it into a directory; @returns the directory. Routers rt-1 … rt-4 hang on ports to-1 … to-4 of rt-center. */
export function splitAgencies(directory: string): string {
  const numbers = [1, 2, 3, 4];
  const owners = ["office", "office", "commune-3", "commune-4"];
  const files = smallInventory();
  files.set(
    "agencies/agencies.yaml",
    `- { id: center, name: Trung tâm, kind: department }
- { id: office, name: Sở Hai Nhà, kind: department }
- { id: district, name: Huyện Nhỏ, kind: district }
- { id: commune-3, name: Xã Ba, kind: commune, parents: [{ agency: district }] }
- { id: commune-4, name: Xã Bốn, kind: commune, parents: [{ agency: district, until: "2026-12-01" }] }
`,
  );
  files.set(
    "sites/sites.yaml",
    [
      "- { id: center, name: Trung tâm, agency: center }",
      ...numbers.map((n) => `- { id: site-${n}, name: Nhà ${n}, agency: ${owners[n - 1]} }`),
    ].join("\n"),
  );
  const ports = numbers.map((n) => `{ name: to-${n} }`).join(", ");
  files.set(
    "devices/devices.yaml",
    [
      `- { id: rt-center, site: center, role: router, address: 192.0.2.1, credential: v2c, interfaces: [${ports}] }`,
      ...numbers.map(
        (n) =>
          `- { id: rt-${n}, site: site-${n}, role: router, address: 192.0.2.${n + 1}, credential: v2c, interfaces: [{ name: wan }] }`,
      ),
    ].join("\n"),
  );
  files.set(
    "links/links.yaml",
    numbers
      .map(
        (n) =>
          `- { id: wan-${n}, kind: fiber, a: { device: rt-center, interface: to-${n} }, b: { device: rt-${n}, interface: wan } }`,
      )
      .join("\n"),
  );
  writeInventory(directory, files);
  return directory;
}
