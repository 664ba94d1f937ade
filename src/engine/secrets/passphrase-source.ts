import { readFile } from "node:fs/promises";
import { EngineError, messageOf } from "../interface/errors.ts";

/** Where the passphrase of a stack comes from. Never an argument of a command. */
export type PassphraseSource = () => Promise<string>;

/**
 * Pulumi's order: `PULUMI_CONFIG_PASSPHRASE` when set (even empty), then the file named by
 * `PULUMI_CONFIG_PASSPHRASE_FILE` (trimmed), else `ask`, which a terminal may offer.
 * @throws EngineError (exit 24) when there is none
 */
export function passphraseFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  ask?: PassphraseSource,
): PassphraseSource {
  return async () => {
    const direct = environment.PULUMI_CONFIG_PASSPHRASE;
    if (direct !== undefined) return direct;
    const file = environment.PULUMI_CONFIG_PASSPHRASE_FILE;
    if (file) {
      try {
        return (await readFile(file, "utf8")).trim();
      } catch (error) {
        throw new EngineError(
          "passphrase-file",
          24,
          `cannot read PULUMI_CONFIG_PASSPHRASE_FILE: ${messageOf(error)}`,
        );
      }
    }
    if (ask) return ask();
    throw new EngineError(
      "passphrase-missing",
      24,
      "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
    );
  };
}
