/** The toolkit's stacks and every environment that is deployed. */
import { stacks } from "../../../stacks/registry.ts";
import { openStack, type StackSelection } from "./open.ts";

export interface ListedStack {
  project: string;
  /** Empty: not deployed yet. */
  stack: string;
  lastOperation: string;
  result: string;
  endedAt: string;
  description: string;
}

export async function listStacks(selection: StackSelection): Promise<ListedStack[]> {
  const { engine } = await openStack(selection, { needsProgram: false });
  const rows: ListedStack[] = [];
  for (const { project, stack } of await engine.listStacks()) {
    const [last] = await engine.history({ project, stack }, 1);
    rows.push({
      project,
      stack,
      lastOperation: last?.kind ?? "init",
      result: last?.result ?? "",
      endedAt: last ? new Date(last.endTime * 1000).toISOString() : "",
      description: stacks[project]?.description ?? "",
    });
  }
  const deployed = new Set(rows.map(({ project }) => project));
  for (const { name, description } of Object.values(stacks)) {
    if (!deployed.has(name))
      rows.push({ project: name, stack: "", lastOperation: "", result: "", endedAt: "", description });
  }
  return rows;
}
