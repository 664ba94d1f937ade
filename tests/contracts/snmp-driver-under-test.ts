import { secretText } from "../../src/snmp/secret.ts";
import type {
  DriverName,
  SnmpCredential,
  SnmpDriver,
  SnmpSession,
  SnmpTarget,
  SnmpVersion,
} from "../../src/snmp/types.ts";
import { COMMUNITY } from "../fixtures/snmp/snmpd.ts";

/** What a driver under test speaks. */
export interface DriverTraits {
  name: DriverName;
  versions: readonly SnmpVersion[];
  /** Users of the fixture agent whose protocols the driver does not have. */
  lacksUsers?: readonly string[];
}

/** What the parts of the contract get. */
export interface DriverUnderTest extends DriverTraits {
  /** A session to an agent on 127.0.0.1 with a driver of this test's own. */
  open(port: number, credential?: SnmpCredential, more?: Partial<SnmpTarget>): SnmpSession;
  driver(): SnmpDriver;
}

export function community(version: "1" | "2c", name = COMMUNITY): SnmpCredential {
  return { version, community: secretText(name) };
}
