import type { DiffRequest } from "../../interface/provider.ts";
import { diffProperties } from "../../properties/diff.ts";
import type { ProviderInstance } from "../providers/provider-instance.ts";
import { type Difference, differenceFrom } from "./difference.ts";
import { ignoreChanges } from "./ignore-changes.ts";

/**
 * Asks a provider what differs; when it cannot tell, the inputs are compared.
 * @throws DiffUnavailableError when nothing can be said at all
 */
export async function diffResource(provider: ProviderInstance, request: DiffRequest): Promise<Difference> {
  const answer = await provider.diff(request);
  if (answer.changes !== "unknown") return differenceFrom(answer);
  const news = ignoreChanges(request.oldInputs, request.news, request.ignoreChanges).inputs;
  const { keys, detailedDiff } = diffProperties(request.oldInputs, news);
  return {
    ...differenceFrom({ ...answer, changes: keys.length > 0 ? "some" : "none" }),
    ...(keys.length > 0 ? { changedKeys: keys, detailedDiff } : {}),
  };
}
