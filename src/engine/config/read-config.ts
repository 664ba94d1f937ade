import type { ConfigValue } from "../interface/engine.ts";
import { badConfiguration } from "../interface/errors.ts";
import type { SecretsManager } from "../secrets/passphrase.ts";
import { sortedJson } from "../state/json.ts";
import type { Project } from "./project.ts";
import { type ResolvedConfig, resolvedConfig } from "./resolve.ts";
import { isSecure, type StackSettings } from "./stack-settings.ts";

/**
 * The configuration of a stack as the program gets it: texts as they are, numbers and truth values as texts,
 * lists and maps as JSON, sealed values opened.
 * @param over values that take the place of those in the settings
 */
export function readConfig(
  settings: StackSettings | undefined,
  project: Project,
  manager: () => SecretsManager,
  over: Readonly<Record<string, ConfigValue>> = {},
): ResolvedConfig {
  const stored = settings?.config ?? {};
  const values: Record<string, ConfigValue> = {};
  const inner: string[] = [];
  for (const [key, value] of Object.entries(stored))
    values[qualified(key, project.name)] = opened(value, manager, inner);
  for (const [key, value] of Object.entries(over)) values[qualified(key, project.name)] = value;
  applyProjectDefaults(values, project);
  return resolvedConfig(values, stored, inner);
}

/** A key without a namespace belongs to the project. */
export function qualified(key: string, project: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

function opened(value: unknown, manager: () => SecretsManager, inner: string[]): ConfigValue {
  if (isSecure(value)) return { value: manager().decrypt(value.secure), secret: true };
  if (typeof value === "object" && value !== null) {
    let secret = false;
    const open = (part: unknown): unknown => {
      if (isSecure(part)) {
        secret = true;
        const text = manager().decrypt(part.secure);
        inner.push(text);
        return text;
      }
      if (Array.isArray(part)) return part.map(open);
      if (typeof part === "object" && part !== null) {
        return Object.fromEntries(Object.entries(part).map(([key, child]) => [key, open(child)]));
      }
      return part;
    };
    return { value: sortedJson(open(value)), secret };
  }
  return { value: value === null || value === undefined ? "" : String(value) };
}

function applyProjectDefaults(values: Record<string, ConfigValue>, project: Project): void {
  for (const [name, declared] of Object.entries(project.config)) {
    const key = qualified(name, project.name);
    const given = values[key];
    if (given === undefined) {
      const fallback = declared.value ?? declared.default;
      if (fallback !== undefined) {
        const plain =
          typeof fallback === "object" && fallback !== null ? sortedJson(fallback) : String(fallback);
        values[key] = { value: plain };
      } else if (key.startsWith(`${project.name}:`) && declared.type !== undefined) {
        throw badConfiguration(
          `Stack '${project.stack}' is missing configuration value '${name}'`,
          `set it with: pdc stack config set ${name} <value>`,
        );
      }
    } else if (declared.type !== undefined) checkType(key, given, declared.type, project.stack);
    if (declared.secret && given && !given.secret) {
      throw badConfiguration(
        `Stack '${project.stack}' with configuration key '${name}' must be encrypted as it's secret`,
      );
    }
  }
}

function checkType(key: string, { value }: ConfigValue, type: string, stack: string): void {
  const fits = {
    string: true,
    integer: /^-?\d+$/.test(value),
    boolean: value === "true" || value === "false",
    array: value.startsWith("["),
    object: value.startsWith("{"),
  }[type];
  if (fits === false)
    throw badConfiguration(`Stack '${stack}' with configuration key '${key}' must be of type '${type}'`);
}
