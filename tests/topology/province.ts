import {
  agencySchema,
  deviceSchema,
  type Inventory,
  linkSchema,
  maintenanceSchema,
  provinceSchema,
  siteSchema,
} from "../../src/inventory/model.ts";

type Row = Record<string, unknown> & { id: string };

/** What a test says of a province; everything else takes the schema's defaults. */
export interface SmallProvince {
  agencies?: Row[];
  sites?: Row[];
  devices?: Row[];
  links?: Row[];
  maintenance?: Row[];
  language?: "vi" | "en";
}

function rows<T extends { id: string }>(list: Row[] | undefined, parse: (row: Row) => T): Map<string, T> {
  return new Map((list ?? []).map((row) => [row.id, parse(row)]));
}

/** An inventory from a few rows. Devices need id and site; links need a and b as "device/interface". */
export function province(small: SmallProvince): Inventory {
  const end = (text: unknown) => {
    const [device, ...name] = String(text).split("/");
    return { device, interface: name.join("/") };
  };
  const devices = rows(small.devices, (row) =>
    deviceSchema.parse({
      role: "router",
      address: "192.0.2.1",
      credential: "ro",
      reachability: { method: "snmp" },
      ...row,
    }),
  );
  const sites = rows(small.sites, (row) => siteSchema.parse({ name: row.id, agency: row.id, ...row }));
  for (const device of devices.values()) {
    if (!sites.has(device.site))
      sites.set(device.site, siteSchema.parse({ id: device.site, name: device.site, agency: device.site }));
  }
  const agencies = rows(small.agencies, (row) =>
    agencySchema.parse({ name: row.id, kind: "commune", ...row }),
  );
  for (const site of sites.values()) {
    if (!agencies.has(site.agency))
      agencies.set(site.agency, agencySchema.parse({ id: site.agency, name: site.agency, kind: "commune" }));
  }
  return {
    directory: "/nowhere",
    contentHash: "0".repeat(64),
    province: provinceSchema.parse({
      id: "quang-binh",
      name: "Quảng Bình",
      nameEn: "Quang Binh",
      language: small.language ?? "en",
    }),
    agencies,
    sites,
    devices,
    links: rows(small.links, (row) =>
      linkSchema.parse({ kind: "fiber", ...row, a: end(row.a), b: end(row.b) }),
    ),
    credentials: new Map(),
    maintenance: rows(small.maintenance, (row) => maintenanceSchema.parse({ reason: "works", ...row })),
    systems: new Map(),
    clusters: new Map(),
    environments: new Map(),
    endpoints: new Map(),
    exchanges: new Map(),
    registries: new Map(),
    images: new Map(),
    digests: new Map(),
  };
}
