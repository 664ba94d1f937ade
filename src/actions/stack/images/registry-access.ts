/** From a registry of the inventory to a client of it: its authority and its credential. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { credentialResolver } from "../../../inventory/credentials.ts";
import type { Inventory } from "../../../inventory/model.ts";
import type { Registry } from "../../../inventory/platform-model.ts";
import { RegistryClient } from "./registry-client.ts";

/** Errors: 22 the authority's file or the credential cannot be read. Nothing is sent yet. */
export async function openRegistry(
  inventory: Inventory,
  { host, authorityFile, credential }: Registry,
  signal?: AbortSignal,
): Promise<RegistryClient> {
  const resolved = credential === undefined ? undefined : await credentialResolver(inventory)(credential);
  const login =
    resolved?.kind === "password" ? { user: resolved.user ?? "", password: resolved.password } : {};
  const authority =
    authorityFile === undefined ? undefined : await readAuthority(inventory.directory, authorityFile);
  return new RegistryClient({ host, ...login, authority, signal });
}

async function readAuthority(directory: string, file: string): Promise<string> {
  const path = file.startsWith("~/")
    ? join(process.env.HOME ?? homedir(), file.slice(2))
    : resolve(directory, file);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw Object.assign(new Error(`${file}: the registry's authority cannot be read (${error.code})`), {
      code: "no-authority",
      exitCode: 22,
      fix: "authorityFile of the registry: a PEM file",
    });
  });
  return text;
}
