/** The shape of the network as data: what hangs on what, seen from the center. */

/** One way from a device towards the center. */
export interface Uplink {
  /** The device above. */
  parent: string;
  /** The link it runs over; absent inside a site, where only the devices are known. */
  link?: string;
  /** Role of that link in its primary/backup group. */
  role?: "primary" | "backup";
  /** What says so: a link of the inventory, the device's `uplink`, an LLDP neighbour, or only that it shares the site. */
  source: "link" | "uplink" | "lldp" | "site";
}

/** One way from a device away from the center. */
export interface Downlink {
  child: string;
  link?: string;
}

/** An adjacency a device reported (LLDP-MIB lldpRemTable). All of it is device text. */
export interface Neighbor {
  device: string;
  localInterface: string;
  /** lldpRemSysName of the other side. */
  remoteName: string;
  remoteInterface?: string;
}

/** Two devices that see each other although no link of the inventory joins them and they are at different sites. */
export interface UndeclaredAdjacency {
  a: string;
  b: string;
  interface: string;
}

/** Primary and backup access of one site. */
export interface LinkGroup {
  id: string;
  primary: readonly string[];
  backup: readonly string[];
}

/** Everything that follows from who hangs on whom. Ids are the inventory's; maps keep its order. */
export interface Topology {
  /** Ways up per device, primary before backup. A device without any is a root. */
  uplinks: ReadonlyMap<string, readonly Uplink[]>;
  downlinks: ReadonlyMap<string, readonly Downlink[]>;
  /** Devices with nothing above them: the center's own edge, and whatever is not connected to it. */
  roots: readonly string[];
  devicesBySite: ReadonlyMap<string, readonly string[]>;
  linksByDevice: ReadonlyMap<string, readonly string[]>;
  /** Links that bring a site its way to the center: `b` at the site, `a` somewhere else. */
  accessLinks: ReadonlyMap<string, readonly string[]>;
  /** The devices of a site through which the others reach the center. */
  gateways: ReadonlyMap<string, readonly string[]>;
  groups: ReadonlyMap<string, LinkGroup>;
  groupByLink: ReadonlyMap<string, LinkGroup>;
  undeclared: readonly UndeclaredAdjacency[];
}

/** A way from the center (first) to a device (last). `links[i]` joins `devices[i]` and `devices[i + 1]` where it is known. */
export interface UpstreamPath {
  devices: readonly string[];
  links: readonly (string | undefined)[];
  /** True when any link of it is a backup. */
  isBackup: boolean;
}
