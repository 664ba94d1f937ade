/** One measured figure of a benchmark. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** "<= 1.4", ">= 100000": what is to be reached. */
  target?: string;
  /** The same figure of others, measured in the same run. */
  peers?: Record<string, number>;
}
