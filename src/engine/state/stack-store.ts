import { chmod, copyFile, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { badConfiguration, type EngineError, integrityError, unsupported } from "../interface/errors.ts";
import {
  encodeCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  type RawCheckpoint,
  type Snapshot,
} from "./checkpoint.ts";
import { type Compression, compress, decompress, extensions } from "./compression.ts";
import { exists, makePrivateDirectory, readIfPresent, writeAtomically, writeError } from "./files.ts";
import { verifyResources } from "./integrity.ts";
import { digestOf, readJournal } from "./journal.ts";
import { fullStackName, type StackName, StackPaths } from "./layout.ts";
import type { Lease } from "./lock.ts";
import { replay } from "./replay.ts";
import { type SealedState, type SealKey, sealState, writeSeal } from "./seal.ts";
import { checkSeal } from "./seal-check.ts";
import { OpaqueSealer, type Sealer } from "./sealer.ts";

/** A checkpoint as it was read. */
export interface StoredCheckpoint {
  readonly raw: RawCheckpoint;
  /** of the file's octets, for the journal; empty when there is no file */
  readonly digest: string;
}

export interface StoreOptions {
  readonly compression?: Compression;
  /** no `.bak` beside the checkpoint (`PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS`) */
  readonly withoutBackups?: boolean;
}

/** The files of one stack in a self-managed backend. */
export class StackStore {
  readonly paths: StackPaths;
  readonly name: StackName;
  private readonly options: StoreOptions;

  constructor(backend: string, name: StackName, options: StoreOptions = {}) {
    this.paths = new StackPaths(backend, name);
    this.name = name;
    this.options = options;
  }

  /** Makes the store's directories when they are missing. @throws EngineError for a layout of before projects */
  async prepare(): Promise<void> {
    const meta = await readIfPresent(this.paths.meta);
    if (meta !== undefined) {
      const version = /^version:\s*(\d+)/m.exec(meta.toString("utf8"))?.[1];
      if (version !== "1")
        throw unsupported(`the state store ${this.paths.root} of version ${version ?? "unknown"}`);
      return;
    }
    const stacks = join(this.paths.root, "stacks");
    const legacy = (await readdir(stacks).catch(() => [])).some((name) => /\.json(\.gz|\.zst)?$/.test(name));
    if (legacy) throw unsupported(`the state store ${this.paths.root}, which is laid out without projects,`);
    makePrivateDirectory(this.paths.root);
    await writeAtomically(this.paths.meta, "version: 1\n");
  }

  /** The checkpoint file that counts: of several, the newest. */
  private async currentFile(): Promise<string | undefined> {
    const found: { file: string; mtimeMs: number }[] = [];
    for (const extension of Object.values(extensions)) {
      const file = this.paths.checkpoint + extension;
      const info = await stat(file).catch(() => undefined);
      if (info) found.push({ file, mtimeMs: info.mtimeMs });
    }
    return found.sort((a, b) => b.mtimeMs - a.mtimeMs)[0]?.file;
  }

  async exists(): Promise<boolean> {
    return (await this.currentFile()) !== undefined;
  }

  /** @throws EngineError (exit 22) when there is no such stack */
  async requireExisting(): Promise<void> {
    if (!(await this.exists())) throw await this.missing();
  }

  private async missing(): Promise<EngineError> {
    return badConfiguration(
      `no stack named '${this.name.stack}' in project '${this.name.project}'`,
      (await exists(`${this.paths.checkpoint}.bak`))
        ? `there was one: ${this.paths.checkpoint}.bak; take it back with: pdc stack init, then pdc stack import-state`
        : "make it with `pdc stack init`, and the same stack and --stack",
    );
  }

  /** @throws EngineError (exit 22) when there is no such stack, (exit 27) when the file is damaged */
  async read(): Promise<StoredCheckpoint> {
    const file = await this.currentFile();
    const data = file === undefined ? undefined : await readIfPresent(file);
    if (file === undefined || data === undefined) throw await this.missing();
    let text: string;
    try {
      text = await decompress(data);
    } catch {
      throw integrityError(`${file} cannot be decompressed`, await this.backupHint());
    }
    try {
      return { raw: parseCheckpoint(text, file), digest: digestOf(data) };
    } catch (error) {
      if (error instanceof Error && "fix" in error && error.fix === undefined) {
        Object.assign(error, { fix: await this.backupHint() });
      }
      throw error;
    }
  }

  /** The checkpoint file's text. @throws as {@link read} */
  async text(): Promise<string> {
    const file = await this.currentFile();
    return file === undefined ? "" : decompress((await readIfPresent(file)) ?? Buffer.alloc(0));
  }

  /** Where a state of before may be. */
  async backupHint(): Promise<string> {
    const names = (await readdir(this.paths.backups).catch(() => []))
      .filter((name) => name.startsWith(`${this.name.stack}.`))
      .sort();
    const newest = names.at(-1);
    return newest
      ? `the newest backup is ${join(this.paths.backups, newest)}; import it with: pdc stack import-state`
      : `a previous version may be in ${this.paths.checkpoint}.bak`;
  }

  /**
   * Replaces the checkpoint, keeping the one before as `.bak`. While both may be found after a crash, both are sealed:
   * the one that stands was checked when the stack was opened.
   * @param key seals it
   * @param lease is asked whether it still holds, also right before the new content becomes visible
   */
  async write(content: string, lease: Pick<Lease, "check"> | undefined, key: SealKey): Promise<void> {
    lease?.check();
    makePrivateDirectory(this.paths.stacks);
    const how = this.options.compression ?? "none";
    const octets = await compress(content, how);
    const sealed = await sealState(this.paths, digestOf(octets), key);
    const before = await this.sealCurrent(key);
    if (before) await writeSeal(this.paths, [before, sealed], lease);
    const file = this.paths.checkpoint + extensions[how];
    for (const extension of Object.values(extensions)) {
      const other = this.paths.checkpoint + extension;
      if (other === file) {
        if (!this.options.withoutBackups) await backUp(file);
      } else if (await exists(other)) await rename(other, `${other}.bak`);
    }
    if (!before) await writeSeal(this.paths, [sealed], lease);
    await writeAtomically(file, octets, { beforeRename: () => lease?.check() });
    await rm(`${file}.attrs`, { force: true });
    // Both being sealed is as good, until the next write.
    if (before) await writeSeal(this.paths, [sealed], lease).catch(() => {});
  }

  private async sealCurrent(key: SealKey): Promise<SealedState | undefined> {
    const file = await this.currentFile();
    const data = file === undefined ? undefined : await readIfPresent(file);
    return data && sealState(this.paths, digestOf(data), key);
  }

  /** Seals the checkpoint that stands, whoever wrote it. */
  async seal(lease: Pick<Lease, "check"> | undefined, key: SealKey): Promise<void> {
    const current = await this.sealCurrent(key);
    if (current) await writeSeal(this.paths, [current], lease);
  }

  /** The checkpoint file's text for a snapshot. @throws EngineError (exit 27) rather than encode a broken one */
  encode(snapshot: Snapshot, sealer: Sealer): string {
    verifyResources(snapshot.resources, `the new state of ${this.name.stack}`);
    return encodeCheckpoint(fullStackName(this.name), snapshot, sealer);
  }

  /** Digest that {@link write} of this content would lead to. */
  async digestOfContent(content: string): Promise<string> {
    return digestOf(await compress(content, this.options.compression ?? "none"));
  }

  /**
   * What an unfinished journal adds to the checkpoint, without changing anything: for previews and exports of
   * a stack whose operation is running or was killed.
   * @returns undefined when there is no journal, or the checkpoint already holds it
   */
  async unfolded(checkpoint: StoredCheckpoint): Promise<RawCheckpoint | undefined> {
    const journal = await readJournal(this.paths.journal);
    if (!journal || journal.entries.some((entry) => entry.folds === checkpoint.digest)) return undefined;
    if (journal.header.base !== checkpoint.digest) {
      throw integrityError(
        `the journal ${this.paths.journal} does not belong to the checkpoint: another program changed the stack after a crash`,
        "look at both; to go on with the checkpoint alone, move the journal away",
      );
    }
    const sealer = new OpaqueSealer(
      checkpoint.raw.deployment?.secrets_providers as { type: string; state: unknown } | undefined,
    );
    const base = openCheckpoint(checkpoint.raw, sealer, this.paths.checkpoint);
    const snapshot = await replay(base, journal.entries, sealer);
    return parseCheckpoint(encodeCheckpoint(fullStackName(this.name), snapshot, sealer), this.paths.journal);
  }

  /**
   * Folds the journal that a crash left into the checkpoint. Of one whose end is damaged a copy is kept: an entry
   * that was torn was not acknowledged, but only a person can tell it from one that the disk altered later.
   * @param keyFor gives the key that checks and seals a checkpoint; asked only when there is something to fold
   * @returns what was done, for people; nothing when there was no journal
   */
  async recover(
    lease: Pick<Lease, "check"> | undefined,
    keyFor: (raw: RawCheckpoint) => Promise<SealKey>,
  ): Promise<string[]> {
    const { journal: file } = this.paths;
    const journal = await readJournal(file);
    if (!journal) {
      await rm(file, { force: true });
      return [];
    }
    const done: string[] = [];
    const checkpoint = await this.read();
    const raw = await this.unfolded(checkpoint);
    if (raw) {
      const key = await keyFor(checkpoint.raw);
      const note = await checkSeal(this, checkpoint, key);
      if (note) done.push(note);
      const sealer = new OpaqueSealer(
        raw.deployment?.secrets_providers as { type: string; state: unknown } | undefined,
      );
      await this.write(this.encode(openCheckpoint(raw, sealer, file), sealer), lease, key);
      done.push("finished what an interrupted operation had recorded");
    }
    if (journal.tornOctets > 0) {
      const kept = join(this.paths.backups, `${this.name.stack}.${Date.now()}000000.journal`);
      makePrivateDirectory(this.paths.backups);
      await rename(file, kept);
      done.push(
        `the last ${journal.tornOctets} octets of its journal are no whole entry and were left out; it is kept as ${kept}`,
      );
    } else await rm(file, { force: true });
    return done;
  }
}

async function backUp(file: string): Promise<void> {
  if (!(await exists(file))) return;
  // A copy, not a rename: at no moment shall there be no checkpoint.
  const temporary = `${file}.bak.tmp`;
  try {
    await copyFile(file, temporary);
    await chmod(temporary, 0o600);
    await rename(temporary, `${file}.bak`);
  } catch (error) {
    await rm(temporary, { force: true });
    throw writeError(`${file}.bak`, error);
  }
}
