/** The recordings that ship with the lab, one per device family. */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type AgentRecord, parseSnmprec } from "../agent/snmprec.ts";

const directory = fileURLToPath(new URL("../recordings/", import.meta.url));
const suffix = ".snmprec";

/** Records by family. */
export async function loadRecordings(): Promise<Map<string, AgentRecord[]>> {
  const files = (await readdir(directory)).filter((name) => name.endsWith(suffix)).sort();
  const recordings = await Promise.all(
    files.map(async (name): Promise<[string, AgentRecord[]]> => {
      const text = await readFile(`${directory}${name}`, "utf8");
      return [name.slice(0, -suffix.length), parseSnmprec(text)];
    }),
  );
  return new Map(recordings);
}
