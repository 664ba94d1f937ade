/**
 * When an object of a kind that nobody here knows is up, by the conventions that controllers keep (kstatus of
 * sigs.k8s.io/cli-utils). Only asked for with PULUMI_K8S_AWAIT_ALL: an object that keeps none of them is up at once.
 */
import { at, conditionOf, failed, numberAt, type ReadinessRule, ready, waiting } from "./verdict.ts";

export const anyKind: ReadinessRule = {
  judge(object) {
    const observed = at(object, "status", "observedGeneration");
    if (typeof observed === "number" && observed < numberAt(object, "metadata", "generation"))
      return waiting("its controller has not seen it yet");
    const told = (type: string) => {
      const condition = conditionOf(object, type);
      return condition && { ...condition, why: condition.message || condition.reason || `it is ${type}` };
    };
    const stalled = told("Stalled");
    if (stalled?.status === "True") return failed(`its controller cannot go on: ${stalled.why}`);
    const reconciling = told("Reconciling");
    if (reconciling?.status === "True") return waiting(reconciling.why);
    const isReady = told("Ready");
    return isReady === undefined || isReady.status === "True" ? ready : waiting(isReady.why);
  },
};
