import type { ResolvedConfig } from "../../config/resolve.ts";
import type { PropertyMap } from "../../properties/values.ts";
import type { Snapshot } from "../../state/checkpoint.ts";
import { ROOT_STACK_TYPE } from "../../urn/urn.ts";
import { MASK, maskSecrets } from "../events/mask.ts";

/** The configuration as events show it. */
export function shownConfig(config: ResolvedConfig): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config.values).map(([key, { value, secret }]) => [key, secret ? MASK : value]),
  );
}

/** The outputs of a stack as a result shows them: those it has, or those that a preview foresees. */
export function outputsOf(
  snapshot: Snapshot,
  foreseen: PropertyMap | undefined,
  showSecrets: boolean,
): PropertyMap {
  const stack = snapshot.resources.find((resource) => resource.type === ROOT_STACK_TYPE && !resource.delete);
  return maskSecrets(foreseen ?? stack?.outputs ?? {}, showSecrets) as PropertyMap;
}
