/** When Deployments, StatefulSets, DaemonSets, Jobs and Pods are up; the official provider's conditions. */
import { isAnnotated } from "../objects/annotations.ts";
import type { KubeObject } from "../objects/kube-object.ts";
import {
  at,
  conditionOf,
  failed,
  isObserved,
  listAt,
  numberAt,
  type ReadinessRule,
  ready,
  textAt,
  type Verdict,
  waiting,
} from "./verdict.ts";

const unseen = waiting("its controller has not seen it yet");

function wanted(object: KubeObject): number {
  const replicas = at(object, "spec", "replicas");
  return typeof replicas === "number" ? replicas : 1;
}

/** What a Deployment's controller said when it gave up; undefined: it has not. */
function missedDeadline(object: KubeObject): { message: string; at: string } | undefined {
  const progressing = conditionOf(object, "Progressing");
  return progressing?.status === "False" && progressing.reason === "ProgressDeadlineExceeded"
    ? progressing
    : undefined;
}

export const deployment: ReadinessRule = {
  judge(object, _related, written): Verdict {
    if (!isObserved(object)) return unseen;
    if (at(object, "spec", "paused") === true) return ready;
    const replicaFailure = conditionOf(object, "ReplicaFailure");
    const refused = replicaFailure?.status === "True" ? `: ${replicaFailure.message}` : "";
    const missed = missedDeadline(object);
    const isNews = missed && missed.at !== (written && missedDeadline(written)?.at);
    const deadline = missed ? `the rollout made no progress within its deadline: ${missed.message}` : "";
    if (isNews) return failed(`${deadline}${refused}`);
    const why = `${refused}${missed ? ` (before, ${deadline})` : ""}`;
    const replicas = wanted(object);
    const updated = numberAt(object, "status", "updatedReplicas");
    const available = numberAt(object, "status", "availableReplicas");
    const all = numberAt(object, "status", "replicas");
    if (updated < replicas) return waiting(`${updated} of ${replicas} replicas are of the new version${why}`);
    if (all > updated) return waiting(`${all - updated} replicas of the old version are still there`);
    if (available < replicas) return waiting(`${available} of ${replicas} replicas are available${why}`);
    const isAvailable = conditionOf(object, "Available");
    if (replicas > 0 && isAvailable && isAvailable.status !== "True")
      return waiting(`not available: ${isAvailable.message}`);
    return ready;
  },
};

export const replicaSet: ReadinessRule = {
  judge(object): Verdict {
    if (!isObserved(object)) return unseen;
    const available = numberAt(object, "status", "availableReplicas");
    const why = conditionOf(object, "ReplicaFailure")?.message;
    return available >= wanted(object)
      ? ready
      : waiting(`${available} of ${wanted(object)} replicas are available${why ? `: ${why}` : ""}`);
  },
};

export const statefulSet: ReadinessRule = {
  judge(object): Verdict {
    if (!isObserved(object)) return unseen;
    const replicas = wanted(object);
    const readyReplicas = numberAt(object, "status", "readyReplicas");
    if (readyReplicas < replicas) return waiting(`${readyReplicas} of ${replicas} replicas are ready`);
    const tooMany = numberAt(object, "status", "replicas") - replicas;
    if (tooMany > 0) return waiting(`${tooMany} replicas more than there shall be are still there`);
    if (textAt(object, "spec", "updateStrategy", "type") === "OnDelete") return ready;
    const partition = numberAt(object, "spec", "updateStrategy", "rollingUpdate", "partition");
    const updated = numberAt(object, "status", "updatedReplicas");
    const due = Math.max(0, replicas - partition);
    if (updated < due) return waiting(`${updated} of ${due} replicas are of the new version`);
    const [current, update] = ["currentRevision", "updateRevision"].map((key) =>
      textAt(object, "status", key),
    );
    if (partition === 0 && current !== update) return waiting("the new revision is not the current one yet");
    return ready;
  },
};

export const daemonSet: ReadinessRule = {
  judge(object): Verdict {
    if (!isObserved(object)) return unseen;
    const desired = numberAt(object, "status", "desiredNumberScheduled");
    const updated = numberAt(object, "status", "updatedNumberScheduled");
    const available = numberAt(object, "status", "numberAvailable");
    const onDelete = textAt(object, "spec", "updateStrategy", "type") === "OnDelete";
    if (!onDelete && updated < desired) return waiting(`${updated} of ${desired} nodes have the new version`);
    if (available < desired) return waiting(`available on ${available} of ${desired} nodes`);
    return ready;
  },
};

export const job: ReadinessRule = {
  judge(object): Verdict {
    const failure = conditionOf(object, "Failed");
    if (failure?.status === "True")
      return failed(`the job failed: ${failure.reason} ${failure.message}`.trim());
    if (conditionOf(object, "Complete")?.status === "True") return ready;
    // A job that was created suspended is as far as it shall be.
    if (at(object, "spec", "suspend") === true) return ready;
    const completions = numberAt(object, "spec", "completions") || 1;
    const [succeeded, failures] = ["succeeded", "failed"].map((key) => numberAt(object, "status", key));
    return waiting(
      `${succeeded} of ${completions} completions${failures ? `, ${failures} failed pods` : ""}`,
    );
  },
};

export const pod: ReadinessRule = {
  judge(object): Verdict {
    const phase = textAt(object, "status", "phase");
    if (phase === "Succeeded") return ready;
    if (phase === "Failed")
      return failed(
        `the pod failed: ${textAt(object, "status", "reason")} ${textAt(object, "status", "message")}`.trim(),
      );
    if (conditionOf(object, "Ready")?.status === "True") return ready;
    return waiting(podTrouble(object) ?? `the pod is ${phase || "not scheduled yet"}`);
  },
};

const containerLists = ["initContainerStatuses", "containerStatuses"] as const;

/** What keeps a pod from being ready, as far as the pod itself tells; undefined when nothing does. */
export function podTrouble(object: KubeObject): string | undefined {
  const scheduled = conditionOf(object, "PodScheduled");
  if (scheduled?.status === "False") return `cannot be scheduled: ${scheduled.message || scheduled.reason}`;
  for (const list of containerLists) {
    for (const status of listAt(object, "status", list)) {
      const trouble = containerTrouble(status);
      if (trouble) return trouble;
    }
  }
  const notReady = conditionOf(object, "ContainersReady") ?? conditionOf(object, "Ready");
  return notReady?.status === "False" && notReady.message !== "" ? notReady.message : undefined;
}

/** Waiting reasons that pass by themselves. */
const passing = new Set(["ContainerCreating", "PodInitializing", ""]);

function containerTrouble(status: Parameters<typeof textAt>[0]): string | undefined {
  const name = textAt(status, "name");
  const image = textAt(status, "image");
  const reason = textAt(status, "state", "waiting", "reason");
  const said = textAt(status, "state", "waiting", "message");
  if (/ImagePull|ErrImage|InvalidImageName|RegistryUnavailable/.test(reason))
    return `container ${name}: image ${image} cannot be pulled (${reason}${said ? `: ${said}` : ""})`;
  const last = at(status, "lastState", "terminated") ?? at(status, "state", "terminated");
  const ended = numberAt(last, "exitCode");
  const how = last === undefined ? "" : `; it ended with ${ended} (${textAt(last, "reason")})`;
  if (!passing.has(reason)) return `container ${name}: ${reason}${said ? `: ${said}` : ""}${how}`;
  if (ended !== 0) return `container ${name} ended with ${ended} (${textAt(last, "reason")})`;
  return undefined;
}

/** Pods that are over: completed, or of a job that tries again. */
export function isOver(object: KubeObject): boolean {
  return (
    ["Succeeded", "Failed"].includes(textAt(object, "status", "phase")) ||
    isAnnotated(object, "pulumi.com/skipAwait")
  );
}
