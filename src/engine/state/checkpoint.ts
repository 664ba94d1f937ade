import { createHash } from "node:crypto";
import { integrityError, unsupported } from "../interface/errors.ts";
import type { SecretsManager } from "../secrets/passphrase.ts";
import { decodeResource } from "./decode-resource.ts";
import { encodeResource } from "./encode-resource.ts";
import { record, sortedJson } from "./json.ts";
import type { PendingOperation, ResourceState } from "./resource.ts";
import { Sealer } from "./sealer.ts";

/** What a stack holds: the `deployment` of a checkpoint. */
export interface Snapshot {
  readonly resources: ResourceState[];
  readonly pendingOperations: PendingOperation[];
  /** keys of the deployment that this engine keeps but does not read */
  readonly kept: Readonly<Record<string, unknown>>;
}

export const emptySnapshot = (): Snapshot => ({ resources: [], pendingOperations: [], kept: {} });

/** The version that manifests carry: the SDK release whose behaviour this engine reproduces. */
export const ENGINE_VERSION = "v3.270.0";

const supportedFeatures = new Set(["refreshBeforeUpdate", "hooks", "taint", "replaceWith", "byteString"]);
const refusedFeatures = new Set(["views", "snippets-prototype", "extensionParameterization"]);
const pendingTypes = new Set(["creating", "updating", "deleting", "reading", "importing"]);

/** The envelope of a checkpoint file or of an export, parsed but not yet opened. */
export interface RawCheckpoint {
  readonly version: number;
  readonly features: readonly string[];
  readonly deployment: Record<string, unknown> | undefined;
}

/**
 * Reads the text of a checkpoint file or an export.
 * @throws EngineError (exit 27) when it is not one, (exit 2) when it needs what only the CLI does
 */
export function parseCheckpoint(source: string, where: string): RawCheckpoint {
  let json: unknown;
  try {
    json = JSON.parse(source);
  } catch {
    throw integrityError(`${where} is not a checkpoint: it is not JSON (${source.length} characters)`);
  }
  if (typeof json !== "object" || json === null) throw integrityError(`${where} is not a checkpoint`);
  const envelope = json as Record<string, unknown>;
  const checkpoint = (envelope.checkpoint ?? {}) as Record<string, unknown>;
  const deployment = (envelope.deployment ?? checkpoint.latest) as Record<string, unknown> | undefined;
  const version = envelope.version;
  const features = Array.isArray(envelope.features) ? (envelope.features as string[]) : [];
  if (typeof version !== "number") throw integrityError(`${where} has no version`);
  if (version === 0 && deployment === undefined) return { version, features, deployment };
  if (version < 1) throw integrityError(`${where} has version ${version}`);
  if (version > 4) throw unsupported(`${where} has version ${version}; a version above 4`);
  if (version < 3) throw unsupported(`${where} has the old version ${version}, which`);
  for (const feature of features) {
    if (refusedFeatures.has(feature)) throw unsupported(`${where} uses the feature '${feature}', which`);
    if (!supportedFeatures.has(feature))
      throw integrityError(`${where} uses the unknown feature '${feature}'`);
  }
  return { version, features, deployment };
}

/** What the deployment says about its secrets provider. */
export function secretsProviderOf(raw: RawCheckpoint): { type: string; salt: string } | undefined {
  const provider = raw.deployment?.secrets_providers as
    | { type?: string; state?: { salt?: string } }
    | undefined;
  if (!provider?.type) return undefined;
  return { type: provider.type, salt: provider.state?.salt ?? "" };
}

/** Opens the resources of a checkpoint. @throws EngineError (exit 27) on a wrong manifest or resource */
export function openCheckpoint(raw: RawCheckpoint, sealer: Sealer, where: string): Snapshot {
  const deployment = raw.deployment;
  if (!deployment) return emptySnapshot();
  const manifest = (deployment.manifest ?? {}) as { magic?: string; version?: string };
  if ((manifest.magic ?? "") !== magicOf(manifest.version ?? "")) {
    throw integrityError(`${where}: magic cookie mismatch; it was not written by Pulumi or pdc`);
  }
  const resources = (deployment.resources ?? []) as unknown[];
  const pending = (deployment.pending_operations ?? []) as { resource: unknown; type: string }[];
  const { manifest: _m, secrets_providers: _s, resources: _r, pending_operations: _p, ...kept } = deployment;
  return {
    resources: resources.map((resource) => decodeResource(resource, sealer)),
    pendingOperations: pending.map((operation) => {
      if (!pendingTypes.has(operation.type))
        throw integrityError(`${where}: unknown pending operation '${operation.type}'`);
      return {
        resource: decodeResource(operation.resource, sealer),
        type: operation.type as PendingOperation["type"],
      };
    }),
    kept,
  };
}

const magicOf = (version: string) =>
  version === "" ? "" : createHash("sha256").update(version).digest("hex");

/** The features that a snapshot needs its reader to know; any of them makes the checkpoint version 4. */
export function featuresOf(snapshot: Pick<Snapshot, "resources" | "pendingOperations">): string[] {
  const features = new Set<string>();
  const look = (resource: ResourceState) => {
    if (resource.refreshBeforeUpdate) features.add("refreshBeforeUpdate");
    if (resource.taint) features.add("taint");
    if (resource.replaceWith.length > 0) features.add("replaceWith");
    if (Object.values(resource.resourceHooks).some((names) => names.length > 0)) features.add("hooks");
  };
  snapshot.resources.forEach(look);
  for (const operation of snapshot.pendingOperations) look(operation.resource);
  return [...features].sort();
}

/** The deployment as JSON; what an export shows and a checkpoint holds under `latest`. */
export function encodeDeployment(snapshot: Snapshot, sealer: Sealer, now: Date): string {
  const { metadata, snippets, extensions, ...others } = snapshot.kept;
  const manager: SecretsManager | undefined = sealer.manager;
  const encoded = snapshot.resources.map((resource) => encodeResource(resource, sealer));
  const pending = snapshot.pendingOperations.map((operation) =>
    record([
      ["resource", encodeResource(operation.resource, sealer)],
      ["type", sortedJson(operation.type)],
    ]),
  );
  return record([
    [
      "manifest",
      record([
        ["time", sortedJson(now.toISOString())],
        ["magic", sortedJson(magicOf(ENGINE_VERSION))],
        ["version", sortedJson(ENGINE_VERSION)],
      ]),
    ],
    [
      "secrets_providers",
      manager &&
        record([
          ["type", sortedJson(manager.type)],
          ["state", sortedJson(manager.state)],
        ]),
    ],
    ["resources", encoded.length > 0 ? `[${encoded.join(",")}]` : undefined],
    ["pending_operations", pending.length > 0 ? `[${pending.join(",")}]` : undefined],
    ["metadata", sortedJson(metadata ?? {})],
    ["snippets", snippets === undefined ? undefined : sortedJson(snippets)],
    ["extensions", extensions === undefined ? undefined : sortedJson(extensions)],
    ...Object.entries(others).map(([key, value]) => [key, sortedJson(value)] as const),
  ]);
}

/** A checkpoint file. @param stack `organization/<project>/<stack>` */
export function encodeCheckpoint(
  stack: string,
  snapshot: Snapshot,
  sealer: Sealer,
  now = new Date(),
): string {
  const features = featuresOf(snapshot);
  return record([
    ["version", features.length > 0 ? "4" : "3"],
    ["features", features.length > 0 ? sortedJson(features) : undefined],
    [
      "checkpoint",
      record([
        ["stack", sortedJson(stack)],
        ["latest", encodeDeployment(snapshot, sealer, now)],
      ]),
    ],
  ]);
}

export { Sealer };
