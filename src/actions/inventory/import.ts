/** Brings objects from CSV or NetBox into an inventory's files; what is there is added to and changed, never removed. */
import { open } from "node:fs/promises";
import { basename } from "node:path";
import type { TableName } from "../../inventory/columns.ts";
import { applyIncoming } from "../../inventory/import/apply.ts";
import { readCsv } from "../../inventory/import/csv.ts";
import { ImportError, type Incoming } from "../../inventory/import/incoming.ts";
import { fromNetBox, type NetBoxOptions } from "../../inventory/import/netbox.ts";
import { fetchNetBox, readSavedNetBox } from "../../inventory/import/netbox-source.ts";
import { KINDS, LIMITS } from "../../inventory/kinds.ts";
import { readSecret } from "../../inventory/read-secret.ts";
import { secret } from "../../inventory/secret.ts";
import { type PlannedChange, planChange } from "./change.ts";

export type ImportSource =
  | { from: "csv"; file: string; table: TableName }
  | ({ from: "netbox-api"; url: string; token: { env: string } | { file: string } } & NetBoxOptions)
  | ({ from: "netbox-saved"; path: string } & NetBoxOptions);

export interface ImportContext {
  signal?: AbortSignal;
  progress?: (line: string) => void;
}

export async function planImport(
  directory: string,
  source: ImportSource,
  context: ImportContext = {},
): Promise<PlannedChange> {
  const incoming = await readSource(source, context);
  return planChange(directory, (draft, inventory) => {
    const applied = applyIncoming(draft, inventory, incoming);
    const counted = KINDS.filter((kind) => incoming.objects[kind]?.length).map(
      (kind) =>
        `${kind}: ${applied.added[kind]} new, ${applied.changed[kind]} changed, ${applied.unchanged[kind]} as they were`,
    );
    return [...counted, ...incoming.notes];
  });
}

async function readSource(source: ImportSource, context: ImportContext): Promise<Incoming> {
  switch (source.from) {
    case "csv":
      return readCsv(basename(source.file), await readBounded(source.file), source.table);
    case "netbox-saved":
      return fromNetBox(await readSavedNetBox(source.path), source);
    case "netbox-api": {
      const token = await readSecret(source.token, { directory: process.cwd(), env: process.env });
      if ("fault" in token)
        throw new ImportError("no-token", `the token of NetBox: ${token.fault}`, {
          ...(token.fix && { fix: token.fix }),
        });
      const onPage = (list: string, objects: number) => context.progress?.(`${list}: ${objects}`);
      const { signal } = context;
      return fromNetBox(
        await fetchNetBox({ url: source.url, token: secret(token.text), onPage, ...(signal && { signal }) }),
        source,
      );
    }
  }
}

async function readBounded(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { size } = await file.stat();
  if (size > LIMITS.totalOctets) throw new ImportError("too-large", `${path} is too large`, { target: path });
  return await file.readFile();
}
