/** Is the exchange map sound? Both ends run, nothing goes around the LGSP, and data goes only where it may be. */
import type { System } from "../inventory/model.ts";
import {
  DATA_CLASSES,
  type DataClass,
  type Exchange,
  type ExchangeEnd,
} from "../inventory/platform-model.ts";
import type { Finding, GateInput } from "./finding.ts";

/**
 * The least security level of a system that may receive data of a class. Decree 85/2016/ND-CP classes systems by the
 * harm their loss does; that personal and restricted data need level 3 is our reading, for the province to approve.
 */
export const leastLevel: Readonly<Record<DataClass, number>> = {
  public: 1,
  internal: 2,
  personal: 3,
  restricted: 3,
};

export function exchangeFindings(input: GateInput): Finding[] {
  const { inventory } = input;
  const gateway = [...inventory.systems.values()].find(({ platform }) => platform?.gateway !== undefined);
  return [
    ...excludedGateway(input, gateway),
    ...[...inventory.exchanges.values()].flatMap((exchange) => [
      ...endFindings(exchange, input),
      ...routeFindings(exchange, input, gateway),
      ...dataFindings(exchange, input, gateway),
    ]),
  ];
}

/** An environment without the exchange platform, though exchanges of its systems go through it. */
function excludedGateway({ inventory, environment }: GateInput, gateway: System | undefined): Finding[] {
  const index = gateway ? environment.excludes.indexOf(gateway.id) : -1;
  if (!gateway || index < 0) return [];
  const isHere = ({ system }: ExchangeEnd) => system === undefined || !environment.excludes.includes(system);
  const through = [...inventory.exchanges.values()].filter(
    ({ route, consumer, provider }) => route === "lgsp" && isHere(consumer) && isHere(provider),
  );
  if (through.length === 0) return [];
  return [
    {
      rule: "exchange/no-gateway",
      severity: "mandatory",
      message: `environment ${environment.id} is without ${gateway.id}, through which its systems exchange: ${through.map(({ id }) => id).join(", ")}`,
      remedy: "do not exclude the exchange platform, or exclude the systems that need it",
      at: { kind: "environments", id: environment.id, path: ["excludes", index] },
    },
  ];
}

type Path = NonNullable<Finding["at"]["path"]>;

function finding(
  exchange: Exchange,
  path: Path,
  rule: string,
  message: string,
  remedy: string,
  severity: Finding["severity"] = "mandatory",
): Finding {
  const at = { kind: "exchanges", id: exchange.id, path } as const;
  return { rule, severity, message: `exchange ${exchange.id}: ${message}`, remedy, at };
}

function endFindings(exchange: Exchange, { inventory, environment }: GateInput): Finding[] {
  const findings: Finding[] = [];
  for (const side of ["consumer", "provider"] as const) {
    const { system: id, workload: name } = exchange[side];
    if (id === undefined || environment.excludes.includes(id)) continue;
    const system = inventory.systems.get(id);
    const workload = system?.platform?.workloads.find((one) => one.name === name);
    if (!workload)
      findings.push(
        finding(
          exchange,
          [side, "workload"],
          "exchange/missing-end",
          `${id} runs no ${name} on the platform`,
          "name a workload of the system, or describe it there",
        ),
      );
    else if (side === "provider" && workload.template === "worker")
      findings.push(
        finding(
          exchange,
          [side, "workload"],
          "exchange/no-port",
          `${id}/${name} is a worker and serves nothing`,
          "name the workload that answers (template api)",
        ),
      );
  }
  const { consumer, provider } = exchange;
  if (consumer.endpoint !== undefined && provider.endpoint !== undefined)
    findings.push(
      finding(
        exchange,
        ["provider"],
        "exchange/outside",
        "both ends lie outside the cluster",
        "it is no business of the platform: take it out",
      ),
    );
  return findings;
}

function routeFindings(exchange: Exchange, { inventory }: GateInput, gateway: System | undefined): Finding[] {
  const { consumer, provider, route } = exchange;
  if (route === "lgsp") {
    // An environment without the exchange platform is told once.
    if (gateway) return [];
    return [
      finding(
        exchange,
        ["route"],
        "exchange/no-gateway",
        "no system has the gateway of the exchange platform",
        "name it: platform.gateway of the LGSP",
      ),
    ];
  }
  const isGateway = (end: ExchangeEnd) => gateway !== undefined && end.system === gateway.id;
  if (isGateway(consumer) || isGateway(provider)) return [];
  const isBetweenSystems = consumer.system !== undefined && provider.system !== undefined;
  const endpoint = inventory.endpoints.get(consumer.endpoint ?? provider.endpoint ?? "");
  if (isBetweenSystems || endpoint?.reach === "nation")
    return [
      finding(
        exchange,
        ["route"],
        "exchange/bypass",
        `goes around the exchange platform ${isBetweenSystems ? "between two systems" : `to ${endpoint?.name}`}`,
        "route: lgsp",
      ),
    ];
  if (exchange.reason === undefined)
    return [
      finding(
        exchange,
        ["route"],
        "exchange/no-reason",
        "is direct without a reason",
        "say why in `reason`",
        "advisory",
      ),
    ];
  return [];
}

function dataFindings(exchange: Exchange, { inventory }: GateInput, gateway: System | undefined): Finding[] {
  const { consumer, provider, dataClass, route } = exchange;
  const findings: Finding[] = [];
  const rank = (one: DataClass | undefined) => DATA_CLASSES.indexOf(one ?? "public");
  const need = leastLevel[dataClass];
  const receives = (system: System | undefined, path: Path, as: string) => {
    if (!system) return;
    const { id, securityLevel, dataClass: own } = system;
    if ((securityLevel ?? 0) < need)
      findings.push(
        finding(
          exchange,
          path,
          "exchange/level",
          `${dataClass} data to ${id}, ${as}, which is of level ${securityLevel ?? "none"}; level ${need} may have it`,
          "another level for the receiver, or less data",
        ),
      );
    else if (rank(own) < rank(dataClass))
      findings.push(
        finding(
          exchange,
          path,
          "exchange/data-class",
          `${dataClass} data to ${id}, ${as}, which is declared to hold ${own ?? "none"}`,
          "declare the receiver's data class as it is, or give it less",
        ),
      );
  };
  // A query's answer goes to who asked; what is sent to an endpoint goes there.
  if (consumer.system !== undefined)
    receives(inventory.systems.get(consumer.system), ["consumer"], "the consumer");
  if (route === "lgsp" && gateway) receives(gateway, ["dataClass"], "the exchange platform");
  const source = provider.system === undefined ? undefined : inventory.systems.get(provider.system);
  if (source?.dataClass && rank(source.dataClass) < rank(dataClass))
    findings.push(
      finding(
        exchange,
        ["dataClass"],
        "exchange/source-class",
        `${dataClass} data from ${source.id}, which is declared to hold ${source.dataClass}`,
        "correct the class of one of the two",
      ),
    );
  for (const side of ["consumer", "provider"] as const) {
    const endpoint = inventory.endpoints.get(exchange[side].endpoint ?? "");
    if (!endpoint) continue;
    if (rank(endpoint.accepts) < rank(dataClass))
      findings.push(
        finding(
          exchange,
          [side],
          "exchange/endpoint-class",
          `${dataClass} data to ${endpoint.id}, which may have ${endpoint.accepts}`,
          "less data, or `accepts` of the endpoint as it was agreed",
        ),
      );
    if (!endpoint.isTls && rank(dataClass) > 0)
      findings.push({
        ...finding(
          exchange,
          [side],
          "exchange/clear-text",
          `${dataClass} data in clear text with ${endpoint.id}`,
          "TLS at the endpoint",
        ),
        clause: "5.4.2.4",
      });
  }
  return findings;
}
