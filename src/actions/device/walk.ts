/** A raw walk of a device. */
import type { TableView } from "../../report/table-view.ts";
import type { SnmpError, VarBind, WalkEnding, WalkResult } from "../../snmp/types.ts";
import { type AccessOptions, openAccess, openDevice } from "./session.ts";

export interface WalkOptions extends AccessOptions {
  /** Where to begin; the walk ends when its subtree does. Default: everything below iso.org (1.3) and LLDP (1.0). */
  roots?: readonly string[];
  maxRows?: number | undefined;
  maxDurationMs?: number | undefined;
}

export interface WalkedVariable {
  oid: string;
  type: VarBind["type"];
  /** Numbers and addresses as text; octets as text when printable, else in hex. */
  value: string;
  /** The octets in hex, when `value` is not all there is to them. */
  hex?: string;
}

export interface Walked {
  device: string;
  address: string;
  varBinds: VarBind[];
  ending: WalkEnding;
  error?: SnmpError;
  durationMs: number;
}

const everything = ["1.0", "1.3"];

/** "1", which people type for everything, has no encoding of its own: an OID has two sub-identifiers at least. */
export function rootsOf(asked: readonly string[] | undefined): readonly string[] {
  if (!asked?.length) return everything;
  return asked.flatMap((root) => (/^\.?1\.?$/.test(root) ? everything : [root]));
}

/** Walks. Rejects with the first SnmpError when nothing at all could be read (its `exitCode` is set), or with AbortError. */
export async function walkDevice(name: string, options: WalkOptions): Promise<Walked> {
  const access = await openAccess(options);
  await using open = await openDevice(name, access, options);
  const began = performance.now();
  const varBinds: VarBind[] = [];
  const limits = {
    ...(options.maxRows !== undefined && { maxRows: options.maxRows }),
    ...(options.maxDurationMs !== undefined && { maxDurationMs: options.maxDurationMs }),
  };
  let ended: WalkResult = { ending: "end", complete: true, rows: 0 };
  for (const root of rootsOf(options.roots)) {
    try {
      ended = await open.session.walk(root, (batch) => varBinds.push(...batch), limits);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (varBinds.length === 0) throw told(error as SnmpError);
      ended = { ending: "error", complete: false, rows: varBinds.length, error: error as SnmpError };
    }
    options.signal?.throwIfAborted();
    if (!ended.complete) break;
  }
  return {
    device: open.name,
    address: open.target.address,
    varBinds,
    ending: ended.ending,
    ...(ended.error && { error: ended.error }),
    durationMs: Math.round(performance.now() - began),
  };
}

const unauthenticated = new Set([
  "authentication",
  "unknown-user",
  "unsupported-security-level",
  "not-in-time-window",
  "decryption",
]);

/** The error with the exit code of a command that got nothing: 24 refused, else 23 nothing reachable. */
function told(error: SnmpError): SnmpError {
  return Object.assign(error, { exitCode: unauthenticated.has(error.code) ? 24 : 23 });
}

export function walkedVariable({ oid, type, value }: VarBind): WalkedVariable {
  if (!Buffer.isBuffer(value)) return { oid, type, value: String(value ?? "") };
  const text = value.toString("utf8");
  const isText = /^[\t\n\r\x20-\x7e\u00a0-\ufffc]*$/.test(text) && Buffer.from(text).equals(value);
  const hex = value.toString("hex");
  return isText ? { oid, type, value: text } : { oid, type, value: hex.replace(/(..)(?=.)/g, "$1 "), hex };
}

export function walkView(variables: readonly WalkedVariable[]): TableView {
  return {
    columns: [
      { key: "oid", header: "OID", dropOrder: 0 },
      { key: "type", header: "TYPE", dropOrder: 1 },
      { key: "value", header: "VALUE", dropOrder: 0 },
    ],
    rows: variables.map(({ oid, type, value }) => ({ oid, type, value })),
    empty: "nothing there",
  };
}
