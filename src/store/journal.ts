/** Documents with append-only revisions in SQLite. Triggers refuse every change; each revision's chain covers all before it. */
import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Journal, JournalEntry, JournalQuery, NewJournalEntry } from "./history-types.ts";
import { damaged, StoreError } from "./store-error.ts";
import type { Transactions } from "./transactions.ts";

interface RevisionRow {
  sequence: number;
  kind: string;
  name: string;
  revision: number;
  written_ms: number;
  subject: string;
  opened_ms: number;
  closed_ms: number | null;
  is_frozen: number;
  body: string;
  sha256: Uint8Array;
  chain: Uint8Array;
}

export class SqliteJournal implements Journal {
  readonly #database: DatabaseSync;
  readonly #transactions: Transactions;
  readonly #path: string;
  readonly #selectDocument;
  readonly #selectLatest;
  readonly #selectRevisions;
  readonly #selectChain;

  constructor(database: DatabaseSync, transactions: Transactions, path: string) {
    this.#database = database;
    this.#transactions = transactions;
    this.#path = path;
    this.#selectDocument = database.prepare(
      "SELECT revision, is_frozen FROM document WHERE kind = ? AND name = ?",
    );
    this.#selectLatest = database.prepare(
      "SELECT * FROM revision WHERE kind = ? AND name = ? ORDER BY revision DESC LIMIT 1",
    );
    this.#selectRevisions = database.prepare(
      "SELECT * FROM revision WHERE kind = ? AND name = ? ORDER BY revision",
    );
    this.#selectChain = database.prepare("SELECT chain FROM revision ORDER BY sequence DESC LIMIT 1");
  }

  append<Body>(entry: NewJournalEntry<Body>): JournalEntry<Body> {
    return this.#put(entry, false);
  }

  freeze<Body>(entry: Omit<NewJournalEntry<Body>, "after">): JournalEntry<Body> {
    return this.#put(entry, true);
  }

  latest<Body = unknown>(kind: string, id: string): JournalEntry<Body> | undefined {
    const row = this.#selectLatest.get(kind, id);
    return row && this.#entry<Body>(row);
  }

  revisions<Body = unknown>(kind: string, id: string): JournalEntry<Body>[] {
    return this.#selectRevisions.all(kind, id).map((row) => this.#entry<Body>(row));
  }

  find<Body = unknown>(query: JournalQuery): JournalEntry<Body>[] {
    const { kind, fromMs, toMs, subject, prefix, openOnly } = query;
    const conditions = ["document.kind = ?"];
    const values: (string | number)[] = [kind];
    const where = (condition: string, ...of: (string | number)[]) => {
      conditions.push(condition);
      values.push(...of);
    };
    if (toMs !== undefined) where("document.opened_ms < ?", toMs);
    if (openOnly) where("document.closed_ms IS NULL");
    else if (fromMs !== undefined) where("(document.closed_ms IS NULL OR document.closed_ms >= ?)", fromMs);
    if (subject !== undefined) where("document.subject = ?", subject);
    if (prefix !== undefined)
      where("document.subject >= ? AND document.subject < ?", prefix, `${prefix}\u{10ffff}`);
    return this.#database
      .prepare(
        `SELECT revision.* FROM document JOIN revision USING (kind, name, revision)
         WHERE ${conditions.join(" AND ")} ORDER BY document.opened_ms, document.name`,
      )
      .all(...values)
      .map((row) => this.#entry<Body>(row));
  }

  /** Recomputes every digest and the chain. @returns what is wrong, in words. */
  check(): string[] {
    const faults: string[] = [];
    let chain: Uint8Array = new Uint8Array();
    for (const row of this.#database.prepare("SELECT * FROM revision ORDER BY sequence").iterate()) {
      const revision = row as unknown as RevisionRow;
      const name = `${revision.kind} ${revision.name}, revision ${revision.revision}`;
      const { sha256, chain: next } = digestsOf(revision, chain);
      if (!sha256.equals(revision.sha256)) faults.push(`${name}: its SHA-256 is wrong`);
      else if (!next.equals(revision.chain))
        faults.push(`${name}: it was changed, or one before it was changed or taken away`);
      chain = revision.chain;
    }
    return faults;
  }

  #put<Body>(entry: NewJournalEntry<Body>, isFrozen: boolean): JournalEntry<Body> {
    return this.#transactions.run(() => {
      const { kind, id, subject, openedMs, closedMs, writtenMs = Date.now() } = entry;
      const document = this.#selectDocument.get(kind, id);
      const newest = Number(document?.revision ?? 0);
      if (document && (isFrozen || document.is_frozen)) throw frozen(this.#path, kind, id);
      if (entry.after !== undefined && entry.after !== newest)
        throw revised(this.#path, kind, id, entry.after, newest);
      const row = {
        kind,
        name: id,
        revision: newest + 1,
        written_ms: writtenMs,
        subject,
        opened_ms: openedMs,
        closed_ms: closedMs ?? null,
        is_frozen: isFrozen ? 1 : 0,
        body: JSON.stringify(entry.body),
      };
      const before = this.#selectChain.get()?.chain;
      const digests = digestsOf(row, before instanceof Uint8Array ? before : new Uint8Array());
      const { sha256, chain } = digests;
      this.#database
        .prepare("INSERT INTO revision VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .run(...Object.values(row), sha256, chain);
      this.#database
        .prepare("INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?, ?, ?, ?)")
        .run(kind, id, row.revision, subject, openedMs, row.closed_ms, row.is_frozen);
      return this.#entry<Body>({ ...row, ...digests });
    });
  }

  #entry<Body>(found: Record<string, unknown>): JournalEntry<Body> {
    const row = found as unknown as RevisionRow;
    const sha256 = createHash("sha256").update(row.body).digest();
    if (!sha256.equals(row.sha256))
      throw damaged(this.#path, `${row.kind} ${row.name}, revision ${row.revision}: its SHA-256 is wrong`);
    return {
      kind: row.kind,
      id: row.name,
      revision: row.revision,
      writtenMs: row.written_ms,
      subject: row.subject,
      openedMs: row.opened_ms,
      ...(row.closed_ms !== null && { closedMs: row.closed_ms }),
      body: JSON.parse(row.body) as Body,
      sha256: sha256.toString("hex"),
    };
  }
}

type Digested = Omit<RevisionRow, "sequence" | "sha256" | "chain">;

function digestsOf(row: Digested, before: Uint8Array): { sha256: Buffer; chain: Buffer } {
  const sha256 = createHash("sha256").update(row.body).digest();
  const frame = [row.kind, row.name, row.revision, row.written_ms, row.subject, row.opened_ms, row.closed_ms];
  const chain = createHash("sha256")
    .update(before)
    .update(JSON.stringify([...frame, row.is_frozen]))
    .update(sha256)
    .digest();
  return { sha256, chain };
}

function frozen(path: string, kind: string, id: string): StoreError {
  return new StoreError(
    "frozen",
    path,
    `${kind} ${id} is in the store already and is never changed`,
    "a correction is written beside it, as a restatement",
  );
}

function revised(path: string, kind: string, id: string, after: number, newest: number): StoreError {
  return new StoreError(
    "revised",
    path,
    `${kind} ${id} was changed meanwhile (revision ${newest}; this change was made from ${after})`,
    "look at it again and repeat the change",
  );
}
