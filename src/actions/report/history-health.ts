/** The states of a moment as the history has them: enough for counts and maps of a past period, without any sample. */
import type { HealthSnapshot, State, SubjectKind, SubjectState } from "../../health/types.ts";
import type { StateSpan } from "../../store/history-types.ts";

/** Spans by subject → a snapshot of the moment just before `atMs`; what no span covers is unknown. */
export function healthOfHistory(
  spans: ReadonlyMap<string, readonly StateSpan[]>,
  atMs: number,
): HealthSnapshot {
  const states: Record<"device" | "link" | "site" | "agency", Map<string, SubjectState>> = {
    device: new Map(),
    link: new Map(),
    site: new Map(),
    agency: new Map(),
  };
  for (const [subject, list] of spans) {
    const slash = subject.indexOf("/");
    const kind = subject.slice(0, slash) as keyof typeof states;
    const id = subject.slice(slash + 1);
    if (!Object.hasOwn(states, kind)) continue;
    const last = list.findLast(({ fromMs }) => fromMs < atMs);
    const isThen = last !== undefined && last.toMs >= atMs;
    const state = isThen ? (last.state as State) : "unknown";
    const because = state === "unreachable" ? causeOf(last?.detail) : undefined;
    states[kind].set(id, {
      kind,
      id,
      state,
      reasons: [],
      ...(because && { because }),
      ...(isThen && { sinceMs: last.fromMs }),
    });
  }
  return {
    atMs,
    devices: states.device,
    links: states.link,
    sites: states.site,
    agencies: states.agency,
    interfaces: new Map(),
    components: new Map(),
    linkMeasures: new Map(),
  };
}

function causeOf(detail: string | undefined): SubjectState["because"] | undefined {
  const [kind, id] = detail?.split("/") ?? [];
  return kind && id ? { kind: kind as SubjectKind, id } : undefined;
}
