/** A district with four communes as incidents are tested on: its samples, with faults in them. */
import type { Inventory } from "../../../src/inventory/model.ts";
import type { DeviceSample } from "../../../src/samples/types.ts";
import { province } from "../../topology/province.ts";
import { port, sample, silent } from "../samples.ts";

export const MINUTE = 60_000;
export const BOOT = Date.UTC(2026, 9, 1);
export const communes = ["c1", "c2", "c3", "c4"];

/** center — district — four communes; c1 has a backup over another carrier, and a UPS. */
export function small(extra: Partial<Parameters<typeof province>[0]> = {}): Inventory {
  return province({
    devices: [
      { id: "core", site: "center" },
      { id: "district", site: "district" },
      ...communes.flatMap((id) => [
        { id, site: id },
        { id: `${id}-sw`, site: id, role: "switch" },
      ]),
      { id: "c1-ups", site: "c1", role: "ups" },
    ],
    links: [
      { id: "trunk", a: "core/ge0", b: "district/ge0", carrier: "VNPT" },
      ...communes.map((id, at) => ({
        id: `l-${id}`,
        a: `district/ge${at + 1}`,
        b: `${id}/ge0`,
        carrier: "VNPT",
        ...(id === "c1" && { group: { id: "c1", role: "primary" } }),
      })),
      { id: "b-c1", a: "district/ge9", b: "c1/ge1", carrier: "Viettel", group: { id: "c1", role: "backup" } },
    ],
    ...extra,
  });
}

export type Faults = {
  silent?: readonly string[];
  down?: readonly string[];
  shut?: readonly string[];
  parts?: Record<string, DeviceSample["components"]>;
  bootMs?: Record<string, number>;
  missing?: readonly string[];
};

/** The samples of one cycle: everything well but for these. Ports as "device/ge0". */
export function samplesOf(inventory: Inventory, faults: Faults = {}) {
  return (atMs: number): DeviceSample[] =>
    [...inventory.devices.keys()].flatMap((id) => {
      if (faults.missing?.includes(id)) return [];
      if (faults.silent?.includes(id)) return [silent(id, atMs)];
      const ports = ["ge0", "ge1", "ge2", "ge3", "ge4", "ge9"].map((name) =>
        port(name, {
          oper:
            faults.down?.includes(`${id}/${name}`) || faults.shut?.includes(`${id}/${name}`) ? "down" : "up",
          admin: faults.shut?.includes(`${id}/${name}`) ? "down" : "up",
        }),
      );
      return [
        sample(id, atMs, {
          components: [...ports, ...(faults.parts?.[id] ?? [])],
          incarnation: { sysUpTimeTicks: Math.round((atMs - (faults.bootMs?.[id] ?? BOOT)) / 10) },
        }),
      ];
    });
}

export const tree = small();
export const well = samplesOf(tree);
export const all = [...tree.devices.keys()];
export const behindTrunk = all.filter((id) => id !== "core");
export const cutTrunk = samplesOf(tree, { down: ["core/ge0"], silent: behindTrunk });
