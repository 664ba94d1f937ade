/** Which of several pollers a device belongs to: by its id alone, so that it never depends on the other devices. */

/** Poller `index` (from 1) of `count`. */
export interface Shard {
  index: number;
  count: number;
}

/** A shard that cannot be (exit code 2). */
export class ShardError extends Error {
  readonly exitCode = 2;
  readonly code = "bad-shard";
  readonly fix = "write it as INDEX/COUNT, for example 1/3, 2/3 and 3/3 for three pollers";
}

const MAX_SHARDS = 1000;

/** "2/3". @throws ShardError */
export function parseShard(text: string): Shard {
  const match = /^(\d{1,4})\/(\d{1,4})$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || index < 1 || count < 1 || index > count || count > MAX_SHARDS)
    throw new ShardError(`${JSON.stringify(text)} is not a shard`);
  return { index, count };
}

/**
 * Whether a device belongs to a shard. Rendezvous hashing: with one poller more, only the devices that move to the
 * new one change hands.
 */
export function isInShard(deviceId: string, { index, count }: Shard): boolean {
  const own = weight(deviceId, index);
  for (let other = 1; other <= count; other += 1) {
    const theirs = weight(deviceId, other);
    if (theirs > own || (theirs === own && other < index)) return false;
  }
  return true;
}

/** FNV-1a over id and shard, with MurmurHash3's finaliser so that one digit changes every bit. */
function weight(deviceId: string, shard: number): number {
  let hash = 0x811c9dc5;
  for (const character of `${deviceId}/${shard}`)
    hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
