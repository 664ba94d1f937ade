/** Who owns what, changed in the object itself: `metadata.managedFields` can be written like any other field. */
import type { PropertyValue } from "../../../engine/properties/values.ts";
import { ApiError, isNotFound } from "../api/api-error.ts";
import type { ResourceMapping } from "../api/discovery.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { type KubeObject, metadataOf, nameOf, namespaceOf } from "../objects/kube-object.ts";

/** How often somebody else may change the object between our look and our change of it. */
const MAX_TRIES = 5;

/**
 * @param change gives the new entries for the object as it is; undefined when they shall stay
 * @returns whether anything was changed; false also for an object that is gone
 * @throws as the API refuses
 */
export async function reassignFields(
  cluster: Cluster,
  mapping: ResourceMapping,
  target: KubeObject,
  fieldManager: string,
  change: (live: KubeObject) => PropertyValue[] | undefined,
): Promise<boolean> {
  const where = { namespace: namespaceOf(target), name: nameOf(target) };
  for (let tries = 1; ; tries++) {
    try {
      const live = await cluster.objects.get(mapping, where.namespace, where.name);
      const managedFields = change(live);
      if (!managedFields) return false;
      const resourceVersion = metadataOf(live).resourceVersion ?? "";
      await cluster.objects.merge(
        mapping,
        where,
        { metadata: { managedFields, resourceVersion } },
        { fieldManager },
      );
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      if (!(error instanceof ApiError && error.code === 409) || tries === MAX_TRIES) throw error;
    }
  }
}
