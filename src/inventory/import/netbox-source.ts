/** Fetches NetBox's lists over its REST API, or reads them from saved JSON. Touches the outside world. */
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SecretText } from "../secret.ts";
import { ImportError } from "./incoming.ts";
import {
  listAt,
  NETBOX_LISTS,
  type NetBoxData,
  type NetBoxListName,
  type NetBoxObject,
} from "./netbox-data.ts";

const NAMES = Object.keys(NETBOX_LISTS) as NetBoxListName[];
const PAGE = 500;
/** One page of 500 devices has about 2 MB; a server that sends more than this is not believed. */
const MAX_PAGE_OCTETS = 64 * 1024 * 1024;
const MAX_OBJECTS = 500_000;

export interface NetBoxApi {
  /** "https://netbox.example/" (a path before /api is kept). */
  url: string;
  token: SecretText;
  /** Per request (default 30 s). */
  timeoutMs?: number;
  signal?: AbortSignal;
  onPage?: (list: NetBoxListName, objects: number) => void;
}

/** Every page of every list, one request at a time. @throws {ImportError} 23 no answer, 24 token refused. */
export async function fetchNetBox(api: NetBoxApi): Promise<NetBoxData> {
  let base: URL;
  try {
    base = new URL("api/", api.url.endsWith("/") ? api.url : `${api.url}/`);
  } catch {
    throw new ImportError("bad-url", `"${api.url}" is not a URL`, { exitCode: 2 });
  }
  if (base.protocol !== "https:" && base.protocol !== "http:")
    throw new ImportError("bad-url", "NetBox is reached by https or http", { exitCode: 2 });
  if (base.username || base.password)
    throw new ImportError("bad-url", "no password in the URL: name a token", { exitCode: 2 });
  const data = {} as Record<NetBoxListName, readonly NetBoxObject[]>;
  for (const name of NAMES) data[name] = await fetchList(api, base, name);
  return data;
}

async function fetchList(api: NetBoxApi, base: URL, name: NetBoxListName): Promise<NetBoxObject[]> {
  const objects: NetBoxObject[] = [];
  let next: URL | undefined = new URL(`${NETBOX_LISTS[name]}/?limit=${PAGE}`, base);
  const seen = new Set<string>();
  while (next !== undefined) {
    // The token goes to the server that was named, and nowhere a page might point to.
    if (next.host !== base.host)
      throw new ImportError("foreign-page", `${base.host} points to ${next.host} for the next page`, {
        target: base.host,
      });
    next.protocol = base.protocol;
    if (seen.has(next.href) || objects.length > MAX_OBJECTS)
      throw new ImportError("endless-list", `the list of ${name} does not end`, { target: base.host });
    seen.add(next.href);
    const page = await fetchPage(api, next);
    if (!Array.isArray((page as { results?: unknown } | null)?.results)) {
      throw new ImportError("not-netbox", `${next.href} answers no list`, {
        fix: "is this the address of a NetBox?",
        target: base.host,
      });
    }
    objects.push(...objectsOf(page));
    api.onPage?.(name, objects.length);
    const following = (page as { next?: unknown }).next;
    next = typeof following === "string" ? new URL(following, next) : undefined;
  }
  return objects;
}

async function fetchPage(api: NetBoxApi, url: URL): Promise<unknown> {
  const token = api.token.reveal();
  // Tokens of version 2 (NetBox 4.5) begin with "nbt_" and are bearer tokens; older ones have their own scheme.
  const authorization = token.startsWith("nbt_") ? `Bearer ${token}` : `Token ${token}`;
  const timeout = AbortSignal.timeout(api.timeoutMs ?? 30_000);
  const signal = api.signal ? AbortSignal.any([api.signal, timeout]) : timeout;
  try {
    const response = await fetch(url, {
      headers: { authorization, accept: "application/json" },
      redirect: "error",
      signal,
    });
    if (response.status === 401 || response.status === 403) {
      throw new ImportError("token-refused", `${url.host} refuses the token (${response.status})`, {
        exitCode: 24,
        target: url.host,
        fix: "the token needs read access to tenancy, dcim, ipam and circuits",
      });
    }
    if (!response.ok)
      throw new ImportError("server-error", `${url.href} answers ${response.status}`, {
        exitCode: 23,
        target: url.host,
      });
    return JSON.parse(await boundedText(response));
  } catch (error) {
    if (error instanceof ImportError || api.signal?.aborted) throw error;
    if (error instanceof SyntaxError)
      throw new ImportError("not-json", `${url.href} does not answer JSON`, { target: url.host });
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    const why = timeout.aborted
      ? "no answer in time"
      : (cause?.code ?? cause?.message ?? (error as Error).message);
    throw new ImportError("unreachable", `${url.host} cannot be asked: ${why}`, {
      exitCode: 23,
      target: url.host,
    });
  }
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of response.body ?? []) {
    octets += chunk.length;
    if (octets > MAX_PAGE_OCTETS)
      throw new ImportError("too-large", `a page has more than ${MAX_PAGE_OCTETS} octets`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Reads saved answers: a folder with `sites.json`, `devices.json` … (a list, or a page with `results`), or one file
 * with all of them by name. Lists that are not there are empty; without devices and sites it is refused.
 */
export async function readSavedNetBox(path: string): Promise<NetBoxData> {
  const isFolder = await stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
  const whole = isFolder ? undefined : await readJson(path);
  const data = {} as Record<NetBoxListName, readonly NetBoxObject[]>;
  for (const name of NAMES) {
    const saved = isFolder
      ? await readJson(join(path, `${name}.json`), true)
      : (whole as Record<string, unknown> | null)?.[name];
    data[name] = objectsOf(saved);
  }
  if (data.sites.length === 0 && data.devices.length === 0) {
    throw new ImportError("not-netbox", `${path} holds no sites and no devices of a NetBox`, {
      target: path,
    });
  }
  return data;
}

function objectsOf(saved: unknown): NetBoxObject[] {
  const list = Array.isArray(saved) ? saved : listAt(saved, "results");
  return list.filter(
    (one): one is NetBoxObject => typeof one === "object" && one !== null && !Array.isArray(one),
  );
}

async function readJson(path: string, isOptional = false): Promise<unknown> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > MAX_PAGE_OCTETS)
      throw new ImportError("too-large", `${path} is larger than ${MAX_PAGE_OCTETS} octets`, {
        target: path,
      });
    return JSON.parse(await file.readFile("utf8"));
  } catch (error) {
    if (isOptional && (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (error instanceof SyntaxError)
      throw new ImportError("not-json", `${path} is not JSON: ${error.message.slice(0, 120)}`, {
        target: path,
      });
    throw error;
  }
}
