/** Objects of an inventory together with where they stand, for the checks that compare them. */
import type { Credential } from "./credential-model.ts";
import type { Kind } from "./kinds.ts";
import type { Agency, Device, InventoryProblem, Link, Maintenance, Province, Site, System } from "./model.ts";
import type { ParsedYaml, YamlPath } from "./parse-yaml.ts";
import type {
  Cluster,
  Endpoint,
  Environment,
  Exchange,
  Image,
  ImageDigest,
  Registry,
} from "./platform-model.ts";

/** The type of one object of each kind. */
export interface KindTypes {
  agencies: Agency;
  sites: Site;
  devices: Device;
  links: Link;
  credentials: Credential;
  maintenance: Maintenance;
  systems: System;
  clusters: Cluster;
  environments: Environment;
  endpoints: Endpoint;
  exchanges: Exchange;
  registries: Registry;
  images: Image;
  digests: ImageDigest;
}

/** An object and its place. */
export interface Located<T> {
  value: T;
  parsed: ParsedYaml;
  index: number;
}

/** All objects of right shape, by id; and the ids of those that were refused, so that nobody misses them. */
export interface Collected {
  province: Province | undefined;
  items: { [K in Kind]: Map<string, Located<KindTypes[K]>> };
  refusedIds: { [K in Kind]: Set<string> };
}

/** A problem at a value of an object. */
export function problemIn(
  item: Located<unknown>,
  path: YamlPath,
  code: string,
  message: string,
  hint?: string,
): InventoryProblem {
  const place = item.parsed.locate([item.index, ...path]);
  return { file: item.parsed.file, ...place, code, message, ...(hint !== undefined && { hint }) };
}

/** "devices/center.yaml:12", to point at the other of two. */
export function placeOf(item: Located<unknown>, path: YamlPath = []): string {
  return `${item.parsed.file}:${item.parsed.locate([item.index, ...path]).line}`;
}
