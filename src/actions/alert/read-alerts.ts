/** Reads the rules and channels of an inventory (`alerts/*.yaml`) and checks them against it. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { reasonValues } from "../../health/reasons.ts";
import { checkAgainst } from "../../inventory/check-shape.ts";
import { decodeText } from "../../inventory/decode-text.ts";
import { InventoryError, sortProblems } from "../../inventory/errors.ts";
import { findAgencies } from "../../inventory/lookup.ts";
import type { Inventory, InventoryProblem } from "../../inventory/model.ts";
import { didYouMean } from "../../inventory/near-match.ts";
import { type ParsedYaml, parseYaml, type YamlPath } from "../../inventory/parse-yaml.ts";
import { channelOfFile, channelSchema, missingOf, ruleOfFile, ruleSchema } from "../../notify/schema.ts";
import type { AlertChannel, AlertConfig, AlertRule } from "../../notify/types.ts";

/** The folder of an inventory that holds them; without it nobody is told anything. */
export const ALERTS_FOLDER = "alerts";
const MOST_OCTETS = 1024 * 1024;
const sections = ["channels", "rules"] as const;

/** What an incident may be about: all of it, or a reason of health. */
const incidentCodes = ["outage", "restart", ...Object.keys(reasonValues)];

/** @throws InventoryError with every problem at file:line:column (22). */
export async function readAlerts(inventory: Inventory): Promise<AlertConfig> {
  const problems: InventoryProblem[] = [];
  const channels = new Map<string, AlertChannel>();
  const rules = new Map<string, AlertRule>();
  const references: (() => void)[] = [];
  const carriers = [...inventory.links.values()].flatMap(({ carrier }) => carrier ?? []);
  for (const file of await alertFiles(inventory.directory)) {
    const parsed = await parseFile(inventory.directory, file, problems);
    if (parsed) take(parsed);
  }
  for (const check of references) check();
  if (problems.length > 0) throw new InventoryError(inventory.directory, sortProblems(problems));
  return { channels: [...channels.values()], rules: [...rules.values()] };

  function take(parsed: ParsedYaml): void {
    const { value } = parsed;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      problems.push(problemAt(parsed, [], "wrong-type", "the file must hold `channels:` and `rules:`"));
      return;
    }
    for (const key of Object.keys(value))
      if (!sections.includes(key as "rules"))
        problems.push(
          problemAt(parsed, [key], "unknown-key", `unknown key "${key}"`, didYouMean(key, sections), "key"),
        );
    const { channels: channelList, rules: ruleList } = value as Record<string, unknown>;
    for (const [path, item] of items(parsed, "channels", channelList, problems)) {
      const channel = checked(channelSchema, item, parsed, path, problems);
      if (!channel || !isNew(channels, channel.id, parsed, path)) continue;
      const made = channelOfFile(channel);
      channels.set(channel.id, made);
      const missing = missingOf(made);
      if (missing !== undefined) problems.push(problemAt(parsed, path, "missing-key", missing));
      for (const key of ["credential", "urlCredential"] as const)
        if (key in channel) checkCredential(parsed, path, key, (channel as Record<string, unknown>)[key]);
    }
    for (const [path, item] of items(parsed, "rules", ruleList, problems)) {
      const rule = checked(ruleSchema, item, parsed, path, problems);
      if (!rule || !isNew(rules, rule.id, parsed, path)) continue;
      rules.set(rule.id, {
        ...ruleOfFile(rule),
        match: {
          ...rule.match,
          ...namesOf(rule, "carriers", carriers, parsed, path),
          ...namesOf(rule, "codes", incidentCodes, parsed, path),
          ...agenciesOf(rule, parsed, path),
        },
      });
      for (const [position, name] of rule.channels.entries())
        references.push(() => {
          if (channels.has(name)) return;
          const hint = didYouMean(name, channels.keys());
          const message = `there is no channel "${name}"`;
          problems.push(
            problemAt(parsed, [...path, "channels", position], "dangling-reference", message, hint),
          );
        });
    }
  }

  function isNew(
    known: ReadonlyMap<string, unknown>,
    id: string,
    parsed: ParsedYaml,
    path: YamlPath,
  ): boolean {
    if (!known.has(id)) return true;
    problems.push(problemAt(parsed, [...path, "id"], "duplicate-id", `"${id}" is there twice`));
    return false;
  }

  function checkCredential(parsed: ParsedYaml, path: YamlPath, key: string, name: unknown): void {
    if (typeof name !== "string") return;
    const credential = inventory.credentials.get(name);
    if (credential?.kind === "password") return;
    const message = credential
      ? `credential "${name}" is not one of kind "password"`
      : `there is no credential "${name}"`;
    const hint = credential ? undefined : didYouMean(name, inventory.credentials.keys());
    problems.push(problemAt(parsed, [...path, key], "dangling-reference", message, hint));
  }

  /** As they are written where they come from: a rule with a name that nothing has would never speak. */
  function namesOf(
    { match }: z.infer<typeof ruleSchema>,
    key: "carriers" | "codes",
    known: readonly string[],
    parsed: ParsedYaml,
    path: YamlPath,
  ): { [K in typeof key]?: string[] } {
    const names = match[key]?.map((name, position) => {
      const found = known.find((one) => one.toLowerCase() === name.toLowerCase());
      if (found === undefined) {
        const message = `there is no ${key === "codes" ? "code of incidents" : "carrier"} "${name}"`;
        const where = [...path, "match", key, position];
        problems.push(problemAt(parsed, where, "dangling-reference", message, didYouMean(name, known)));
      }
      return found ?? name;
    });
    return names === undefined ? {} : { [key]: names };
  }

  /** A rule about an agency is about those below it too. */
  function agenciesOf(
    { match }: z.infer<typeof ruleSchema>,
    parsed: ParsedYaml,
    path: YamlPath,
  ): { agencies?: string[] } {
    if (!match.agencies) return {};
    const wanted = new Set<string>();
    for (const [position, name] of match.agencies.entries()) {
      const found = findAgencies(inventory, name);
      if (found.length === 0) {
        const hint = didYouMean(name, inventory.agencies.keys());
        const where = [...path, "match", "agencies", position];
        problems.push(problemAt(parsed, where, "dangling-reference", `there is no agency "${name}"`, hint));
      }
      for (const { agency } of found) wanted.add(agency.id);
    }
    for (let size = -1; size !== wanted.size; ) {
      size = wanted.size;
      for (const { id, parents } of inventory.agencies.values())
        if (parents.some(({ agency }) => wanted.has(agency))) wanted.add(id);
    }
    return { agencies: [...wanted] };
  }
}

async function alertFiles(directory: string): Promise<string[]> {
  try {
    const names = await readdir(join(directory, ALERTS_FOLDER));
    return names
      .filter((name) => /\.ya?ml$/.test(name) && !name.startsWith("."))
      .sort()
      .map((name) => `${ALERTS_FOLDER}/${name}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function parseFile(
  directory: string,
  file: string,
  problems: InventoryProblem[],
): Promise<ParsedYaml | undefined> {
  const octets = await readFile(join(directory, file));
  const text = octets.length > MOST_OCTETS ? undefined : decodeText(octets);
  if (text === undefined || "error" in text) {
    const message = text?.error ?? "the file is too large";
    problems.push({ file, line: 1, column: 1, code: "unreadable", message });
    return undefined;
  }
  const read = parseYaml(file, text.text);
  problems.push(...read.problems);
  return read.parsed;
}

function* items(
  parsed: ParsedYaml,
  section: (typeof sections)[number],
  list: unknown,
  problems: InventoryProblem[],
): Generator<[YamlPath, unknown]> {
  if (list === undefined || list === null) return;
  if (Array.isArray(list))
    yield* list.map((item, position) => [[section, position], item] as [YamlPath, unknown]);
  else problems.push(problemAt(parsed, [section], "wrong-type", `"${section}" must be a list`));
}

function checked<Schema extends z.ZodType>(
  schema: Schema,
  item: unknown,
  parsed: ParsedYaml,
  path: YamlPath,
  problems: InventoryProblem[],
): z.infer<Schema> | undefined {
  const result = checkAgainst(schema, item, parsed, path);
  if ("value" in result) return result.value;
  problems.push(...result.problems);
  return undefined;
}

function problemAt(
  parsed: ParsedYaml,
  path: YamlPath,
  code: string,
  message: string,
  hint?: string,
  key?: "key",
): InventoryProblem {
  return {
    file: parsed.file,
    ...parsed.locate(path, key),
    code,
    message,
    ...(hint !== undefined && { hint }),
  };
}
