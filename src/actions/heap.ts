/** Memory of a process that makes much garbage for long. */
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** How much more than is alive the heap may grow to between two collections. */
const GROWING_PERCENT = 40;
/** Where the space of new objects stops growing. */
const NEW_SPACE_OCTETS = 16_000_000;

/**
 * V8 by itself lets the heap grow to several times what is alive before it collects, and the space of new objects to
 * 134 MB: a poller of 5,000 devices, of which 70 MB are alive, then takes 600. With this it takes 340, health included.
 * The flags are read when a space grows, so they may be set while the program runs. Called first thing, before the
 * inventory is read, and again before each cycle or when a stack's program begins: that space is still to grow until
 * then. What a stack of 10,000 resources takes is in `tests/bench/engine-operations.bench.ts`.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
  const newSpace = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
  if (newSpace && newSpace.space_size >= NEW_SPACE_OCTETS) setFlagsFromString("--semi-space-growth-factor=1");
}
