/** NetBox: saved, and over HTTP from a real server. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { planImport } from "../../src/actions/inventory/import.ts";
import { idFrom } from "../../src/inventory/import/incoming.ts";
import { fromNetBox } from "../../src/inventory/import/netbox.ts";
import { fetchNetBox } from "../../src/inventory/import/netbox-source.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import { secret } from "../../src/inventory/secret.ts";
import { temporaryDirectory, written } from "./temporary.ts";

const root = resolve(import.meta.dirname, "../..");
const fixtures = join(root, "tests/fixtures/netbox");

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

  it("keeps devices, circuits and prefixes apart that share a name or a slug", () => {
    const none = { tenants: [], interfaces: [], "ip-addresses": [], prefixes: [], circuits: [] };
    const at = (id: number, site: string, name: string, address: string) => ({
      id,
      name,
      site: { slug: site },
      role: { slug: "switch" },
      primary_ip: { address },
    });
    const sites = ["xa-a", "xa-b"].map((slug) => ({ slug, name: slug, tenant: { slug } }));
    const peer = (id: number) => [{ name: "24", device: { id, name: "sw-1" } }];
    const { objects, notes } = fromNetBox(
      {
        ...none,
        sites,
        devices: [
          at(1, "xa-a", "SW-1", "192.0.2.1/24"),
          at(2, "xa-b", "sw-1", "2001:db8::2/64"),
          at(3, "xa-b", "sw-2", "192.0.2.3/24"),
          { id: 4, name: "sw-3", site: { slug: "xa-b" }, primary_ip: null },
        ],
        prefixes: [
          { prefix: "10.1.0.0/24", scope_type: "dcim.site", scope: { slug: "xa-a" } },
          { prefix: "10.2.0.0/16", scope_type: "dcim.region", scope: { slug: "xa-a" } },
          { prefix: "10.3.0.0/24", site: { slug: "xa-a" }, vrf: { name: "khach" } },
          { prefix: "fd00:1::/64", site: { slug: "xa-a" } },
        ],
        circuits: [
          { id: 7, cid: "0001", provider: { slug: "vnpt", name: "VNPT" } },
          { id: 8, cid: "0001", provider: { slug: "viettel", name: "Viettel" } },
          { id: 9, cid: "0002", provider: { slug: "vnpt", name: "VNPT" }, termination_a: null },
        ],
        "circuit-terminations": [7, 8].flatMap((id) => [
          { circuit: { id }, term_side: "A", link_peers: peer(1) },
          { circuit: { id }, term_side: "Z", link_peers: peer(2) },
        ]),
      },
      { credential: "v2c" },
    );
    expect(objects.devices?.map(({ id, name, address }) => [id, name, address])).toEqual([
      ["xa-a-sw-1", "SW-1", "192.0.2.1"],
      ["xa-b-sw-1", "sw-1", "2001:db8::2"],
      ["sw-2", undefined, "192.0.2.3"],
    ]);
    expect(objects.sites?.[0]?.prefixes).toEqual(["10.1.0.0/24", "fd00:1::/64"]);
    expect(objects.links?.map(({ id, a, b }) => [id, a, b])).toEqual(
      ["vnpt-0001", "viettel-0001"].map((id) => [
        id,
        { device: "xa-a-sw-1", interface: "24" },
        { device: "xa-b-sw-1", interface: "24" },
      ]),
    );
    expect(notes).toEqual([
      'device "SW-1" at site "xa-a" shares its name, taken as "xa-a-sw-1"',
      'device "sw-1" at site "xa-b" shares its name, taken as "xa-b-sw-1"',
      'device "sw-3" has no primary address and was left out',
      'circuit "0002" has no cable to an interface at both ends and was left out',
    ]);
  });

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
