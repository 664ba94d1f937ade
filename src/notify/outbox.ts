/** The messages that wait: bounded, in order, each tried again less and less often. Pure. */
import type { AlertMessage, AlertState, ChannelState, QueuedMessage } from "./types.ts";

/** More wait only for a channel that takes none for days; then the oldest go, and are counted. */
const MOST_QUEUED = 500;
const MOST_DEAD = 100;
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 600_000;
/** After so long nobody wants to be told any more. */
const MOST_AGE_MS = 3 * 86_400_000;
/** A receiver that refuses a message itself (not the sender) is believed after so many times. */
export const REFUSALS = 3;

/** How a try ended. `refused`: the receiver will never take this message. */
export type Delivery =
  | { ok: true; note?: string }
  | { ok: false; refused: boolean; error: string; retryAfterMs?: number };

export function enqueue(state: AlertState, messages: readonly AlertMessage[], nowMs: number): AlertState {
  const channels: Record<string, ChannelState> = { ...state.channels };
  const queue = [...state.queue];
  for (const message of messages) {
    if (queue.some(({ id }) => id === message.id)) continue;
    queue.push({ ...message, attempts: 0, nextMs: nowMs });
    const before = channelOf(state, message.channel);
    channels[message.channel] = { ...(channels[message.channel] ?? before), lastMadeMs: nowMs };
  }
  for (const channel of new Set(messages.map((message) => message.channel))) {
    const own = queue.filter((message) => message.channel === channel);
    for (const message of own.slice(0, Math.max(0, own.length - MOST_QUEUED))) {
      queue.splice(queue.indexOf(message), 1);
      const one = channels[channel]!;
      channels[channel] = { ...one, dropped: one.dropped + 1 };
    }
  }
  return { ...state, queue, channels };
}

/** The message each channel is to try now: its oldest, when its time has come. */
export function due(state: AlertState, nowMs: number): QueuedMessage[] {
  const heads = new Map<string, QueuedMessage>();
  for (const message of state.queue) if (!heads.has(message.channel)) heads.set(message.channel, message);
  // A time far ahead is one of a clock that was set back since.
  return [...heads.values()].filter(({ nextMs }) => nextMs <= nowMs || nextMs > nowMs + LAST_RETRY_MS * 2);
}

/** When something is to be tried next; undefined when nothing waits. */
export function nextTryMs(state: AlertState): number | undefined {
  const heads = new Map<string, number>();
  for (const { channel, nextMs } of state.queue) if (!heads.has(channel)) heads.set(channel, nextMs);
  return heads.size === 0 ? undefined : Math.min(...heads.values());
}

/** The state after a try of the message `id`. */
export function delivered(state: AlertState, id: string, result: Delivery, nowMs: number): AlertState {
  const message = state.queue.find((one) => one.id === id);
  if (!message) return state;
  const others = state.queue.filter((one) => one !== message);
  const channel = channelOf(state, message.channel);
  if (result.ok) {
    const { failingSinceMs: _, lastError: __, ...well } = channel;
    return withChannel({ ...state, queue: others }, message.channel, {
      ...well,
      lastSentMs: nowMs,
      sent: channel.sent + 1,
      // Those that were made meanwhile say how many there were.
      dropped: 0,
    });
  }
  const tried: QueuedMessage = { ...message, attempts: message.attempts + 1, lastError: result.error };
  const failing = { ...channel, failingSinceMs: channel.failingSinceMs ?? nowMs, lastError: result.error };
  const isDead = (result.refused && tried.attempts >= REFUSALS) || nowMs - message.createdMs > MOST_AGE_MS;
  if (isDead) {
    const dead = [...state.dead, tried].slice(-MOST_DEAD);
    return withChannel({ ...state, queue: others, dead }, message.channel, failing);
  }
  tried.nextMs = nowMs + retryAfter(tried.attempts, result.retryAfterMs);
  const queue = state.queue.map((one) => (one === message ? tried : one));
  return withChannel({ ...state, queue }, message.channel, failing);
}

/** How long to wait after so many tries that failed, ms; `askedMs`: what the receiver asks for. */
export function retryAfter(attempts: number, askedMs = 0): number {
  const waitMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(20, attempts - 1));
  return Math.max(waitMs, Math.min(askedMs, LAST_RETRY_MS));
}

export function channelOf(state: AlertState, id: string): ChannelState {
  return state.channels[id] ?? { sent: 0, dropped: 0 };
}

function withChannel(state: AlertState, id: string, channel: ChannelState): AlertState {
  return { ...state, channels: { ...state.channels, [id]: channel } };
}
