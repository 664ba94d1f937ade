import { isIP, SocketAddress } from "node:net";
import { SnmpRequestError } from "./error.ts";
import type { DriverName, SnmpTarget, SnmpVersion } from "./types.ts";
import { credentialProblem } from "./usm/keys.ts";

/** The form in which the kernel names the sender of an answer; undefined for what is no IP address. */
export function canonicalAddress(address: string): { address: string; family: 4 | 6 } | undefined {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const family = isIP(mapped ?? address);
  if (family === 4) return { address: mapped ?? address, family };
  if (family !== 6) return undefined;
  const [bare, zone] = address.split("%");
  const text = new SocketAddress({ address: bare!, family: "ipv6" }).address;
  return { address: zone === undefined ? text : `${text}%${zone}`, family };
}

/** What makes it impossible to ask this target, if anything. */
export function targetProblem(
  target: SnmpTarget,
  driver: DriverName,
  versions: readonly SnmpVersion[],
): SnmpRequestError | undefined {
  const { address, credential, port = 161 } = target;
  if (canonicalAddress(address) === undefined) {
    return new SnmpRequestError("unreachable", address, "is not an IP address", {
      fix: "resolve the name first",
    });
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    return new SnmpRequestError("unreachable", address, `${port} is not a port`, {
      fix: "give a port from 1 to 65535",
    });
  }
  if (!versions.includes(credential.version)) {
    const detail = `the driver ${driver} does not speak SNMP version ${credential.version}`;
    return new SnmpRequestError("unsupported", address, detail, {
      fix: "use the driver pdc for this device",
    });
  }
  if (credential.version !== "3") return undefined;
  const problem = credentialProblem(credential);
  if (problem !== undefined) {
    return new SnmpRequestError("unsupported", address, problem, { fix: "change the credential" });
  }
  if (credential.engineId === undefined || /^([0-9a-f]{2}){5,32}$/i.test(credential.engineId))
    return undefined;
  const detail = "the engine ID of the credential is not 5 to 32 octets in hex";
  return new SnmpRequestError("unsupported", address, detail, { fix: "correct or remove the engine ID" });
}
