import type { Urn } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import { type RunRecord, ToldError } from "./run-record.ts";

/**
 * Takes a name for what the program registers or reads now.
 * @throws ToldError when it was taken in this run already, an error to be told when its parent is not there
 */
export function claimUrn(
  deployment: Deployment,
  record: RunRecord,
  { parent, type, name }: { readonly parent: Urn; readonly type: string; readonly name: string },
): Urn {
  if (parent !== "" && !record.urns.has(parent)) throw new Error(`could not find parent resource ${parent}`);
  const urn = deployment.urnOf(parent, type, name);
  if (record.urns.has(urn)) {
    tellAndStop(deployment, urn, `Duplicate resource URN '${urn}'; try giving it a unique name`);
  }
  record.urns.add(urn);
  return urn;
}

/** @throws ToldError, always */
export function tellAndStop(deployment: Deployment, urn: Urn, message: string): never {
  deployment.events.diagnostic("error", message, urn);
  throw new ToldError(message);
}
