/** Test files in Vitest's order, but those on the lab's control plane last: its programs are built meanwhile. */
import { readFileSync } from "node:fs";
import { BaseSequencer, type TestSpecification } from "vitest/node";

export class ControlPlaneLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waits = sorted.filter(({ moduleId }) => readFileSync(moduleId, "utf8").includes("control-plane/"));
    return [...sorted.filter((file) => !waits.includes(file)), ...waits];
  }
}
