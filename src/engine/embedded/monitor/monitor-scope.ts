import type { ResolvedConfig } from "../../config/resolve.ts";
import type { ProgramContext } from "../../interface/provider.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { SourceEvent } from "../deploy/goal.ts";
import type { Callbacks } from "./callbacks.ts";
import type { ProviderChoice } from "./provider-choice.ts";
import type { ResourceTree } from "./resource-tree.ts";
import type { TransformsInForce } from "./transforms-in-force.ts";
import type { Turns } from "./turns.ts";

/** What a monitor is made with. */
export interface MonitorSetup {
  readonly deployment: Deployment;
  readonly config: ResolvedConfig;
  /** hands an event to the step generator */
  readonly submit: (event: SourceEvent) => void;
  /** the program is done registering; resolves when everything, deletions too, is done */
  readonly programDone: () => Promise<void>;
  /** an error that ends the whole run */
  readonly abort: (error: Error) => void;
  readonly turns: Turns;
  readonly parallel: number;
  readonly workDirectory: string;
  readonly address: () => Promise<string>;
  readonly organization: string;
}

/** What the calls of one program share: each is a function of this and of its request. */
export interface MonitorScope {
  readonly setup: MonitorSetup;
  readonly choice: ProviderChoice;
  readonly callbacks: Callbacks;
  readonly tree: ResourceTree;
  readonly transforms: TransformsInForce;
  context(): Promise<ProgramContext>;
}
