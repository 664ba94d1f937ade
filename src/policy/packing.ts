/** Pods on nodes: first fit, the largest first. What it places, a scheduler can place; seldom the other way round. */

export interface Item {
  name: string;
  cpu: number;
  memory: number;
}

export interface Bin {
  cpu: number;
  memory: number;
  pods: number;
}

/** Items that find no place, the largest first. Bins are left as they are. */
export function unplaced(items: readonly Item[], bins: readonly Bin[]): Item[] {
  const free = bins.map(({ cpu, memory, pods }) => ({ cpu, memory, pods }));
  const cpuOfAll = Math.max(
    1,
    free.reduce((sum, { cpu }) => sum + cpu, 0),
  );
  const memoryOfAll = Math.max(
    1,
    free.reduce((sum, { memory }) => sum + memory, 0),
  );
  const share = ({ cpu, memory }: Item) => Math.max(cpu / cpuOfAll, memory / memoryOfAll);
  return items
    .toSorted((a, b) => share(b) - share(a))
    .filter((item) => {
      const place = free.find((bin) => bin.pods > 0 && bin.cpu >= item.cpu && bin.memory >= item.memory);
      if (!place) return true;
      place.pods--;
      place.cpu -= item.cpu;
      place.memory -= item.memory;
      return false;
    });
}
