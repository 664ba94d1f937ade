/** The faults of a bad morning, as data: what happened to what. Tests hold reports against these. */

export type Fault =
  /** A district's router restarts; after that its ports may have other ifIndexes. */
  | { kind: "router-reboot"; device: string; isRenumbered: boolean }
  /** A carrier's circuit is cut: `agencies` have their way over it, `cutOff` no other. */
  | {
      kind: "link-cut";
      link: string;
      carrier: string;
      agencies: readonly string[];
      cutOff: readonly string[];
    }
  /** A commune's primary circuit fails and its backup carries the traffic. */
  | { kind: "on-backup"; agency: string; primary: string; backup: string }
  /** One port runs half duplex against a full-duplex neighbour. */
  | { kind: "duplex-errors"; device: string; interface: string }
  | { kind: "ups-on-battery"; device: string }
  | { kind: "disk-full"; device: string }
  /** A device answers, but not SNMP. */
  | { kind: "garbage"; device: string };

export type FaultKind = Fault["kind"];
