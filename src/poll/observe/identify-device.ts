/** The least one can ask: who is there? For scans of prefixes and checks of an inventory. */
import type { ProfileSet } from "../../profiles/index.ts";
import type { DeviceSample, Outcome, SystemIdentity } from "../../samples/types.ts";
import type { SnmpSession } from "../../snmp/types.ts";
import { failure } from "./failure.ts";
import { getMany } from "./get-many.ts";
import { chooseFamily, identityOf, identityScalars } from "./identify.ts";
import { DeviceScope } from "./scope.ts";
import { TableStore } from "./table-store.ts";

export interface Identified {
  outcome: Outcome;
  error?: NonNullable<DeviceSample["error"]>;
  system?: SystemIdentity;
}

/** One GET (more only for families that need a probe to be told apart). Never rejects for what the device does. */
export async function identifyDevice(session: SnmpSession, profiles: ProfileSet): Promise<Identified> {
  try {
    const { values } = await getMany(session, Object.values(identityScalars));
    const profile = profiles.profile(await chooseFamily(session, profiles, values));
    const scope = new DeviceScope(new TableStore(session, new Set()), values, profile.lookups);
    return { outcome: "complete", system: identityOf(profile, scope) };
  } catch (error) {
    return failure(error);
  }
}
