/** Does each object have the shape of its kind? zod's findings as problems at their places, with near matches. */
import { z } from "zod";
import { credentialSchema, secretSourceSchema } from "./credential-model.ts";
import type { Kind } from "./kinds.ts";
import { timeZones } from "./local-time.ts";
import * as model from "./model.ts";
import { didYouMean } from "./near-match.ts";
import type { ParsedYaml, YamlPath } from "./parse-yaml.ts";
import * as platform from "./platform-model.ts";

/** The schema of one object of each kind. */
export const SCHEMAS = {
  province: model.provinceSchema,
  agencies: model.agencySchema,
  sites: model.siteSchema,
  devices: model.deviceSchema,
  links: model.linkSchema,
  credentials: credentialSchema,
  maintenance: model.maintenanceSchema,
  systems: model.systemSchema,
  clusters: platform.clusterSchema,
  environments: platform.environmentSchema,
  endpoints: platform.endpointSchema,
  exchanges: platform.exchangeSchema,
  registries: platform.registrySchema,
  images: platform.imageSchema,
  digests: platform.digestSchema,
} as const satisfies Record<Kind | "province", z.ZodType>;

/** Checks one object; `path` is where it stands in its file. */
export function checkShape(
  kind: Kind | "province",
  value: unknown,
  parsed: ParsedYaml,
  path: YamlPath,
): { value: unknown } | { problems: model.InventoryProblem[] } {
  return checkAgainst(SCHEMAS[kind], value, parsed, path);
}

/** The same against a schema of other files that lie in an inventory. */
export function checkAgainst<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  parsed: ParsedYaml,
  path: YamlPath,
): { value: z.infer<Schema> } | { problems: model.InventoryProblem[] } {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  const problems = result.error.issues.flatMap((issue) => explain(issue, schema, value, parsed, path));
  return { problems: withoutMisspelt(problems) };
}

/** A key that is missing because it is misspelt is told once, as the unknown key. */
function withoutMisspelt(problems: readonly model.InventoryProblem[]): model.InventoryProblem[] {
  const meant = new Set(
    problems
      .filter(({ code }) => code === "unknown-key")
      .map(({ hint }) => hint?.match(/^did you mean "(.*)"/)?.[1]),
  );
  return problems.filter(
    ({ code, message }) => code !== "missing-key" || !meant.has(message.match(/^"(.*)" is missing/)?.[1]),
  );
}

type Issue = z.core.$ZodIssue;

function explain(
  issue: Issue,
  schema: z.ZodType,
  value: unknown,
  parsed: ParsedYaml,
  base: YamlPath,
): model.InventoryProblem[] {
  const inner = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  const path = [...base, ...inner];
  const name = inner.filter((step) => typeof step === "string").at(-1);
  const problem = (code: string, message: string, hint?: string, where = parsed.locate(path)) => ({
    file: parsed.file,
    ...where,
    code,
    message,
    ...(hint !== undefined && { hint }),
  });
  const input = valueAt(value, inner);
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = keysOf(schemaAt(schema, inner, value));
      return issue.keys.map((key) =>
        problem(
          "unknown-key",
          `unknown key "${key}"`,
          didYouMean(key, known) ?? `known: ${known.join(", ")}`,
          parsed.locate([...path, key], "key"),
        ),
      );
    }
    case "invalid_type":
      if (input === undefined) return [problem("missing-key", `"${name ?? "value"}" is missing`)];
      return [
        problem(
          "wrong-type",
          `"${name ?? "value"}" must be ${article(issue.expected)}, not ${typeName(input)}`,
          quoteHint(issue.expected, parsed, path),
        ),
      ];
    case "invalid_value": {
      const words = issue.values.map(String);
      if (input === undefined)
        return [problem("missing-key", `"${name}" is missing`, `one of ${words.join(", ")}`)];
      return [
        problem(
          "unknown-value",
          `"${name}" cannot be ${shown(input)}`,
          didYouMean(String(input), words) ?? `one of ${words.join(", ")}`,
        ),
      ];
    }
    case "invalid_format":
      if (input === "") return [problem("invalid-format", `"${name}" must not be empty`)];
      return [
        problem(
          name === "id" ? "invalid-name" : "invalid-format",
          `"${name}" ${shown(input)} is not valid: ${formatRule(issue)}`,
        ),
      ];
    case "invalid_union":
      if (issue.discriminator !== undefined)
        return [
          unknownForm(schemaAt(schema, inner.slice(0, -1), value), issue.discriminator, input, problem),
        ];
      if (schemaAt(schema, inner, value) === secretSourceSchema) return [noSecretSource(name, problem)];
      return [problem("invalid-value", `"${name ?? "value"}" fits none of its forms`)];
    case "too_big":
      return [
        problem("invalid-value", `"${name ?? "value"}" ${beyond(issue, input, issue.maximum, "most")}`),
      ];
    case "too_small":
      return [
        problem("invalid-value", `"${name ?? "value"}" ${beyond(issue, input, issue.minimum, "least")}`),
      ];
    case "custom":
      if (name === "timeZone" && typeof input === "string")
        return [
          problem(
            "invalid-value",
            `"timeZone" ${shown(input)} is no time zone`,
            didYouMean(input, timeZones()) ?? 'write its IANA name, as "Asia/Ho_Chi_Minh"',
          ),
        ];
      return [problem("invalid-value", `"${name ?? "value"}": ${issue.message}`)];
    default:
      return [problem("invalid-value", `"${name ?? "value"}": ${issue.message}`)];
  }
}

/** Why a number, a text or a list is out of its bounds. */
function beyond(
  { origin }: { origin: string },
  input: unknown,
  bound: number | bigint,
  side: "most" | "least",
): string {
  if (origin === "string" || origin === "array") {
    if (side === "least" && bound === 1) return "must not be empty";
    const what = origin === "string" ? "characters" : "entries";
    return `has too ${side === "most" ? "many" : "few"} ${what}: at ${side} ${bound}`;
  }
  return `${shown(input)} is too ${side === "most" ? "large" : "small"}: at ${side} ${bound}`;
}

type MakeProblem = (code: string, message: string, hint?: string) => model.InventoryProblem;

/** An object whose forms are told apart by one key, which is missing or says something else. */
function unknownForm(
  union: z.ZodType | undefined,
  key: string,
  given: unknown,
  problem: MakeProblem,
): model.InventoryProblem {
  const words = optionsOf(union).flatMap((option) => literalsOf(shapeOf(option)?.[key]));
  if (given === undefined) return problem("missing-key", `"${key}" is missing`, `one of ${words.join(", ")}`);
  const hint = didYouMean(String(given), words) ?? `one of ${words.join(", ")}`;
  return problem("unknown-value", `"${key}" cannot be ${shown(given)}`, hint);
}

function noSecretSource(name: string | undefined, problem: MakeProblem): model.InventoryProblem {
  const message = `"${name}" must name exactly one source: file, env, command or sops`;
  return problem("invalid-secret-source", message, "the value itself never stands in the inventory");
}

/** Unquoted words that YAML reads as a number or a truth value, where a text is wanted. */
function quoteHint(expected: string, parsed: ParsedYaml, path: YamlPath): string | undefined {
  const source = expected === "string" ? parsed.source(path) : undefined;
  return source !== undefined && /^[^"'\s]+$/.test(source) ? `write it in quotes: "${source}"` : undefined;
}

function formatRule(issue: Issue & { code: "invalid_format" }): string {
  if (issue.format === "date") return "a day as 2025-07-01";
  return issue.message.startsWith("Invalid")
    ? `it must match ${"pattern" in issue ? issue.pattern : issue.format}`
    : issue.message;
}

function article(type: string): string {
  return type === "array"
    ? "a list"
    : type === "object"
      ? "a map"
      : type === "string"
        ? "a text"
        : `a ${type}`;
}

function typeName(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : `the ${typeof value} ${shown(value)}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function valueAt(value: unknown, path: YamlPath): unknown {
  let here: unknown = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  let here = schema;
  while (here instanceof z.ZodDefault || here instanceof z.ZodOptional)
    here = here.def.innerType as z.ZodType;
  return here;
}

function shapeOf(schema: z.ZodType | undefined): Record<string, z.ZodType> | undefined {
  return schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : undefined;
}

function optionsOf(schema: z.ZodType | undefined): z.ZodType[] {
  return schema instanceof z.ZodUnion ? (schema.options as z.ZodType[]) : [];
}

function literalsOf(schema: z.ZodType | undefined): string[] {
  return schema instanceof z.ZodLiteral ? [...schema.values].map(String) : [];
}

function schemaAt(schema: z.ZodType, path: YamlPath, value: unknown): z.ZodType | undefined {
  let here = unwrap(schema);
  let input = value;
  for (const step of path) {
    if (here instanceof z.ZodUnion) here = chosenOption(here, input);
    here = unwrap(here instanceof z.ZodArray ? (here.element as z.ZodType) : shapeOf(here)?.[String(step)]);
    input = valueAt(input, [step]);
  }
  return here instanceof z.ZodUnion && here !== secretSourceSchema
    ? (chosenOption(here, input) ?? here)
    : here;
}

/** The form of a discriminated union that the value says it has. */
function chosenOption(union: z.ZodType, input: unknown): z.ZodType | undefined {
  return optionsOf(union).find((option) => {
    const kind = literalsOf(shapeOf(option)?.kind);
    return kind.length > 0 && kind.includes(String(valueAt(input, ["kind"])));
  });
}

function keysOf(schema: z.ZodType | undefined): string[] {
  return Object.keys(shapeOf(schema) ?? {});
}
