/** Which stores are asked about. Loads nothing of the store's room: the live view has its first frame before that. */
import { defaultStorePath } from "../../store/default-path.ts";

export interface StoreOptions {
  stateDirectory: string;
  /** Default: samples.db in `stateDirectory`. */
  store?: readonly string[] | undefined;
}

export function storePaths({ stateDirectory, store = [] }: StoreOptions): readonly string[] {
  return store.length > 0 ? store : [defaultStorePath(stateDirectory)];
}
