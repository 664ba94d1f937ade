/** CSV out and in, and NetBox: saved, and over HTTP from a real server. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { exportTables } from "../../src/actions/inventory/export.ts";
import { planImport } from "../../src/actions/inventory/import.ts";
import { readCsv } from "../../src/inventory/import/csv.ts";
import { idFrom } from "../../src/inventory/import/incoming.ts";
import { fetchNetBox } from "../../src/inventory/import/netbox-source.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import { secret } from "../../src/inventory/secret.ts";
import { renderCsv } from "../../src/report/render-csv.ts";
import { temporaryDirectory, written } from "./temporary.ts";

const root = resolve(import.meta.dirname, "../..");
const fixtures = join(root, "tests/fixtures/netbox");

function csv(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join("\r\n"));
}

describe("CSV", () => {
  it("goes out and comes back as the same inventory, table by table", async () => {
    const example = temporaryDirectory();
    spawnSync("cp", ["-r", `${join(root, "inventory/quang-binh")}/.`, example]);
    const tables = await exportTables({ directory: example, cacheDirectory: temporaryDirectory() });
    for (const [table, view] of tables) {
      const file = join(temporaryDirectory(), `${table}.csv`);
      writeFileSync(file, renderCsv([view]));
      const plan = await planImport(example, { from: "csv", file, table });
      expect(plan.diff, table).toBe("");
      expect(plan.notes.join(" "), table).toMatch(/: 0 new, 0 changed, \d+ as they were/);
    }
  });

  it("does not let a spreadsheet run anything, and takes the sign off again", async () => {
    const hostile = ["=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "＝1", "' =1", 'a "b", c'];
    const names = hostile
      .map((name, i) => `- { id: a${i}, name: ${JSON.stringify(name)}, kind: unit }\n`)
      .join("");
    const directory = written({ "agencies/hostile.yaml": names });
    const view = (await exportTables({ directory, cacheDirectory: temporaryDirectory() })).get("agencies")!;
    const text = renderCsv([view]);
    for (const field of text.split(/[\r\n]+/).flatMap((line) => line.split(",")))
      expect(field).not.toMatch(/^"?\s*[=+@＝]/);
    const back = readCsv("a.csv", Buffer.from(text), "agencies").objects.agencies ?? [];
    expect(
      back
        .filter(({ id }) => /^a\d$/.test(id))
        .map(({ name }) => name)
        .slice(0, 5),
    ).toEqual(hostile.slice(0, 5));
  });

  it("is read as spreadsheets write it: semicolons, tabs, byte order mark, quotes, lines in fields", () => {
    for (const delimiter of [",", ";", "\t"]) {
      const text = `\uFEFF${["id", "name", "kind", "aliases"].join(delimiter)}\r\nx${delimiter}"Xã ""X"", số 1"${delimiter}unit${delimiter}a|b\r\n\r\ny${delimiter}"Hai\ndòng"${delimiter}unit`;
      expect(readCsv("a.csv", Buffer.from(text), "agencies").objects.agencies).toEqual([
        { id: "x", name: 'Xã "X", số 1', kind: "unit", aliases: ["a", "b"] },
        { id: "y", name: "Hai\ndòng", kind: "unit" },
      ]);
    }
  });

  it("adds, changes only what it gives, removes nothing, and shows the diff first", async () => {
    const directory = written();
    const file = join(temporaryDirectory(), "d.csv");
    writeFileSync(
      file,
      csv([
        "id,site,role,address,credential,model",
        "rt-commune,,,192.0.2.22,,RB4011",
        "sw-1,commune,switch,192.0.2.9,v2c,",
      ]),
    );
    const plan = await planImport(directory, { from: "csv", file, table: "devices" });
    expect(plan.notes).toEqual(["devices: 1 new, 1 changed, 0 as they were"]);
    expect(plan.diff).toContain("-  address: 192.0.2.2\n+  address: 192.0.2.22\n");
    await plan.write();
    const inventory = await loadInventory(directory, { cacheDirectory: false });
    expect(inventory.devices.get("rt-commune")).toMatchObject({
      address: "192.0.2.22",
      model: "RB4011",
      site: "commune",
      interfaces: [{ name: "ether1" }],
    });
    expect(inventory.devices.get("sw-1")).toMatchObject({ role: "switch" });
    expect(readFileSync(join(directory, "devices/imported.yaml"), "utf8")).toMatch(
      /^# yaml-language-server: /,
    );
    writeFileSync(
      file,
      csv(["device,name,address,monitored", "rt-commune,ether2,10.9.9.1/24,no", "rt-commune,ether1,,"]),
    );
    await (await planImport(directory, { from: "csv", file, table: "interfaces" })).write();
    expect(
      (await loadInventory(directory, { cacheDirectory: false })).devices.get("rt-commune")?.interfaces,
    ).toMatchObject([
      { name: "ether1", address: "198.51.100.2/30" },
      { name: "ether2", monitored: false },
    ]);
  });

  it("gives new agencies their parent, and leaves the history of known ones alone", async () => {
    const directory = written();
    const file = join(temporaryDirectory(), "a.csv");
    writeFileSync(
      file,
      csv(["id,name,kind,parent", "school,Trường,unit,commune", "commune,Xã Nhỏ,commune,center"]),
    );
    const plan = await planImport(directory, { from: "csv", file, table: "agencies" });
    expect(plan.notes).toEqual(["agencies: 1 new, 0 changed, 1 as they were"]);
    await plan.write();
    const { agencies } = await loadInventory(directory, { cacheDirectory: false });
    expect(agencies.get("school")?.parents).toEqual([{ agency: "commune" }]);
    expect(agencies.get("commune")?.parents).toEqual([]);
  });

  it("tells everything that is wrong with a table at once, by line and column", () => {
    const broken = () =>
      readCsv(
        "a.csv",
        csv(["id,site,role,port", ",x,switch,161", "b,x,switch,many", "c,x,switch,1,2"]),
        "devices",
      );
    expect(broken).toThrow(
      expect.objectContaining({
        exitCode: 22,
        problems: [
          expect.objectContaining({ line: 2, column: 1, code: "missing-key" }),
          expect.objectContaining({ line: 3, column: 4, code: "wrong-type" }),
          expect.objectContaining({ line: 4, column: 5, code: "extra-field" }),
        ],
      }),
    );
    expect(() => readCsv("a.csv", csv(["id,adress", "a,b"]), "devices")).toThrow(
      expect.objectContaining({
        problems: [expect.objectContaining({ code: "unknown-column", hint: 'did you mean "address"?' })],
      }),
    );
    expect(() => readCsv("a.csv", Buffer.from("id\n", "utf16le"), "devices")).toThrow("UTF-16");
  });

  it("is refused when the inventory would not be valid after it", async () => {
    const directory = written();
    const file = join(temporaryDirectory(), "d.csv");
    writeFileSync(file, csv(["id,site,role,address,credential", "sw-1,nowhere,switch,192.0.2.1,v2c"]));
    await expect(planImport(directory, { from: "csv", file, table: "devices" })).rejects.toMatchObject({
      exitCode: 22,
      problems: [{ code: "dangling-reference" }, { code: "duplicate-address" }],
    });
  });
});

/** The small inventory with what the devices of the NetBox refer to. */
const ready = {
  "credentials/more.yaml": "- id: v2c-communes\n  kind: snmp-community\n  community: { env: X }\n",
  "agencies/agencies.yaml": "[]\n",
  "sites/sites.yaml": "[]\n",
  "devices/devices.yaml": "[]\n",
  "links/links.yaml": "[]\n",
};

async function checkImported(directory: string): Promise<void> {
  const inventory = await loadInventory(directory, { cacheDirectory: false });
  expect([...inventory.agencies.values()]).toMatchObject([
    { id: "center", name: "Trung tâm tích hợp dữ liệu", kind: "department" },
    { id: "xa-ben", code: "19999", kind: "commune" },
  ]);
  expect([...inventory.sites.values()]).toMatchObject([
    {
      id: "center",
      agency: "center",
      latitude: 17.468,
      address: "Đường Mẫu, Đồng Hới",
      prefixes: ["10.200.0.0/24"],
    },
    { id: "xa-ben", agency: "xa-ben", prefixes: ["10.200.1.0/24"] },
  ]);
  expect([...inventory.devices.values()]).toMatchObject([
    {
      id: "rt-nb-center",
      role: "router",
      vendor: "Cisco",
      model: "ISR4431",
      serial: "FGL100",
      address: "10.200.0.1",
      credential: "v2c",
    },
    {
      id: "rt-xa-ben",
      name: "RT Xã Bến",
      role: "router",
      profile: "mikrotik-routeros",
      credential: "v2c-communes",
    },
    { id: "sw-nb-center", role: "switch", interfaces: [{ name: "24", monitored: false }] },
    { id: "robot", role: "other" },
  ]);
  expect([...inventory.links.values()]).toMatchObject([
    {
      id: "vnp-nb-0001",
      kind: "mpls",
      carrier: "VNPT",
      circuitId: "VNP-NB-0001",
      committedMbps: 50,
      a: { device: "rt-nb-center", interface: "GigabitEthernet0/0/0" },
      b: { device: "rt-xa-ben", interface: "ether1" },
    },
  ]);
}

/** An HTTP server on loopback, closed when the test ends. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Serves the saved answers as NetBox does: two objects a page, `next` as an absolute URL, a token asked for. */
function netBox(
  token: string,
  seen: { authorization: (string | undefined)[]; urls: string[] },
): RequestListener {
  return (request, response) => {
    seen.authorization.push(request.headers.authorization);
    seen.urls.push(request.url ?? "");
    const url = new URL(request.url ?? "", `http://${request.headers.host}`);
    const name = /^\/nb\/api\/[a-z]+\/([a-z-]+)\/$/.exec(url.pathname)?.[1];
    if (request.headers.authorization !== token)
      return response.writeHead(403).end('{"detail":"Invalid token"}');
    if (name === undefined) return response.writeHead(404).end("{}");
    const all = JSON.parse(readFileSync(join(fixtures, `${name}.json`), "utf8")).results as unknown[];
    const offset = Number(url.searchParams.get("offset") ?? 0);
    url.searchParams.set("offset", String(offset + 2));
    const next = offset + 2 < all.length ? url.href : null;
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(
        JSON.stringify({ count: all.length, next, previous: null, results: all.slice(offset, offset + 2) }),
      );
  };
}

describe("NetBox", () => {
  it("is read from saved answers, in a folder or in one file", async () => {
    const directory = written(ready);
    const plan = await planImport(directory, { from: "netbox-saved", path: fixtures, credential: "v2c" });
    expect(plan.notes).toEqual([
      "agencies: 2 new, 0 changed, 0 as they were",
      "sites: 2 new, 0 changed, 0 as they were",
      "devices: 4 new, 0 changed, 0 as they were",
      "links: 1 new, 0 changed, 0 as they were",
      'site "Kho" has no tenant and was left out (give --agency for such sites)',
      'device "old-router" is decommissioning and was left out',
      'device "patch-panel" has no primary address and was left out',
      'device "robot": role "robot" is not known, taken as other',
      'device "rt-kho" is at site "kho", which was not imported, and was left out',
      'circuit "VTL-NB-0002" has no cable to an interface at both ends and was left out',
    ]);
    await plan.write();
    await checkImported(directory);
    const again = await planImport(directory, { from: "netbox-saved", path: fixtures, credential: "v2c" });
    expect(again.diff).toBe("");
    const names = [
      "tenants",
      "sites",
      "devices",
      "interfaces",
      "ip-addresses",
      "prefixes",
      "circuits",
      "circuit-terminations",
    ];
    const one = join(temporaryDirectory(), "netbox.json");
    writeFileSync(
      one,
      JSON.stringify(
        Object.fromEntries(
          names.map((name) => [
            name,
            JSON.parse(readFileSync(join(fixtures, `${name}.json`), "utf8")).results,
          ]),
        ),
      ),
    );
    expect((await planImport(directory, { from: "netbox-saved", path: one, credential: "v2c" })).diff).toBe(
      "",
    );
  });

  it.each([
    ["0123456789abcdef0123456789abcdef01234567", "Token 0123456789abcdef0123456789abcdef01234567"],
    ["nbt_key.token", "Bearer nbt_key.token"],
  ])("is asked over its API, page by page, with the token %s", async (token, authorization) => {
    const seen = { authorization: [], urls: [] as string[] };
    const url = await serve(netBox(authorization, seen));
    const folder = temporaryDirectory();
    writeFileSync(join(folder, "token"), `${token}\n`);
    chmodSync(join(folder, "token"), 0o600);
    const directory = written(ready);
    const progress: string[] = [];
    const source = {
      from: "netbox-api",
      url: `${url}/nb`,
      token: { file: join(folder, "token") },
      credential: "v2c",
    } as const;
    const plan = await planImport(directory, source, { progress: (line) => progress.push(line) });
    await plan.write();
    await checkImported(directory);
    expect(new Set(seen.authorization)).toEqual(new Set([authorization]));
    expect(seen.urls.filter((path) => path.includes("/devices/"))).toHaveLength(4);
    expect([...progress, ...seen.urls, plan.diff, ...plan.notes].join()).not.toContain(token);
  });

  it("takes the other side of circuits as upstream, and sites without a tenant, when asked", async () => {
    const directory = written(ready);
    const plan = await planImport(directory, {
      from: "netbox-saved",
      path: fixtures,
      credential: "v2c",
      upstreamSide: "Z",
      agency: "center",
    });
    await plan.write();
    const inventory = await loadInventory(directory, { cacheDirectory: false });
    expect(inventory.links.get("vnp-nb-0001")?.a.device).toBe("rt-xa-ben");
    expect(inventory.sites.get("kho")?.agency).toBe("center");
    expect(inventory.devices.has("rt-kho")).toBe(true);
  });

  const listing =
    (body: string, status = 200): RequestListener =>
    (_request, response) =>
      response.writeHead(status).end(body);
  it.each<[string, RequestListener, string, number]>([
    ["refuses the token", listing("{}", 403), "token-refused", 24],
    ["is broken", listing("{}", 502), "server-error", 23],
    ["is something else", listing("<html>"), "not-json", 22],
    ["answers no list", listing('{"hello":"world"}'), "not-netbox", 22],
    ["lists null", listing('{"results":null,"next":null}'), "not-netbox", 22],
    [
      "sends the token elsewhere by its next page",
      listing('{"results":[],"next":"http://127.0.0.2:9/api/"}'),
      "foreign-page",
      22,
    ],
    [
      "never ends",
      (request, response) => response.end(JSON.stringify({ results: [], next: request.url })),
      "endless-list",
      22,
    ],
    [
      "redirects",
      (_request, response) => response.writeHead(302, { location: "http://127.0.0.2:9/" }).end(),
      "unreachable",
      23,
    ],
    ["hangs up", (request) => request.destroy(), "unreachable", 23],
  ])("a server that %s is told as that", async (_what, listener, code, exitCode) => {
    const url = await serve(listener);
    await expect(fetchNetBox({ url, token: secret("t"), timeoutMs: 5_000 })).rejects.toMatchObject({
      code,
      exitCode,
    });
  });

  it("does not wait for ever, and stops when asked", async () => {
    const url = await serve(() => {});
    await expect(fetchNetBox({ url, token: secret("t"), timeoutMs: 100 })).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("no answer in time"),
    });
    const abort = new AbortController();
    const asked = fetchNetBox({ url, token: secret("t"), signal: abort.signal });
    abort.abort();
    await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  });

  it.each(["ftp://x/", "not a url", "http://user:password@127.0.0.1/"])(
    "does not take the address %s",
    async (url) => {
      await expect(fetchNetBox({ url, token: secret("t") })).rejects.toMatchObject({ exitCode: 2 });
    },
  );

  it("may hold anything: objects of wrong shape do no harm", async () => {
    const folder = temporaryDirectory();
    mkdirSync(join(folder, "saved"));
    const nonsense = [
      null,
      1,
      "x",
      [],
      {},
      { name: 7, slug: null },
      { __proto__: null, name: "../../etc", slug: "../../etc", site: [], tenant: 3 },
    ];
    for (const name of ["sites", "devices", "interfaces", "circuits"])
      writeFileSync(join(folder, "saved", `${name}.json`), JSON.stringify(nonsense));
    const outcome = await planImport(written(ready), {
      from: "netbox-saved",
      path: join(folder, "saved"),
      credential: "v2c",
      agency: "center",
    }).catch((error) => error);
    expect(outcome).toMatchObject({ exitCode: 22, problems: expect.any(Array) });
  });
});

it("makes ids of any name", () => {
  expect(["Xã Tân Trạch", "RT_01.core", "../../etc/x", "đội-Đ", "   ", "a".repeat(80)].map(idFrom)).toEqual([
    "xa-tan-trach",
    "rt-01-core",
    "etc-x",
    "doi-d",
    "",
    "a".repeat(63),
  ]);
});
