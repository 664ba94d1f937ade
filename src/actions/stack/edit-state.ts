/** Edits the state of a stack by hand: export, change, confirm, put back. */
import type { EditResult } from "./edit-deployment.ts";
import { openStack, type StackSelection } from "./open.ts";

/**
 * Applies `edit` to the stack's deployment when `agrees` says so. The engine validates the result before it
 * replaces anything.
 * @param options.unverified the deployment may be one whose references do not hold
 * @returns what was done; undefined when it was not agreed to
 */
export async function editState(
  selection: StackSelection,
  edit: (deployment: string) => EditResult,
  agrees: (changes: readonly string[]) => Promise<boolean>,
  options: { unverified?: boolean } = {},
): Promise<string[] | undefined> {
  const { engine, target } = await openStack(selection, { needsProgram: false });
  const { deployment, changes } = edit(await engine.export(target, options));
  if (changes.length === 0) return [];
  if (!(await agrees(changes))) return undefined;
  await engine.importState(target, deployment, { edits: changes });
  return changes;
}
