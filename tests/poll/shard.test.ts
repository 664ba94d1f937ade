import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isInShard, parseShard, ShardError } from "../../src/poll/shard.ts";

const ids = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const shards = (count: number) => Array.from({ length: count }, (_, at) => ({ index: at + 1, count }));

test("every device is in exactly one shard", () => {
  fc.assert(
    fc.property(ids, fc.integer({ min: 1, max: 12 }), (id, count) => {
      expect(shards(count).filter((shard) => isInShard(id, shard))).toHaveLength(1);
    }),
  );
});

test("one poller more moves devices to it, and none between the others", () => {
  fc.assert(
    fc.property(ids, fc.integer({ min: 1, max: 8 }), (id, count) => {
      const before = shards(count).find((shard) => isInShard(id, shard))?.index;
      const after = shards(count + 1).find((shard) => isInShard(id, shard))?.index;
      expect([before, count + 1]).toContain(after);
    }),
  );
});

test("shards of a province are of like size", () => {
  const devices = Array.from({ length: 3000 }, (_, number) => `xa-${number}-router`);
  for (const shard of shards(3)) {
    const size = devices.filter((id) => isInShard(id, shard)).length;
    expect(size).toBeGreaterThan(900);
    expect(size).toBeLessThan(1100);
  }
});

describe("as it is written", () => {
  test("1/3", () => expect(parseShard("1/3")).toEqual({ index: 1, count: 3 }));
  test.each(["0/3", "4/3", "1/0", "1", "a/b", "1/3/5", "-1/3", "1/1001", ""])("%s is none", (text) => {
    expect(() => parseShard(text)).toThrow(ShardError);
  });
});
