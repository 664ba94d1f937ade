/** The kinds of an inventory and where their files lie: `province.yaml`, and one folder for each other kind. */

/** Folder names, in the order they are checked and listed. */
export const KINDS = [
  "agencies",
  "sites",
  "devices",
  "links",
  "credentials",
  "maintenance",
  "systems",
  "clusters",
  "environments",
  "endpoints",
  "exchanges",
  "registries",
  "images",
  "digests",
] as const;

export type Kind = (typeof KINDS)[number];

/** The one file that is not a list. */
export const PROVINCE_FILE = "province.yaml";

/** Folders of an inventory that other rooms read: a center's own profiles, SOPS files, systems' own manifests. */
export const FOREIGN_FOLDERS: readonly string[] = ["profiles", "secrets", "alerts", "manifests"];

/** What one object of a kind is called in a sentence. */
export const SINGULAR: Readonly<Record<Kind, string>> = {
  agencies: "agency",
  sites: "site",
  devices: "device",
  links: "link",
  credentials: "credential",
  maintenance: "maintenance window",
  systems: "system",
  clusters: "cluster",
  environments: "environment",
  endpoints: "endpoint",
  exchanges: "exchange",
  registries: "registry",
  images: "image",
  digests: "digest",
};

/**
 * What an inventory may be at most; more is refused before it is parsed. A province of 5,000 devices is about
 * 2 MB in 60 files, so these leave room for twenty of them.
 */
export const LIMITS = {
  fileOctets: 8 * 1024 * 1024,
  totalOctets: 64 * 1024 * 1024,
  files: 5_000,
  /** Levels of lists and maps inside each other; the model has six. */
  depth: 32,
  /** Lists, maps and scalars of one file, aliases expanded. */
  nodes: 1_000_000,
  /** Nodes that aliases may add to one file. */
  aliasNodes: 20_000,
  /** Problems that are told at once. */
  problems: 1_000,
} as const;
