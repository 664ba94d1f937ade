import { join } from "node:path";

/** Where the samples of a center are kept when nobody says otherwise. */
export function defaultStorePath(stateDirectory: string): string {
  return join(stateDirectory, "samples.db");
}
