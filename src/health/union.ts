/** One subject as several pollers that share a province (`--shard`) saw it: each knows only what it asked. */
import type { State } from "./types.ts";

/** What one of them saw at a moment, as the history keeps it: `detail` is the code of the worst reason. */
export interface SeenState {
  state: string;
  detail?: string;
}

/** Reasons of a link that is not known because the device at its end was asked and is silent. */
const SILENT_END = "far-end-silent";

/** As `linkVerdict`: an end that proves it down, the upper device gone, the lower one silent, then what the others see. */
const linkOrder = ["down", "unreachable", "silent", "degraded", "up", "unknown"] as const;

/**
 * The state that stands of a subject ("link/wan-1") when `seen` are what each poller says of it at one moment; one of
 * `seen`, or what follows from several. Its rules are those of a poller that had asked everything, as far as they can
 * be told from states alone.
 */
export function stateOfSeveral<Seen extends SeenState>(subject: string, seen: readonly Seen[]): SeenState {
  const [first] = seen;
  if (!first) return { state: "unknown" satisfies State };
  if (seen.length === 1) return first;
  return subject.startsWith("link/") ? linkOfSeveral(seen) : serviceOfSeveral(seen);
}

function linkOfSeveral(seen: readonly SeenState[]): SeenState {
  const rank = ({ state, detail }: SeenState) =>
    linkOrder.indexOf(
      state === "unknown" && detail === SILENT_END ? "silent" : (state as (typeof linkOrder)[number]),
    );
  return seen.reduce((worst, one) => (rank(one) < rank(worst) ? one : worst));
}

/** Something of it answers one of them: it is there, and degraded while another finds a part of it silent. */
function serviceOfSeveral(seen: readonly SeenState[]): SeenState {
  const is = (...states: State[]) => seen.find(({ state }) => states.includes(state as State));
  const fault = is("down") ?? is("unreachable");
  if (!is("up", "degraded")) return fault ?? seen[0]!;
  const degraded = is("degraded");
  if (degraded) return degraded;
  return fault
    ? { state: "degraded", ...(fault.detail !== undefined && { detail: fault.detail }) }
    : is("up")!;
}
