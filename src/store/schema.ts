/**
 * The tables, as steps: step n makes a store of schema n + 1 from one of schema n. A step that was released is never
 * changed; a new one is added. Steps only add tables (no ALTER): a reader of an older file then works on empty ones.
 */

const samples = `
CREATE TABLE device (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  samples INTEGER NOT NULL,
  oldest_ms INTEGER NOT NULL,
  newest_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE layout (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, body BLOB NOT NULL) STRICT;
CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, crc INTEGER NOT NULL) STRICT;
-- id: five-minute slot << 39 | device << 19 | milliseconds into the slot (sample-key.ts); body: record.ts
CREATE TABLE sample (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
`;

const longStore = `
-- How far compaction has come, and what it counted (progress.ts).
CREATE TABLE progress (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- id: hour since 1970 << 20 | device; body: the hour's samples of the device, column by column (packed-hour.ts)
CREATE TABLE packed_hour (id INTEGER PRIMARY KEY, samples INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
-- The newest hour in which packed samples have a layout; layouts of hours long gone go too.
CREATE TABLE layout_use (layout INTEGER PRIMARY KEY, hour INTEGER NOT NULL) STRICT;
CREATE TABLE component (
  id INTEGER PRIMARY KEY,
  device INTEGER NOT NULL,
  class TEXT NOT NULL,
  key TEXT NOT NULL,
  UNIQUE (device, class, key)
) STRICT;
-- id: level << 56 | hour since 1970 << 28 | component (rollup-key.ts); body: rollup-record.ts
CREATE TABLE rollup (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE subject (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, crc INTEGER NOT NULL) STRICT;
-- The span of each subject that still grows; one compact table, since every cycle writes to it.
CREATE TABLE span_head (
  subject INTEGER PRIMARY KEY,
  from_ms INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  state INTEGER NOT NULL,
  crc INTEGER NOT NULL
) STRICT;
CREATE TABLE span (
  subject INTEGER NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  state INTEGER NOT NULL,
  crc INTEGER NOT NULL,
  PRIMARY KEY (subject, from_ms)
) STRICT, WITHOUT ROWID;
-- The newest revision of each document, to find it by.
CREATE TABLE document (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  revision INTEGER NOT NULL,
  subject TEXT NOT NULL,
  opened_ms INTEGER NOT NULL,
  closed_ms INTEGER,
  is_frozen INTEGER NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_opened ON document (kind, opened_ms);
CREATE INDEX document_closed ON document (kind, closed_ms);
CREATE TABLE revision (
  sequence INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  revision INTEGER NOT NULL,
  written_ms INTEGER NOT NULL,
  subject TEXT NOT NULL,
  opened_ms INTEGER NOT NULL,
  closed_ms INTEGER,
  is_frozen INTEGER NOT NULL,
  body TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  chain BLOB NOT NULL,
  UNIQUE (kind, name, revision)
) STRICT;
-- Samples that a remote receiver has yet to get, in the order of their arrival; sample: a key of the table sample.
CREATE TABLE outbox (sequence INTEGER PRIMARY KEY AUTOINCREMENT, sample INTEGER NOT NULL) STRICT;
CREATE TABLE destination (name TEXT PRIMARY KEY, sent INTEGER NOT NULL, dropped INTEGER NOT NULL) STRICT;
`;

const appendOnly = `
CREATE TRIGGER revision_stays BEFORE UPDATE ON revision
BEGIN SELECT RAISE(ABORT, 'revisions of documents are never changed'); END;
CREATE TRIGGER revision_kept BEFORE DELETE ON revision
BEGIN SELECT RAISE(ABORT, 'revisions of documents are never deleted'); END;
`;

interface SchemaStep {
  tables: string;
  /** What guards them in a file; a reader's empty stand-ins need none. */
  triggers: string;
}

export const schemaSteps: readonly SchemaStep[] = [
  { tables: samples, triggers: "" },
  { tables: longStore, triggers: appendOnly },
];

/** Of this code. */
export const SCHEMA_VERSION = schemaSteps.length;

/** The statements that bring a store of schema `version` (0: an empty file) to this code's. */
export function migrationFrom(version: number): string {
  return schemaSteps
    .slice(version)
    .map(({ tables, triggers }) => tables + triggers)
    .join("");
}

/** Empty stand-ins, for this connection only, of the tables that an older store does not have yet. */
export function standInsFor(version: number): string {
  return schemaSteps
    .slice(version)
    .map(({ tables }) => tables.replaceAll("CREATE TABLE", "CREATE TEMP TABLE"))
    .join("");
}
