/** Joins inventory, credentials, report words and channels into a `Notifier`. */
import { join } from "node:path";
import type { Incident } from "../../health/incident/types.ts";
import { type CredentialOverride, credentialResolver } from "../../inventory/credentials.ts";
import type { Inventory } from "../../inventory/model.ts";
import { deliver } from "../../notify/channels/deliver.ts";
import type { CredentialOf } from "../../notify/channels/secrets.ts";
import type { ComposeContext, IncidentText } from "../../notify/compose.ts";
import { Notifier } from "../../notify/notifier.ts";
import { readAlertState, writeAlertState } from "../../notify/state-file.ts";
import type { AlertChannel, AlertConfig, AlertMessage } from "../../notify/types.ts";
import { speechFor } from "../../report/languages.ts";
import { readAlerts } from "./read-alerts.ts";

export interface AlertOptions {
  stateDirectory: string;
  credentialOverrides?: ReadonlyMap<string, CredentialOverride> | undefined;
  onTrouble?: (error: Error) => void;
}

/** Where alerts remember what they told. */
export function alertStatePath(stateDirectory: string): string {
  return join(stateDirectory, "alerts.json");
}

/** Everything a notifier needs of an inventory. @throws InventoryError */
export async function alertParts(inventory: Inventory, options: Omit<AlertOptions, "stateDirectory">) {
  const config = await readAlerts(inventory);
  const credentialOf = channelCredentials(inventory, options.credentialOverrides);
  const { directory, province } = inventory;
  return {
    config,
    timeZone: province.timeZone,
    ...composeContext(inventory),
    deliver: (channel: AlertChannel, message: AlertMessage) =>
      deliver(channel, message, { credentialOf, directory }),
  };
}

/** A notifier that goes on where the last one stopped. @throws InventoryError, AlertStateError */
export async function openNotifier(inventory: Inventory, options: AlertOptions): Promise<Notifier> {
  const path = alertStatePath(options.stateDirectory);
  const [parts, state] = await Promise.all([alertParts(inventory, options), readAlertState(path)]);
  return new Notifier({
    ...parts,
    state,
    save: (next) => writeAlertState(path, next),
    nowMs: () => Date.now(),
    onTrouble: options.onTrouble ?? (() => {}),
  });
}

export function hasAlerts({ rules }: AlertConfig): boolean {
  return rules.length > 0;
}

/** Names, sentences and times in the province's language. */
export function composeContext(inventory: Inventory): ComposeContext {
  const { language, name } = inventory.province;
  return {
    language,
    sender: `pdc ${name}`,
    describe(incident: Incident): IncidentText {
      const speech = speechFor(inventory, language, incident.startMs);
      const { names, format } = speech;
      const { subject, reasons, affected, startMs, endMs, cause } = incident;
      const carrier = cause.carrier === undefined ? "" : ` (${cause.carrier})`;
      const some = (ids: readonly string[], nameOf: (id: string) => string) =>
        ids.length <= 4
          ? ids.map(nameOf).join(", ")
          : `${ids.slice(0, 3).map(nameOf).join(", ")}, … (${format.integer(ids.length)})`;
      return {
        subject: `${speech.messages.subjects[subject.kind]} ${names.subject(subject.kind, subject.id)}${carrier}`,
        why: speech.why({ kind: subject.kind, id: subject.id, state: "down", reasons }),
        affected:
          affected.agencies.length > 0
            ? some(affected.agencies, (id) => names.subject("agency", id))
            : some(affected.sites, (id) => names.subject("site", id)),
        since: format.dateTime(startMs),
        ...(endMs !== undefined && { duration: format.duration((endMs - startMs) / 1000) }),
      };
    },
  };
}

function channelCredentials(
  inventory: Inventory,
  overrides: ReadonlyMap<string, CredentialOverride> | undefined,
): CredentialOf {
  return async (name) => {
    // Read anew for every message: a token that is changed (Zalo's live an hour) is the new one at once.
    const resolved = await credentialResolver(inventory, overrides ? { overrides } : {})(name);
    if (resolved.kind !== "password") throw new Error(`credential "${name}" is not one of kind "password"`);
    const { user, password } = resolved;
    return { ...(user !== undefined && { user }), password };
  };
}
