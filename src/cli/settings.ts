/** What a pdc.yaml may say, and reading one. A file that cannot be understood is an error, never ignored. */
import { readFileSync } from "node:fs";
import type { RemoteReceiver } from "../actions/poll/remote-writing.ts";
import { exitCodes } from "./exit-codes.ts";
import { nearest } from "./near.ts";

/** Settings of a pdc.yaml; paths are relative to the file. */
export interface Settings {
  inventory?: string;
  stateDirectory?: string;
  cacheDirectory?: string;
  language?: string;
  /** Where a poller's samples go too, unless flags or the environment name other receivers. */
  remoteWrite?: readonly RemoteReceiver[];
}

export const settingNames = [
  "inventory",
  "stateDirectory",
  "cacheDirectory",
  "language",
  "remoteWrite",
] as const;
const receiverNames = ["url", "credential"] as const;

/** An error in configuration (exit code 22). */
export class ConfigurationError extends Error {
  readonly exitCode = exitCodes.badInput;
  readonly code: string;
  readonly fix: string | undefined;
  constructor(code: string, message: string, fix?: string) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}

/** @throws ConfigurationError; a password in an address is not repeated in it */
export async function readSettings(path: string): Promise<Settings> {
  const { parse } = await import("yaml");
  let value: unknown;
  try {
    value = parse(readFileSync(path, "utf8"), { maxAliasCount: 0 });
  } catch (error) {
    throw new ConfigurationError("bad-configuration", `${path}: ${(error as Error).message}`);
  }
  if (value === null) return {};
  if (!isMap(value))
    throw new ConfigurationError("bad-configuration", `${path}: expected settings, name: value`);
  for (const [key, setting] of Object.entries(value)) {
    if (!settingNames.includes(key as keyof Settings)) throw await unknown(path, key, settingNames);
    if (key === "remoteWrite") await checkReceivers(`${path}: remoteWrite`, setting);
    else if (typeof setting !== "string")
      throw new ConfigurationError("bad-configuration", `${path}: ${key} must be a text`);
  }
  return value as Settings;
}

async function checkReceivers(where: string, value: unknown): Promise<void> {
  if (!Array.isArray(value))
    throw new ConfigurationError(
      "bad-configuration",
      `${where} must be a list of receivers`,
      "write each as `- url: https://receiver.example/api/v1/write`, with `credential: NAME` when it asks for one",
    );
  const seen = new Set<string>();
  for (const [at, receiver] of value.entries()) {
    const place = `${where}[${at}]`;
    if (!isMap(receiver))
      throw new ConfigurationError("bad-configuration", `${place} must be a receiver: url, credential`);
    for (const [key, text] of Object.entries(receiver)) {
      if (!receiverNames.includes(key as keyof RemoteReceiver))
        throw await unknown(place, key, receiverNames);
      if (typeof text !== "string" || text === "")
        throw new ConfigurationError("bad-configuration", `${place}: ${key} must be a text`);
    }
    const url = URL.parse(String(receiver.url ?? ""));
    if (!url || !["http:", "https:"].includes(url.protocol))
      throw new ConfigurationError(
        "bad-configuration",
        `${place}: url must be the address of a remote-write receiver`,
        "write it as https://receiver.example/api/v1/write",
      );
    if (url.username !== "" || url.password !== "")
      throw new ConfigurationError(
        "secret-in-configuration",
        `${place}: the address of ${url.host} has a password in it`,
        "put it into a credential of kind password of the inventory, and name that with `credential`",
      );
    if (seen.has(url.href))
      throw new ConfigurationError("bad-configuration", `${place}: ${url.host} is a receiver twice`);
    seen.add(url.href);
  }
}

async function unknown(where: string, key: string, known: readonly string[]): Promise<ConfigurationError> {
  const near = await nearest(key, known);
  const hint = near === undefined ? "" : `did you mean "${near}"? `;
  return new ConfigurationError(
    "unknown-setting",
    `${where}: unknown setting ${key}`,
    `${hint}settings are ${known.join(", ")}`,
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
