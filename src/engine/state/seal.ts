import { timingSafeEqual } from "node:crypto";
import { dirname } from "node:path";
import { messageOf } from "../interface/errors.ts";
import { type AuditHead, parseHead } from "./audit-record.ts";
import { makePrivateDirectory, readIfPresent, writeAtomically } from "./files.ts";
import { fullStackName, type StackPaths } from "./layout.ts";
import type { Lease } from "./lock.ts";

/** Makes authentication codes with a key that only the stack's passphrase gives. */
export interface SealKey {
  /** HMAC-SHA-256 in hexadecimal */
  authenticate(text: string): string;
}

/** That this engine wrote a checkpoint. */
export interface SealedState {
  /** SHA-256 of the checkpoint file's octets */
  readonly digest: string;
  readonly timeMs: number;
  /** how far the audit log went; absent where there was none */
  readonly audit?: AuditHead | undefined;
  /** over all of the above and the stack's name */
  readonly mac: string;
}

/**
 * The seal of a stack: while a checkpoint is written, of the old one and the new one, else of one. It lies apart from
 * the checkpoints, where the CLI does not look.
 */
export interface Seal {
  readonly states: readonly SealedState[];
}

function textOf(stack: string, { digest, timeMs, audit }: Omit<SealedState, "mac">): string {
  return [stack, digest, String(timeMs), String(audit?.sequence ?? 0), audit?.sha256 ?? ""].join("\n");
}

/** Seals a checkpoint file's content, by its digest. */
export async function sealState(paths: StackPaths, digest: string, key: SealKey): Promise<SealedState> {
  const audit = parseHead(
    (await readIfPresent(paths.auditHead).catch(() => undefined))?.toString("utf8") ?? "",
  );
  const state = { digest, timeMs: Date.now(), ...(audit ? { audit } : {}) };
  return { ...state, mac: key.authenticate(textOf(fullStackName(paths.name), state)) };
}

/** @param lease is asked right before the seal becomes visible */
export async function writeSeal(
  paths: StackPaths,
  states: readonly SealedState[],
  lease: Pick<Lease, "check"> | undefined,
): Promise<void> {
  makePrivateDirectory(dirname(paths.seal));
  await writeAtomically(paths.seal, JSON.stringify({ seal: 1, states }), {
    beforeRename: () => lease?.check(),
  });
}

/** The seal of a stack; one that cannot be read seals nothing. @returns undefined when there is none */
export async function readSeal(paths: StackPaths): Promise<Seal | undefined> {
  const data = await readIfPresent(paths.seal);
  if (data === undefined) return undefined;
  try {
    const { seal, states } = JSON.parse(data.toString("utf8")) as { seal?: unknown; states?: unknown };
    const list = seal === 1 && Array.isArray(states) ? (states as (SealedState | null)[]) : [];
    return { states: list.filter((state) => state !== null) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw new Error(`${paths.seal}: ${messageOf(error)}`);
    return { states: [] };
  }
}

/** Those states of a seal that were sealed with this key. */
export function genuineStates(paths: StackPaths, seal: Seal, key: SealKey): SealedState[] {
  return seal.states.filter((state) => {
    const expected = Buffer.from(key.authenticate(textOf(fullStackName(paths.name), state)));
    const given = Buffer.from(String(state?.mac));
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
}
