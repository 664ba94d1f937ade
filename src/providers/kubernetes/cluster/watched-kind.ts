/**
 * The objects of one kind in one namespace, kept up to date by one watch for all who wait for any of them. A
 * watch that breaks goes on where it was; one that began too long ago starts over with a list.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { isExpired, isForbidden } from "../api/api-error.ts";
import type { ResourceMapping } from "../api/discovery.ts";
import { type KubeObject, nameOf } from "../objects/kube-object.ts";
import { textAt } from "../readiness/verdict.ts";
import type { ObjectStore } from "./object-store.ts";

/** Lists instead of a watch, where watching is not allowed. */
const POLL_MS = 2_000;
const RECONNECT_MS = 250;
const PAGE = "500";

export type Listener = () => void;

export class WatchedKind {
  private readonly store: ObjectStore;
  private readonly mapping: ResourceMapping;
  private readonly namespace: string;
  private readonly listeners = new Set<Listener>();
  private readonly objects = new Map<string, KubeObject>();
  private running: AbortController | undefined;
  private listed = false;
  private version = "";
  /** what keeps the list from coming, for those who wait */
  trouble: Error | undefined;

  constructor(store: ObjectStore, mapping: ResourceMapping, namespace: string) {
    this.store = store;
    this.mapping = mapping;
    this.namespace = namespace;
  }

  /** Whether the first list has come, so that what is not there is known not to be there. */
  get isListed(): boolean {
    return this.listed;
  }

  /** Whether everything up to a version has been heard: what is not there then is not there. */
  knows(resourceVersion: string): boolean {
    const isNumber = (text: string) => /^\d+$/.test(text);
    if (!this.listed || !isNumber(this.version) || !isNumber(resourceVersion)) return false;
    return BigInt(this.version) >= BigInt(resourceVersion);
  }

  get(name: string): KubeObject | undefined {
    return this.objects.get(name);
  }

  all(): KubeObject[] {
    return [...this.objects.values()];
  }

  /** Calls `listener` after each change. @returns ends it; the watch ends with its last listener */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    if (!this.running) {
      this.running = new AbortController();
      void this.run(this.running.signal);
    }
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  }

  stop(): void {
    this.running?.abort();
    this.running = undefined;
    this.listed = false;
    this.version = "";
    this.objects.clear();
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.version === "") await this.list(signal);
        await this.follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (isExpired(error)) this.version = "";
        else {
          this.trouble = error as Error;
          const mayNotWatch = isForbidden(error) && this.listed;
          if (mayNotWatch) this.version = "";
          this.tell();
          await sleep(mayNotWatch ? POLL_MS : RECONNECT_MS, undefined, { signal }).catch(() => {});
        }
      }
    }
  }

  private async list(signal: AbortSignal): Promise<void> {
    const found = new Map<string, KubeObject>();
    let next = "";
    for (;;) {
      const page = await this.store.list(
        this.mapping,
        this.namespace,
        { limit: PAGE, continue: next || undefined },
        signal,
      );
      for (const item of page.items) found.set(nameOf(item), item);
      next = page.continueAt;
      if (next !== "") continue;
      if (signal.aborted) return;
      this.objects.clear();
      for (const [name, object] of found) this.objects.set(name, object);
      this.listed = true;
      this.version = page.resourceVersion;
      this.trouble = undefined;
      this.tell();
      return;
    }
  }

  private async follow(signal: AbortSignal): Promise<void> {
    for await (const line of this.store.watch(this.mapping, this.namespace, this.version, signal)) {
      const event = parseEvent(line);
      if (!event || signal.aborted) continue;
      if (event.type === "ERROR") {
        if (textAt(event.object, "reason") !== "Expired" && event.object.code !== 410)
          throw new Error(textAt(event.object, "message") || "the watch failed");
        this.version = "";
        return;
      }
      this.version = textAt(event.object, "metadata", "resourceVersion") || this.version;
      if (event.type === "DELETED") this.objects.delete(nameOf(event.object));
      else if (event.type !== "BOOKMARK") this.objects.set(nameOf(event.object), event.object);
      this.trouble = undefined;
      this.tell();
    }
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

function parseEvent(line: string): { type: string; object: KubeObject } | undefined {
  try {
    const event = JSON.parse(line) as { type?: unknown; object?: unknown };
    if (typeof event.type !== "string" || typeof event.object !== "object" || event.object === null)
      return undefined;
    return { type: event.type, object: event.object as KubeObject };
  } catch {
    return undefined;
  }
}
