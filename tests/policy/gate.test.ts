/** The gate: the example passes, and each thing that is broken in it is found at its line. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { briefly, type Changes, findingsOf } from "./example.ts";

const example = resolve(import.meta.dirname, "../../inventory/quang-binh");
/** The line on which a text stands in a file of the example. */
function line(file: string, text: string, occurrence = 0): number {
  const lines = readFileSync(`${example}/${file}`, "utf8").split("\n");
  const found = lines.flatMap((one, i) => (one.includes(text) ? [i + 1] : []));
  if (found[occurrence] === undefined) throw new Error(`${file} has no "${text}"`);
  return found[occurrence];
}
const M = "systems/mot-cua.yaml";
const X = "exchanges/exchanges.yaml";
const K = "clusters/clusters.yaml";

/** What a change adds to what the example has anyway. */
async function added(changes: Changes, environment?: string) {
  const before = new Set(
    (await findingsOf({}, environment)).map(({ rule, message }) => `${rule} ${message}`),
  );
  return (await findingsOf(changes, environment)).filter(
    ({ rule, message }) => !before.has(`${rule} ${message}`),
  );
}

describe("the example", () => {
  test.each(["production", "training", "staging"])("%s has nothing mandatory", async (environment) => {
    const findings = await findingsOf({}, environment);
    expect(findings.filter(({ severity }) => severity === "mandatory")).toEqual([]);
    expect(findings.map(({ rule }) => rule)).toContain("image/unlocked");
  });

  test("says of plain databases that they have no standby, with the clause", async () => {
    const standby = (await findingsOf()).filter(({ rule }) => rule === "control/database-standby");
    expect(standby.map(({ place }) => place.split("/")[1]?.split(".")[0])).toEqual([
      "csdl-gis",
      "ioc",
      "lgsp",
      "mot-cua",
      "quan-ly-nhan-su",
      "thanh-tra-khieu-to",
      "van-ban-dieu-hanh",
    ]);
    expect(standby[0]?.clause).toBe("5.12.2.2 a");
    const withOperator = await findingsOf({ [K]: [["operators: []", "operators: [cloudnative-pg]"]] });
    expect(withOperator.filter(({ rule }) => rule === "control/database-standby")).toEqual([]);
  });
});

describe("a change of the example", () => {
  test.each<[string, Changes, string]>([
    [
      "a quota lowered below use",
      { [M]: [['quota: { cpu: "22"', 'quota: { cpu: "5"']] },
      `mandatory quota/below-use ${M}:${line(M, "quota:")}`,
    ],
    [
      "a quota below what it grows to",
      { [M]: [['quota: { cpu: "22"', 'quota: { cpu: "11"']] },
      `advisory quota/below-peak ${M}:${line(M, "quota:")}`,
    ],
    [
      "storage that is more than its quota",
      { [M]: [["storage: 700Gi", "storage: 500Gi"]] },
      `mandatory quota/below-use ${M}:${line(M, "quota:")}`,
    ],
    [
      "fewer nodes than one may be lost of",
      { [K]: [["nodes: 12", "nodes: 5"]] },
      `mandatory capacity/node-loss ${K}:${line(K, "pools:") + 1}`,
    ],
    [
      "fewer nodes than it takes",
      { [K]: [["nodes: 12", "nodes: 3"]] },
      `mandatory capacity/nodes ${K}:${line(K, "pools:") + 1}`,
    ],
    [
      "quotas that promise more than there is",
      { [K]: [["nodes: 12", "nodes: 9"]] },
      `mandatory capacity/quotas ${K}:${line(K, "pools:") + 1}`,
    ],
    [
      "a pod that fits on no node",
      {
        [M]: [
          ['image: postgresql\n        cpu: "4"', 'image: postgresql\n        cpu: "16"'],
          ['quota: { cpu: "22"', 'quota: { cpu: "60"'],
        ],
      },
      `mandatory capacity/nodes ${K}:${line(K, "pools:") + 1}`,
    ],
    [
      "disks for more than there is",
      { [K]: [["capacity: 12Ti", "capacity: 2Ti"]] },
      `mandatory capacity/storage ${K}:${line(K, "capacity: 12Ti")}`,
    ],
    [
      "one pod of a workload of level 3",
      { "systems/lgsp.yaml": [["replicas: { min: 4, max: 8 }", "replicas: { min: 1 }"]] },
      `mandatory control/replicas systems/lgsp.yaml:${line("systems/lgsp.yaml", "- name: gateway")}`,
    ],
    [
      "backups kept in one place",
      { [M]: [["isOffsite: true", "isOffsite: false"]] },
      `mandatory control/backup ${M}:${line(M, "isOffsite:")}`,
    ],
    [
      "backups nobody tries",
      { [M]: [["    restoreTestMonths: 6\n", ""]] },
      `mandatory control/backup ${M}:${line(M, "recoveryPointHours:")}`,
    ],
    [
      "no backup policy",
      { [M]: (text) => text.replace(/ {2}backup:\n( {4}.*\n)+/, "") },
      `mandatory system/backup ${M}:${line(M, "- id:")}`,
    ],
    [
      "no data class",
      { "systems/ioc.yaml": [["  dataClass: internal\n", ""]] },
      `mandatory system/data-class systems/ioc.yaml:${line("systems/ioc.yaml", "- id:")}`,
    ],
    [
      "no security level",
      { "systems/bao-cao.yaml": [["  securityLevel: 2\n", ""]] },
      `mandatory system/level systems/bao-cao.yaml:${line("systems/bao-cao.yaml", "- id:")}`,
    ],
    [
      "an owner that ended",
      { [M]: [["owner: van-phong-ubnd", "owner: huyen-le-thuy"]] },
      `mandatory system/owner ${M}:${line(M, "- id:")}`,
    ],
    [
      "an open disk for personal data",
      { [K]: [["isEncrypted: true", "isEncrypted: false"]] },
      `mandatory control/encryption-at-rest ${M}:${line(M, "- name: database")}`,
    ],
    [
      "clear text between systems",
      { [M]: [["        isTls: true\n", ""]] },
      `mandatory control/encryption-in-transit ${M}:${line(M, "- name: api")}`,
    ],
    [
      "logs kept too short",
      { [K]: [["logRetentionMonths: 3", "logRetentionMonths: 1"]] },
      `mandatory control/log-retention ${K}:${line(K, "logRetentionMonths")}`,
    ],
    [
      "a password in open configuration",
      { [M]: [["config: { TZ: Asia/Ho_Chi_Minh,", "config: { DB_PASSWORD: x, TZ: Asia/Ho_Chi_Minh,"]] },
      `mandatory control/secret-in-clear ${M}:${line(M, "TZ:")}`,
    ],
    [
      "nobody who operates it",
      { [M]: [["operators: [mot-cua-operators]", "operators: []"]] },
      `advisory control/operators ${M}:${line(M, "groups:")}`,
    ],
    [
      "a way around the LGSP",
      {
        [X]: (text) =>
          text.replace(
            "  purpose: parcels and planning",
            "  route: direct\n  reason: faster\n  purpose: parcels and planning",
          ),
      },
      `mandatory exchange/bypass ${X}:${line(X, "purpose: parcels and planning")}`,
    ],
    [
      "a straight way without a reason",
      { [X]: (text) => text.replace(/ {2}reason: mail.*\n/, "") },
      `advisory exchange/no-reason ${X}:${line(X, "route: direct")}`,
    ],
    [
      "personal data to a system of level 2",
      {
        [X]: (text) =>
          text.replace(/(- id: reports-dossiers\n(?:.*\n){2} {2}dataClass: )internal/, "$1personal"),
      },
      `mandatory exchange/level ${X}:${line(X, "id: reports-dossiers") + 1}`,
    ],
    [
      "personal data to a system that declares none",
      {
        [X]: (text) => text.replace(/(- id: ioc-dossiers\n(?:.*\n){2} {2}dataClass: )internal/, "$1personal"),
      },
      `mandatory exchange/data-class ${X}:${line(X, "id: ioc-dossiers") + 1}`,
    ],
    [
      "more than an endpoint may have",
      { "endpoints/endpoints.yaml": [["accepts: personal", "accepts: internal"]] },
      `mandatory exchange/endpoint-class ${X}:${line(X, "mot-cua-mail") + 2}`,
    ],
    [
      "a worker that is asked",
      {
        [X]: [
          ["provider: { system: bao-cao, workload: api }", "provider: { system: bao-cao, workload: worker }"],
        ],
      },
      `mandatory exchange/no-port ${X}:${line(X, "provider: { system: bao-cao")}`,
    ],
    [
      "no exchange platform",
      { "systems/lgsp.yaml": [["    gateway: gateway\n", ""]] },
      `mandatory exchange/no-gateway ${X}:${line(X, "- id:")}`,
    ],
    [
      "a registry that is not allowed",
      { "registries/registries.yaml": [["  isCenter: true", "  isCenter: true\n  isAllowed: false"]] },
      `mandatory image/registry systems/bao-cao.yaml:${line("systems/bao-cao.yaml", "image: bao-cao-api")}`,
    ],
    [
      "one name for two systems",
      { "systems/ioc.yaml": [["host: ioc", "host: lgsp"]] },
      `mandatory name/twice systems/lgsp.yaml:${line("systems/lgsp.yaml", "host: lgsp")}`,
    ],
    [
      "no certificate",
      { [K]: [["  certificateCredential: center-tls\n", ""]] },
      `mandatory name/certificate ${K}:${line(K, "operators:")}`,
    ],
    [
      "no exchange platform in an environment",
      { "environments/environments.yaml": [["data: real", "data: real\n  excludes: [lgsp]"]] },
      `mandatory exchange/no-gateway environments/environments.yaml:${line("environments/environments.yaml", "data: real") + 1}`,
    ],
    [
      "personal data at a level that asks for less",
      { "systems/quan-ly-nhan-su.yaml": [["securityLevel: 3", "securityLevel: 2"]] },
      `advisory system/level systems/quan-ly-nhan-su.yaml:${line("systems/quan-ly-nhan-su.yaml", "- id:")}`,
    ],
    [
      "a manifest of its own that needs what is not there",
      { "manifests/bao-cao/monthly-report.yaml": [["name: worker, key", "name: wroker, key"]] },
      "mandatory reference/missing manifests/bao-cao/monthly-report.yaml:2",
    ],
    [
      "a database of level 4 without a standby",
      { [M]: [["securityLevel: 3", "securityLevel: 4"]] },
      `mandatory control/database-standby ${M}:${line(M, "- name: database")}`,
    ],
    [
      "backups of level 5 that are tried too seldom",
      { [M]: [["securityLevel: 3", "securityLevel: 5"]] },
      `mandatory control/backup ${M}:${line(M, "restoreTestMonths:")}`,
    ],
    [
      "a workload that nothing is described of",
      { "systems/systems.yaml": [["handledBy: hosts", "handledBy: workload"]] },
      `advisory system/not-described systems/systems.yaml:${line("systems/systems.yaml", "handledBy: hosts")}`,
    ],
    [
      "an image that changes by itself",
      { "images/images.yaml": [['tag: "2.4.1"', "tag: latest"]] },
      `mandatory image/tag ${M}:${line(M, "image: mot-cua-portal")}`,
    ],
    [
      "an image from elsewhere in a system's own manifest",
      {
        "manifests/bao-cao/monthly-report.yaml": [
          ["registry.quangbinh.example:5000/bao-cao/api:1.8.0", "ghcr.io/other/thing:1"],
        ],
      },
      "mandatory image/registry manifests/bao-cao/monthly-report.yaml:2",
    ],
    [
      "a privileged container in a system's own manifest",
      {
        "manifests/bao-cao/monthly-report.yaml": [
          [
            "              resources:",
            "              securityContext: { privileged: true }\n              resources:",
          ],
        ],
      },
      "mandatory pod/security manifests/bao-cao/monthly-report.yaml:2",
    ],
    [
      "a disk of the node in a system's own manifest",
      {
        "manifests/bao-cao/monthly-report.yaml": [
          [
            "          restartPolicy: Never",
            "          restartPolicy: Never\n          volumes: [{ name: x, hostPath: { path: /etc } }]",
          ],
        ],
      },
      "mandatory pod/host manifests/bao-cao/monthly-report.yaml:2",
    ],
    [
      "no requests in a system's own manifest",
      {
        "manifests/bao-cao/monthly-report.yaml": [
          ["requests: { cpu: 250m, memory: 1Gi }", "requests: { memory: 1Gi }"],
        ],
      },
      "mandatory pod/resources manifests/bao-cao/monthly-report.yaml:2",
    ],
  ])("%s is found", async (_what, changes, expected) => {
    expect(briefly(await added(changes))).toContain(expected);
  });

  test("a credential of production in training is found", async () => {
    const findings = await added(
      { "credentials/platform.yaml": [["- id: training-mot-cua-db\n", "- id: other-db\n"]] },
      "training",
    );
    expect(briefly(findings)).toEqual([
      `mandatory system/shared-credential credentials/platform.yaml:${line("credentials/platform.yaml", "- id: mot-cua-db")}`,
    ]);
  });

  test("one key of production that all systems would hold is one finding", async () => {
    const findings = await added(
      { "credentials/platform.yaml": [["- id: training-center-tls\n", "- id: other-tls\n"]] },
      "training",
    );
    expect(briefly(findings)).toEqual([
      `mandatory system/shared-credential credentials/platform.yaml:${line("credentials/platform.yaml", "- id: center-tls")}`,
    ]);
    expect(findings[0]?.message).toMatch(/^bao-cao, .*van-ban-dieu-hanh in training would hold center-tls/);
  });

  test("controls of availability and backup are not asked of training", async () => {
    const findings = await added(
      {
        "systems/lgsp.yaml": [["isOffsite: true", "isOffsite: false"]],
        [K]: [["logRetentionMonths: 3", "logRetentionMonths: 0"]],
      },
      "training",
    );
    expect(findings).toEqual([]);
  });

  test("a lock of another tag is stale, and a fitting one is written into the plan", async () => {
    const digest = `sha256:${"ab".repeat(32)}`;
    const lock = (tag: string) =>
      `- id: mot-cua-portal\n  reference: registry.quangbinh.example:5000/mot-cua/portal:${tag}\n  digest: ${digest}\n  from: test\n`;
    const { mkdirSync, writeFileSync } = await import("node:fs");
    const { checkStack } = await import("../../src/actions/stack/check.ts");
    const { changedExample } = await import("./example.ts");
    const of = async (tag: string) => {
      const inventoryDirectory = changedExample();
      mkdirSync(`${inventoryDirectory}/digests`);
      writeFileSync(`${inventoryDirectory}/digests/lock.yaml`, lock(tag));
      const { data } = await checkStack({ name: "platform", environment: "production", inventoryDirectory });
      return data.findings;
    };
    expect(briefly(await of("1.0"))).toContain("advisory image/stale-lock digests/lock.yaml:2");
    const fitting = await of("2.4.1");
    expect(fitting.map(({ rule }) => rule)).not.toContain("image/stale-lock");
    expect(fitting.find(({ rule }) => rule === "image/unlocked")?.message).not.toContain("mot-cua/portal");
  });
});
