/**
 * What the center's Kubernetes carries, as zod schemas: clusters and their capacity, environments, registries and
 * images, what a system runs there, and the exchange map. `model.ts` joins them to the model of the province.
 */
import { z } from "zod";

const line = z.string().regex(/^[^\r\n\t]+$/, "one line of text");
/** A DNS label short enough that what is made from it stays one. */
const name = z.string().regex(/^[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?$/, "a DNS label of at most 30 characters");
const id = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "lower-case letters, digits, hyphens");
/** Cores: "2", "0.5", "250m". */
const cpu = z.string().regex(/^(?:[1-9]\d*m|\d+(?:\.\d{1,3})?)$/, 'cores as "2", "0.5" or "250m"');
/** Octets in binary units: "512Mi", "4Gi", "1Ti". */
const octets = z.string().regex(/^[1-9]\d*(?:Mi|Gi|Ti)$/, 'octets as "512Mi", "4Gi" or "1Ti"');
const port = z.number().int().min(1).max(65_535);
const prefix = z.union([z.cidrv4(), z.cidrv6()]);
const labels = z.record(z.string(), z.string());
const environmentVariable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a name of an environment variable");

/** How much harm the data can do in wrong hands; from left to right. */
export const DATA_CLASSES = ["public", "internal", "personal", "restricted"] as const;
export const dataClassSchema = z.enum(DATA_CLASSES);

/** How a system's data is kept safe; the backup programs work from it. */
export const backupSchema = z.strictObject({
  /** Data that may be lost at most. */
  recoveryPointHours: z.number().positive(),
  /** Until it runs again. */
  recoveryTimeHours: z.number().positive(),
  keepDays: z.number().int().positive(),
  /** Copies beside the live data, and the kinds of media they are on. */
  copies: z.number().int().min(1),
  media: z.number().int().min(1).default(1),
  /** One copy is in another place. */
  isOffsite: z.boolean().default(false),
  isEncrypted: z.boolean().default(false),
  /** A restore is tried at least so often. */
  restoreTestMonths: z.number().int().positive().optional(),
});

const quota = z.strictObject({
  cpu,
  memory: octets,
  storage: octets.optional(),
  pods: z.number().int().positive(),
});

/** Pods of a service that the cluster brings: where they are and how they are told from others. */
const servicePods = z.strictObject({ namespace: id, labels });

export const workloadSchema = z.strictObject({
  name,
  template: z.enum(["web", "api", "worker", "gis", "broker"]),
  /** Name of an image. */
  image: id,
  /** With `max` above `min` it grows and shrinks with its use of the processor. */
  replicas: z
    .strictObject({ min: z.number().int().min(1).max(100), max: z.number().int().min(1).max(100).optional() })
    .default({ min: 2 }),
  /** Requests of one pod. Memory is also its limit; the processor has a limit only when one is given. */
  cpu,
  memory: octets,
  cpuLimit: cpu.optional(),
  /** Port of its service; absent: the template's. */
  port: port.optional(),
  /** Whether that port speaks TLS. */
  isTls: z.boolean().default(false),
  /** First label of the name it has outside: "dichvucong" → dichvucong.<domain of the environment>. */
  host: name.optional(),
  /** HTTP path that tells whether it is ready; absent: the port is open. */
  readinessPath: z.string().startsWith("/").optional(),
  /** HTTP path of its metrics; absent: none. */
  metricsPath: z.string().startsWith("/").optional(),
  metricsPort: port.optional(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  /** Workloads and databases of the same system that it calls. */
  calls: z.array(name).default([]),
  config: z.record(environmentVariable, z.string()).default({}),
  /** Environment variables whose values come from credentials. */
  secrets: z
    .array(
      z.strictObject({
        name: environmentVariable,
        credential: id,
        field: z.enum(["password", "user"]).default("password"),
      }),
    )
    .default([]),
  /** Of a broker of several pods: credential (kind password) that they know each other by (the Erlang cookie). */
  clusterCredential: id.optional(),
  /** Kept on disk, for each pod (broker) or shared scratch (gis). */
  storage: octets.optional(),
  /** Directories it may write to; each is empty at start. */
  writable: z.array(z.string().startsWith("/")).default(["/tmp"]),
});

export const databaseSchema = z.strictObject({
  name,
  image: id,
  hasPostgis: z.boolean().default(false),
  cpu,
  memory: octets,
  storage: octets,
  storageClass: id.optional(),
  /** Instances where an operator runs it; a plain StatefulSet has one. */
  instances: z.number().int().min(1).max(9).default(1),
  /** Credential (kind password) of its owner. */
  credential: id,
});

/** What a system runs on the platform. */
export const platformSchema = z.strictObject({
  /** What its namespace may ask for in an environment of full size; absent: a quarter more than it uses. */
  quota: quota.optional(),
  /** Groups of the identity provider. */
  groups: z
    .strictObject({ operators: z.array(line).default([]), viewers: z.array(line).default([]) })
    .default({ operators: [], viewers: [] }),
  workloads: z.array(workloadSchema).default([]),
  databases: z.array(databaseSchema).default([]),
  /** Folder below `manifests/` with the system's own manifests. */
  manifests: id.optional(),
  /** Of the exchange platform alone: the workload that all exchanges go through. */
  gateway: name.optional(),
});

export const clusterSchema = z.strictObject({
  id,
  name: line,
  site: id,
  /** What is left for pods on each node of a pool (`allocatable`), not what the node has. */
  pools: z
    .array(
      z.strictObject({
        name,
        nodes: z.number().int().min(1),
        cpu,
        memory: octets,
        pods: z.number().int().min(1).default(110),
      }),
    )
    .min(1),
  storageClasses: z
    .array(z.strictObject({ name: id, capacity: octets, isEncrypted: z.boolean().default(false) }))
    .min(1),
  /** Pods that every namespace lets in or calls. */
  services: z.strictObject({
    dns: servicePods,
    ingress: servicePods,
    monitoring: servicePods,
    backup: servicePods,
  }),
  ingressClass: id.optional(),
  /** A Gateway that routes attach to, instead of the Ingress class. */
  gateway: z.strictObject({ name: id, namespace: id }).optional(),
  /** Extensions whose resource types are installed. */
  operators: z
    .array(z.enum(["cert-manager", "cloudnative-pg", "external-secrets", "gateway-api", "prometheus"]))
    .default([]),
  /** ClusterIssuer of the center's certificate authority (cert-manager). */
  certificateIssuer: id.optional(),
  /** Credential (kind certificate) for names outside, where cert-manager is not. */
  certificateCredential: id.optional(),
  /** ClusterSecretStore that renders refer to (external-secrets). */
  secretStore: id.optional(),
  /** Where the API server answers, for operators' pods that call it. */
  apiServer: z.strictObject({ addresses: z.array(prefix).min(1), port }).optional(),
  /** How long logs of pods and of the API server are kept. */
  logRetentionMonths: z.number().int().min(0).optional(),
});

export const environmentSchema = z.strictObject({
  id: name.max(20),
  name: line,
  nameEn: line.optional(),
  cluster: id,
  /** Names outside end in it. */
  domain: z.string().regex(/^(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}$/, "a domain name"),
  /** What its databases hold. Controls of availability are for real data. */
  data: z.enum(["real", "masked", "synthetic"]),
  /** Requests and quotas, percent of what the systems ask for. */
  sizePercent: z.number().int().min(5).max(200).default(100),
  /** Disks, percent. */
  storagePercent: z.number().int().min(1).max(200).default(100),
  /** "single": one pod of everything, nothing grows. */
  replicas: z.enum(["as-written", "single"]).default("as-written"),
  /** Systems it does not have. */
  excludes: z.array(id).default([]),
  /** Quotas of systems in this environment, in place of the scaled ones. */
  quotas: z.array(quota.extend({ system: id })).default([]),
});

const exchangeEnd = z
  .strictObject({ system: id.optional(), workload: name.optional(), endpoint: id.optional() })
  .refine(
    ({ system, workload, endpoint }) => (endpoint === undefined) === (system !== undefined && !!workload),
    {
      message: "either a system with one of its workloads, or an endpoint",
    },
  );

/** One row of the exchange map: whose data goes to whom, by which way and on which ground. */
export const exchangeSchema = z.strictObject({
  id,
  /** Who calls and receives the answer. */
  consumer: exchangeEnd,
  /** Who is called. */
  provider: exchangeEnd,
  route: z.enum(["lgsp", "direct"]).default("lgsp"),
  dataClass: dataClassSchema,
  purpose: line,
  /** Decision or agreement it rests on. */
  agreement: line.optional(),
  /** Why it does not go through the exchange platform. */
  reason: line.optional(),
});

/** Something outside the cluster that systems call, or that calls them. */
export const endpointSchema = z.strictObject({
  id,
  name: line,
  reach: z.enum(["center", "province", "nation"]),
  addresses: z.array(prefix).min(1),
  port,
  transport: z.enum(["TCP", "UDP", "SCTP"]).default("TCP"),
  isTls: z.boolean().default(true),
  /** The most sensitive data it may receive. */
  accepts: dataClassSchema,
});

export const registrySchema = z.strictObject({
  id,
  name: line,
  /** "registry.example:5000", as it stands in names of images. */
  host: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/, "a host, and a port when it is not 443"),
  /** Images may come from it. */
  isAllowed: z.boolean().default(true),
  /** The center's own, which must hold every image. */
  isCenter: z.boolean().default(false),
  /** PEM file of the authority that signed its certificate; absent: the system's authorities. */
  authorityFile: z.string().min(1).optional(),
  /** Credential (kind password) to read with. */
  credential: id.optional(),
});

export const imageSchema = z.strictObject({
  id,
  registry: id,
  repository: z.string().regex(/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/, "lower-case words with / between"),
  tag: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, "a tag"),
  /** What it is and where it comes from. */
  description: line.optional(),
});

/** A row of the lock file that `pdc stack images --resolve` writes. */
export const digestSchema = z.strictObject({
  /** The image's id. */
  id,
  /** What was resolved; a lock of another name or tag is stale. */
  reference: line,
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hexadecimal digits"),
  /** Host of the registry, or name of the archive. */
  from: line,
});

export type DataClass = z.infer<typeof dataClassSchema>;
export type Workload = z.infer<typeof workloadSchema>;
export type Database = z.infer<typeof databaseSchema>;
export type Platform = z.infer<typeof platformSchema>;
export type Cluster = z.infer<typeof clusterSchema>;
export type Environment = z.infer<typeof environmentSchema>;
export type Exchange = z.infer<typeof exchangeSchema>;
export type ExchangeEnd = z.infer<typeof exchangeEnd>;
export type Endpoint = z.infer<typeof endpointSchema>;
export type Registry = z.infer<typeof registrySchema>;
export type Image = z.infer<typeof imageSchema>;
export type ImageDigest = z.infer<typeof digestSchema>;
export type Quota = z.infer<typeof quota>;
