/** The gate of a stack: its findings at their lines, and the error that stops a deployment. */
import { stacks } from "../../../stacks/registry.ts";
import type { Inventory } from "../../inventory/model.ts";
import { placeFinder } from "../../inventory/place.ts";
import type { Finding } from "../../policy/finding.ts";
import type { TableView } from "../../report/table-view.ts";

/** A finding as people and programs get it. */
export interface PlacedFinding {
  severity: Finding["severity"];
  rule: string;
  /** "systems/mot-cua.yaml:12:5", below the inventory. */
  place: string;
  message: string;
  remedy: string;
  clause?: string;
}

export interface StackCheck {
  data: {
    stack: string;
    environment: string;
    mandatory: number;
    advisory: number;
    findings: PlacedFinding[];
  };
  view: TableView;
  /** For people: findings are sentences, which a table would cut off. */
  text: string;
}

/** Checks a stack of the toolkit in one environment. Errors: 2 no such stack, environment or gate; 22 the inventory. */
export async function checkStack(options: {
  name: string;
  environment: string;
  inventoryDirectory: string;
  /** Also whether every secret can be had here. */
  secrets?: boolean;
}): Promise<StackCheck> {
  const { name, environment } = options;
  const definition = Object.hasOwn(stacks, name) ? stacks[name] : undefined;
  if (!definition?.loadGate) {
    const checked = Object.values(stacks).filter(({ loadGate }) => loadGate !== undefined);
    throw Object.assign(new Error(definition ? `stack ${name} has no gate` : `there is no stack ${name}`), {
      code: "unknown-stack",
      exitCode: 2,
      fix: `stacks that are checked: ${checked.map((one) => one.name).join(", ")}`,
    });
  }
  const { loadInventory } = await import("../../inventory/load.ts");
  const inventory = await loadInventory(options.inventoryDirectory);
  const gate = await definition.loadGate();
  const found = await gate({ inventory, environment });
  if (options.secrets) found.push(...(await unresolvedSecrets(options)));
  const findings = await placed(inventory, found);
  const mandatory = findings.filter(({ severity }) => severity === "mandatory").length;
  const advisory = findings.length - mandatory;
  const notes = [
    findings.length === 0
      ? `${name}/${environment}: nothing found`
      : `${name}/${environment}: ${mandatory} mandatory, ${advisory} advisory${mandatory > 0 ? "; the mandatory ones stop `pdc stack up`" : ""}`,
  ];
  return {
    data: { stack: name, environment, mandatory, advisory, findings },
    text: textOf(findings, notes),
    view: {
      columns: [
        { key: "severity", header: "SEVERITY", dropOrder: 0 },
        { key: "rule", header: "RULE", dropOrder: 1 },
        { key: "place", header: "PLACE", dropOrder: 0 },
        { key: "message", header: "WHAT", dropOrder: 0 },
        { key: "remedy", header: "REMEDY", dropOrder: 2 },
        { key: "clause", header: "CLAUSE", dropOrder: 3 },
      ],
      rows: findings.map((one) => ({ ...one })),
      notes,
    },
  };
}

function textOf(findings: readonly PlacedFinding[], notes: readonly string[]): string {
  const paragraphs = findings.map(({ severity, rule, place, message, remedy, clause }) =>
    [
      `${severity} ${rule}${clause === undefined ? "" : ` (${clause})`} at ${place}`,
      `  ${message}`,
      `  remedy: ${remedy}`,
      "",
    ].join("\n"),
  );
  return [...paragraphs, ...notes, ""].join("\n");
}

/** What a preview has to say of the gate; undefined when nothing would stop `up`, or nothing checks the stack. */
export async function gateNotice(
  name: string | undefined,
  environment: string,
  inventoryDirectory: () => string,
): Promise<string | undefined> {
  if (name === undefined || !stacks[name]?.loadGate) return undefined;
  const { data } = await checkStack({ name, environment, inventoryDirectory: inventoryDirectory() });
  return data.mandatory === 0
    ? undefined
    : `${data.mandatory} mandatory findings will stop \`stack up\`: see \`stack check ${name} --stack ${environment}\``;
}

/** Secrets of the plan that cannot be read on this machine, a finding each. No value is kept or shown. */
async function unresolvedSecrets(options: {
  name: string;
  environment: string;
  inventoryDirectory: string;
}): Promise<Finding[]> {
  const { openPlan } = await import("./platform-plan.ts");
  const { credentialResolver } = await import("../../inventory/credentials.ts");
  const { inventory, plan } = await openPlan(options.name, options.environment, options.inventoryDirectory);
  const resolve = credentialResolver(inventory);
  const used = new Set(
    plan.objects.flatMap(({ values }) => Object.values(values ?? {}).map((one) => one.credential)),
  );
  const findings: Finding[] = [];
  for (const id of used) {
    const error = await resolve(id).then(
      () => undefined,
      (thrown: Error & { fix?: string }) => thrown,
    );
    if (error)
      findings.push({
        rule: "secret/unresolved",
        severity: "mandatory",
        message: error.message,
        remedy: error.fix ?? "put it where the inventory says it is, for the user that runs pdc",
        at: { kind: "credentials", id, path: ["id"] },
      });
  }
  return findings;
}

/** Mandatory findings as an error (exit code 20) with a place each. */
export class GateError extends Error {
  readonly code = "gate";
  readonly exitCode = 20;
  readonly problems: {
    file: string;
    line: number;
    column: number;
    code: string;
    message: string;
    hint: string;
  }[];
  constructor(name: string, environment: string, findings: readonly PlacedFinding[]) {
    super(`${findings.length} mandatory findings stop ${name}/${environment}`);
    this.name = "GateError";
    this.problems = findings.map(({ rule, place, message, remedy }) => {
      const [file = "", line = "1", column = "1"] = place.split(":");
      return { file, line: Number(line), column: Number(column), code: rule, message, hint: remedy };
    });
  }
}

/** @throws {GateError} when there are mandatory findings. */
export async function assertGate(
  name: string,
  inventory: Inventory,
  environment: string,
  findings: readonly Finding[],
): Promise<void> {
  const mandatory = findings.filter(({ severity }) => severity === "mandatory");
  if (mandatory.length > 0) throw new GateError(name, environment, await placed(inventory, mandatory));
}

async function placed(inventory: Inventory, findings: readonly Finding[]): Promise<PlacedFinding[]> {
  if (findings.length === 0) return [];
  const find = await placeFinder(inventory.directory);
  return findings.map(({ severity, rule, message, remedy, at, file, clause }) => ({
    severity,
    rule,
    place: file ?? find(at),
    message,
    remedy,
    ...(clause !== undefined && { clause }),
  }));
}
