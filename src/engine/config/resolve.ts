import type { ConfigValue } from "../interface/engine.ts";

/** The configuration of a stack as programs and providers get it: `namespace:key` and text. */
export interface ResolvedConfig {
  readonly values: Readonly<Record<string, { readonly value: string; readonly secret: boolean }>>;
  readonly secretKeys: string[];
  /** every text that must not be shown: the secret values, and the secrets inside objects */
  readonly secretTexts: string[];
  /** as the stack's settings hold it, secrets sealed: for the history */
  readonly stored: Readonly<Record<string, unknown>>;
}

/** Puts configuration values together; later ones win. */
export function resolvedConfig(
  values: Readonly<Record<string, ConfigValue>>,
  stored: Readonly<Record<string, unknown>>,
  innerSecrets: readonly string[] = [],
): ResolvedConfig {
  const entries = Object.entries(values).map(
    ([key, { value, secret }]) => [key, { value, secret: secret ?? false }] as const,
  );
  return {
    values: Object.fromEntries(entries),
    secretKeys: entries.filter(([, { secret }]) => secret).map(([key]) => key),
    secretTexts: [
      ...entries.filter(([, { secret }]) => secret).map(([, { value }]) => value),
      ...innerSecrets,
    ],
    stored,
  };
}
