/**
 * The one model of a province, as zod schemas; the TypeScript types are inferred from them. Files of the
 * inventory hold these objects; ids are unique over their kind and are what the rest of pdc refers to. What Kubernetes
 * carries is in `platform-model.ts`, where secrets come from in `credential-model.ts`.
 */
import { z } from "zod";
import { dateSchema, idSchema, lineSchema } from "./basic-schemas.ts";
import type { Credential } from "./credential-model.ts";
import { isTimeZone } from "./local-time.ts";
import {
  backupSchema,
  type Cluster,
  dataClassSchema,
  type Endpoint,
  type Environment,
  type Exchange,
  type Image,
  type ImageDigest,
  platformSchema,
  type Registry,
} from "./platform-model.ts";

export const provinceSchema = z.strictObject({
  id: idSchema,
  name: lineSchema,
  nameEn: lineSchema.optional(),
  /** Code of the General Statistics Office. */
  code: lineSchema.optional(),
  /** IANA name; maintenance windows, months and reports are in it. */
  timeZone: z.string().refine(isTimeZone, "no time zone").default("Asia/Ho_Chi_Minh"),
  /** Language of reports when `--lang` is not given. */
  language: z.enum(["vi", "en"]).default("vi"),
  /** Who makes and signs reports (for the layout of Decree 30/2020/ND-CP); what is not given is left blank there. */
  center: z
    .strictObject({
      name: lineSchema,
      nameEn: lineSchema.optional(),
      /** In the number of a document: "TTDL" gives "Số: ......../BC-TTDL". */
      abbreviation: lineSchema.optional(),
      place: lineSchema.optional(),
      placeEn: lineSchema.optional(),
      superior: lineSchema.optional(),
      superiorEn: lineSchema.optional(),
      signer: z
        .strictObject({
          /** One line, or two ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"). */
          title: z.union([lineSchema, z.array(lineSchema).min(1).max(3)]),
          titleEn: z.union([lineSchema, z.array(lineSchema).min(1).max(3)]).optional(),
          name: lineSchema.optional(),
        })
        .optional(),
      /** A line each, as they stand at the foot: "UBND tỉnh (để báo cáo);". */
      recipients: z.array(lineSchema).min(1).max(20).optional(),
      recipientsEn: z.array(lineSchema).min(1).max(20).optional(),
    })
    .optional(),
});

export const agencySchema = z.strictObject({
  id: idSchema,
  code: lineSchema.optional(),
  name: lineSchema,
  nameEn: lineSchema.optional(),
  kind: z.enum(["province", "department", "district", "commune", "unit"]),
  /** Whom it belonged to and when; the entry without `until` is today's. None: directly under the province. */
  parents: z
    .array(z.strictObject({ agency: idSchema, from: dateSchema.optional(), until: dateSchema.optional() }))
    .default([]),
  aliases: z.array(lineSchema).default([]),
  formerNames: z.array(z.strictObject({ name: lineSchema, until: dateSchema.optional() })).default([]),
  formerCodes: z.array(z.strictObject({ code: lineSchema, until: dateSchema.optional() })).default([]),
  validFrom: dateSchema.optional(),
  validUntil: dateSchema.optional(),
  mergedInto: z.strictObject({ agency: idSchema, on: dateSchema }).optional(),
  /** Of a commune: wards, townships and communes are told apart in reports. */
  communeKind: z.enum(["ward", "commune", "township"]).optional(),
});

export const siteSchema = z.strictObject({
  id: idSchema,
  name: lineSchema,
  agency: idSchema,
  /** Whose it was before; `until` is the first day it no longer was. */
  formerAgencies: z.array(z.strictObject({ agency: idSchema, until: dateSchema })).default([]),
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
  address: z.string().optional(),
  /** Address prefixes of its networks ("10.46.7.0/24"); no two sites share one. */
  prefixes: z.array(z.string()).default([]),
});

export const interfaceSchema = z.strictObject({
  /** ifName (or ifDescr) as the device says it. */
  name: lineSchema.max(255),
  description: z.string().optional(),
  /** "10.20.3.1/30" or an IPv6 one. */
  address: z.string().optional(),
  /** Routing instance; addresses may repeat in different ones. */
  vrf: z.string().optional(),
  /** false: not expected to be up, never alarmed. */
  monitored: z.boolean().default(true),
});

export const deviceSchema = z.strictObject({
  id: idSchema,
  name: lineSchema.optional(),
  site: idSchema,
  role: z.enum([
    "router",
    "firewall",
    "core-switch",
    "switch",
    "access-point",
    "server",
    "storage",
    "ups",
    "printer",
    "sensor",
    "video-codec",
    "other",
  ]),
  /** Name of a profile family; absent: chosen by what the device answers. */
  profile: z.string().optional(),
  vendor: z.string().optional(),
  model: z.string().optional(),
  serial: z.string().optional(),
  /** Management address (IPv4, IPv6) or DNS name. */
  address: z.string().min(1),
  port: z.number().int().min(1).max(65535).default(161),
  credential: idSchema,
  driver: z.enum(["pdc", "snmp-native", "net-snmp"]).default("pdc"),
  timeoutMs: z.number().int().min(50).max(60_000).optional(),
  retries: z.number().int().min(0).max(10).optional(),
  maxRepetitions: z.number().int().min(1).max(100).optional(),
  acceptOtherAddress: z.boolean().optional(),
  reachability: z
    .strictObject({ method: z.enum(["icmp", "snmp", "tcp"]), port: z.number().int().optional() })
    .default({ method: "icmp" }),
  interfaces: z.array(interfaceSchema).default([]),
  /** The device above it inside its site, when links do not say so. */
  uplink: idSchema.optional(),
  tags: z.array(z.string()).default([]),
});

export const linkEndSchema = z.strictObject({ device: idSchema, interface: z.string().min(1) });

export const linkSchema = z.strictObject({
  id: idSchema,
  name: lineSchema.optional(),
  kind: z.enum(["fiber", "mpls", "leased-line", "internet-vpn", "cellular", "satellite", "microwave", "lan"]),
  carrier: z.string().optional(),
  circuitId: z.string().optional(),
  /** Committed rate, Mbit/s; utilisation is against this. One number, or both directions seen from `a`. */
  committedMbps: z
    .union([z.number().positive(), z.strictObject({ in: z.number().positive(), out: z.number().positive() })])
    .optional(),
  /** The end nearer to the center (upstream). */
  a: linkEndSchema,
  /** The end at the agency (downstream). */
  b: linkEndSchema,
  group: z.strictObject({ id: idSchema, role: z.enum(["primary", "backup"]) }).optional(),
  slo: z
    .strictObject({
      availabilityPercent: z.number().min(0).max(100),
      rttMs: z.number().positive().optional(),
      lossPercent: z.number().min(0).max(100).optional(),
    })
    .optional(),
  validFrom: dateSchema.optional(),
  validUntil: dateSchema.optional(),
});

export const maintenanceSchema = z.strictObject({
  id: idSchema,
  reason: z.string().min(1),
  /** What it covers; agencies and sites cover what is below them. */
  agencies: z.array(idSchema).default([]),
  sites: z.array(idSchema).default([]),
  devices: z.array(idSchema).default([]),
  links: z.array(idSchema).default([]),
  /** Local time of the province, "2026-11-24T22:00". */
  from: z.string(),
  until: z.string(),
  /** Recurs weekly on that day and hours when given ("weekly" from `from`). */
  repeat: z.enum(["none", "daily", "weekly", "monthly"]).default("none"),
  /** First day on which a recurring one does not begin any more. */
  repeatUntil: dateSchema.optional(),
});

export const systemSchema = z.strictObject({
  id: idSchema,
  name: lineSchema,
  nameEn: lineSchema,
  owner: idSchema,
  /** Where it is handled in pdc. */
  handledBy: z.enum(["workload", "hosts", "conference", "wan", "lan", "coverage", "inventory"]),
  /** Decree 85/2016/ND-CP security level. */
  securityLevel: z.number().int().min(1).max(5).optional(),
  dataClass: dataClassSchema.optional(),
  description: z.string().optional(),
  backup: backupSchema.optional(),
  /** Of `handledBy: workload`: what it runs on the platform. */
  platform: platformSchema.optional(),
});

export type Province = z.infer<typeof provinceSchema>;
export type Agency = z.infer<typeof agencySchema>;
export type Site = z.infer<typeof siteSchema>;
export type Device = z.infer<typeof deviceSchema>;
export type LinkEnd = z.infer<typeof linkEndSchema>;
export type Link = z.infer<typeof linkSchema>;
export type Maintenance = z.infer<typeof maintenanceSchema>;
export type System = z.infer<typeof systemSchema>;

/** A whole, checked inventory. Maps are by id, in the order of the files. Everything in pdc starts from it. */
export interface Inventory {
  /** Absolute directory it was read from. */
  directory: string;
  /** SHA-256 over the names and contents of its files, hex: the revision a report names. */
  contentHash: string;
  province: Province;
  agencies: ReadonlyMap<string, Agency>;
  sites: ReadonlyMap<string, Site>;
  devices: ReadonlyMap<string, Device>;
  links: ReadonlyMap<string, Link>;
  credentials: ReadonlyMap<string, Credential>;
  maintenance: ReadonlyMap<string, Maintenance>;
  systems: ReadonlyMap<string, System>;
  clusters: ReadonlyMap<string, Cluster>;
  environments: ReadonlyMap<string, Environment>;
  endpoints: ReadonlyMap<string, Endpoint>;
  exchanges: ReadonlyMap<string, Exchange>;
  registries: ReadonlyMap<string, Registry>;
  images: ReadonlyMap<string, Image>;
  digests: ReadonlyMap<string, ImageDigest>;
}

/** One thing wrong with an inventory, at a place a person can open. */
export interface InventoryProblem {
  /** Relative to the inventory's directory. */
  file: string;
  line: number;
  column: number;
  /** Stable: "unknown-key", "duplicate-id", "dangling-reference", "overlapping-prefix" … */
  code: string;
  message: string;
  /** "did you mean …?", or what to do. */
  hint?: string;
}
