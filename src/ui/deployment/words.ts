/** How operations are called and drawn. */
import type { Operation } from "../../engine/interface/events.ts";

type Style = "green" | "yellow" | "red" | "magenta" | "cyan" | "gray" | "bold";

interface OperationWords {
  symbol: string;
  /** While it runs; when it is done; what a preview says. */
  doing: string;
  done: string;
  planned: string;
  style: Style;
}

export const operationWords: Readonly<Record<Operation, OperationWords>> = {
  same: { symbol: " ", doing: "looking at", done: "unchanged", planned: "unchanged", style: "gray" },
  create: { symbol: "+", doing: "creating", done: "created", planned: "create", style: "green" },
  update: { symbol: "~", doing: "updating", done: "updated", planned: "update", style: "yellow" },
  delete: { symbol: "-", doing: "deleting", done: "deleted", planned: "delete", style: "red" },
  replace: { symbol: "±", doing: "replacing", done: "replaced", planned: "replace", style: "magenta" },
  "create-replacement": {
    symbol: "±",
    doing: "creating replacement",
    done: "created replacement",
    planned: "create replacement",
    style: "magenta",
  },
  "delete-replaced": {
    symbol: "±",
    doing: "deleting original",
    done: "deleted original",
    planned: "delete original",
    style: "magenta",
  },
  read: { symbol: ">", doing: "reading", done: "read", planned: "read", style: "cyan" },
  "read-replacement": {
    symbol: ">",
    doing: "reading anew",
    done: "read anew",
    planned: "read anew",
    style: "cyan",
  },
  refresh: { symbol: "?", doing: "refreshing", done: "refreshed", planned: "refresh", style: "cyan" },
  discard: { symbol: "<", doing: "forgetting", done: "forgotten", planned: "forget", style: "gray" },
  "discard-replaced": {
    symbol: "<",
    doing: "forgetting original",
    done: "forgot original",
    planned: "forget original",
    style: "gray",
  },
  "remove-pending-replace": {
    symbol: "±",
    doing: "finishing replacement",
    done: "finished replacement",
    planned: "finish replacement",
    style: "magenta",
  },
  import: { symbol: "=", doing: "importing", done: "imported", planned: "import", style: "cyan" },
  "import-replacement": {
    symbol: "=",
    doing: "importing replacement",
    done: "imported replacement",
    planned: "import replacement",
    style: "cyan",
  },
};

/** "pdc:host:File" and "hosts" of "urn:pulumi:production::host::pdc:host:File::hosts". */
export function namesOfUrn(urn: string): { type: string; name: string } {
  const [, , qualifiedType = "", ...name] = urn.split("::");
  return { type: qualifiedType.split("$").at(-1) ?? "", name: name.join("::") };
}

/** "0.4 s", "1 min 12 s". */
export function durationText(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
