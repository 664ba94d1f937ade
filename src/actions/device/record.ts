/** A recording of a device for tests and for the lab: an .snmprec with its texts anonymised. */

import { anonymise } from "../../poll/observe/recording/anonymise.ts";
import { snmprecLine } from "../../poll/observe/recording/snmprec.ts";
import { discoverDevice } from "../../poll/observe.ts";
import { type AccessOptions, openAccess, openDevice } from "./session.ts";
import { walkDevice } from "./walk.ts";

export interface Recording {
  device: string;
  family: string;
  /** The lines, in the order of OIDs, with the end of the last. */
  text: string;
  variables: number;
  leftOut: number;
  disguised: number;
  /** Why the walk ended early. */
  incomplete?: string;
}

/** Walks the whole device. `asIs` leaves all texts as they are: such a file must not leave the center. */
export async function recordDevice(
  name: string,
  options: AccessOptions & { asIs?: boolean; maxDurationMs?: number | undefined },
): Promise<Recording> {
  const walked = await walkDevice(name, options);
  const access = await openAccess(options);
  const profiles = await access.profiles();
  await using open = await openDevice(name, access, options);
  const { observation } = await discoverDevice(open.session, profiles, { device: open.name });
  options.signal?.throwIfAborted();
  const family = observation.system?.family ?? "generic";
  const { varBinds, leftOut, disguised } = options.asIs
    ? { varBinds: walked.varBinds, leftOut: 0, disguised: 0 }
    : anonymise(walked.varBinds, profiles.profile(family));
  const lines = varBinds.flatMap((varBind) => snmprecLine(varBind) ?? []);
  return {
    device: open.name,
    family,
    text: lines.map((line) => `${line}\n`).join(""),
    variables: lines.length,
    leftOut,
    disguised,
    ...(walked.ending !== "end" && { incomplete: walked.error?.message ?? walked.ending }),
  };
}
