/** Reads that come together become one list of their kind and namespace: a refresh asks a server tens of times, not hundreds. */

import { ApiError } from "../api/api-error.ts";
import type { ResourceMapping } from "../api/discovery.ts";
import { type KubeObject, nameOf } from "../objects/kube-object.ts";
import type { ObjectStore } from "./object-store.ts";

/** How long a read waits for others of its kind. */
const GATHER_MS = 4;
/** Fewer are read one by one. */
const WORTH_A_LIST = 3;
/** A kind with more objects than this in a namespace is not listed to its end for the sake of a few. */
const PAGE = 500;

interface Waiting {
  readonly name: string;
  readonly resolve: (object: KubeObject | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export class ReadBatch {
  private readonly store: ObjectStore;
  private readonly waiting = new Map<string, Waiting[]>();

  constructor(store: ObjectStore) {
    this.store = store;
  }

  /** @returns undefined when there is no such object */
  read(mapping: ResourceMapping, namespace: string, name: string): Promise<KubeObject | undefined> {
    const key = `${mapping.apiVersion} ${mapping.plural} ${namespace}`;
    return new Promise((resolve, reject) => {
      const batch = this.waiting.get(key);
      if (batch) {
        batch.push({ name, resolve, reject });
        return;
      }
      this.waiting.set(key, [{ name, resolve, reject }]);
      setTimeout(() => {
        const gathered = this.waiting.get(key) ?? [];
        this.waiting.delete(key);
        void this.readAll(mapping, namespace, gathered);
      }, GATHER_MS);
    });
  }

  private async readAll(mapping: ResourceMapping, namespace: string, gathered: Waiting[]): Promise<void> {
    let left = gathered;
    if (gathered.length >= WORTH_A_LIST && mapping.verbs.includes("list")) {
      try {
        left = await this.answerFromList(mapping, namespace, gathered);
      } catch (error) {
        // Who may not list may well get.
        if (!(error instanceof ApiError)) {
          for (const { reject } of gathered) reject(error);
          return;
        }
      }
    }
    await Promise.all(
      left.map(async ({ name, resolve, reject }) => {
        try {
          resolve(await this.store.get(mapping, namespace, name));
        } catch (error) {
          if (error instanceof ApiError && error.code === 404) resolve(undefined);
          else reject(error);
        }
      }),
    );
  }

  /** @returns those whose object may still be on a later page */
  private async answerFromList(
    mapping: ResourceMapping,
    namespace: string,
    gathered: Waiting[],
  ): Promise<Waiting[]> {
    const page = await this.store.list(mapping, namespace, { limit: String(PAGE) });
    const found = new Map(page.items.map((item) => [nameOf(item), item]));
    const left: Waiting[] = [];
    for (const one of gathered) {
      const object = found.get(one.name);
      if (object || page.continueAt === "") one.resolve(object);
      else left.push(one);
    }
    return left;
  }
}
