/** The files of a new center: small, complete, valid, and commented where a person has to decide something. */

export interface CenterNames {
  /** Id of the province or organisation: lower-case letters, digits, hyphens. */
  id: string;
  name: string;
  language: "vi" | "en";
  timeZone: string;
}

/** Path (below the new directory) → content. */
export function centerFiles({ id, name, language, timeZone }: CenterNames): Map<string, string> {
  const text = JSON.stringify(name);
  const inventory = (file: string) => `inventory/${id}/${file}`;
  return new Map([
    ["pdc.yaml", `${settings}inventory: inventory/${id}\nlanguage: ${language}\n${receivers}`],
    [".gitignore", "# Values of credentials never belong in the repository.\nsecrets/\nreports/\n"],
    ["README.md", readme(id, name)],
    [
      inventory("province.yaml"),
      `id: ${id}\nname: ${text}\ntimeZone: ${timeZone}\nlanguage: ${language}\n${signing}`,
    ],
    [inventory("agencies/agencies.yaml"), agencies],
    [inventory("sites/sites.yaml"), sites],
    [inventory("credentials/credentials.yaml"), credentials],
    [inventory("devices/devices.yaml"), devices],
    [inventory("links/links.yaml"), links],
    [inventory("maintenance/maintenance.yaml"), maintenance],
    [inventory("systems/systems.yaml"), systems],
  ]);
}

const settings = "# Settings of pdc below this directory; paths are relative to it.\n";
const receivers = `# Where samples go too (Prometheus remote write): the password is a credential of the inventory, never in the address.
# remoteWrite:
#   - url: https://metrics.example.vn/api/v1/write
#     credential: metrics
`;

const signing = `# Who makes and signs reports; what is not given is left blank to be filled in by hand.
# center:
#   name: Provincial data center
#   abbreviation: TTDL
#   place: City
#   superior: Department of Information and Communications
#   signer: { title: DIRECTOR, name: A. B. }
#   recipients: ["Provincial People's Committee;", "Archive."]
`;

function readme(id: string, name: string): string {
  return `# ${name}

The inventory of this center, for pdc. One folder a kind below \`inventory/${id}/\`; split the files as you like, every
\`.yaml\` file of a folder is read.

1. Replace the samples in agencies, sites, devices and links (or \`pdc inventory import\` from CSV or NetBox).
2. Give the community of \`snmp-read\`: \`export PDC_SNMP_READ=...\`, or a file with mode 0600 (see credentials).
3. \`pdc inventory validate\`, then \`pdc poll\`, then \`pdc report agency\`.
`;
}

const agencies = `# Who there is. Parents and former names carry dates, so that an older month is reported with its own tree.
- id: data-center
  name: Data center
  kind: department
- id: district-a
  name: District A
  kind: district
- id: commune-a1
  name: Commune A1
  kind: commune
  parents:
    - { agency: district-a }
`;

const sites = `- id: center
  name: Data center
  agency: data-center
  latitude: 17.468
  longitude: 106.622
- id: commune-a1
  name: Commune A1, office
  agency: commune-a1
  latitude: 17.6
  longitude: 106.3
`;

const credentials = `# Names only; the values come from the environment, a file that only its owner may read, a command, or SOPS.
- id: snmp-read
  kind: snmp-community
  version: "2c"
  community: { env: PDC_SNMP_READ }
# SNMPv3 is better wherever the device has it:
# - id: snmp-v3
#   kind: snmp-v3
#   user: pdc
#   auth: { protocol: sha256, password: { file: ~/.config/pdc/secrets/snmp.yaml, key: auth } }
#   priv: { protocol: aes128, password: { file: ~/.config/pdc/secrets/snmp.yaml, key: priv } }
`;

const devices = `# The family of a device is chosen by what it answers; \`profile\` names one where it lies.
- id: rt-center
  site: center
  role: router
  address: "192.0.2.1"
  credential: snmp-read
  interfaces:
    - { name: GigabitEthernet0/0, description: to rt-a1, address: "198.51.100.1/30" }
- id: rt-a1
  site: commune-a1
  role: router
  address: "192.0.2.2"
  credential: snmp-read
  interfaces:
    - { name: ether1, description: to the center, address: "198.51.100.2/30" }
`;

const links = `# \`a\` is the end nearer to the center. Utilisation is against the committed rate, not the port's speed.
- id: wan-a1
  kind: fiber
  carrier: Carrier
  circuitId: "C-0001"
  committedMbps: 50
  a: { device: rt-center, interface: GigabitEthernet0/0 }
  b: { device: rt-a1, interface: ether1 }
  slo: { availabilityPercent: 99.5, rttMs: 50, lossPercent: 1 }
`;

const maintenance = `# Local time of the province; repeat: none, daily, weekly or monthly.
- id: core-monthly
  reason: Monthly maintenance of the core
  devices: [rt-center]
  from: "2026-01-10T22:00"
  until: "2026-01-11T02:00"
  repeat: monthly
`;

const systems = `# The information systems the center runs or watches.
- id: wan
  name: Mạng diện rộng
  nameEn: Wide area network
  owner: data-center
  handledBy: wan
`;
