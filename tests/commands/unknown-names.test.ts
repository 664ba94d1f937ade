/** Options that name a thing: one that is not there is refused with the nearest, never answered with an empty list. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore } from "../../src/store/open-store.ts";
import { pdc, root } from "../acceptance/run-pdc.ts";
import { makeCenter } from "../poll/center.ts";
import { makeInterface, makeSample } from "../samples/make-sample.ts";

const center = makeCenter([
  { id: "router-a", address: "127.0.0.1", port: 9, tags: ["core"], interfaces: [{ name: "wan" }] as never },
  { id: "router-b", address: "127.0.0.2", port: 9, site: "site-b", interfaces: [{ name: "wan" }] as never },
]);
const env = {
  PDC_CACHE_DIR: join(root, "node_modules/.cache/pdc-tests"),
  PDC_STATE_DIR: center.stateDirectory,
  PDC_INVENTORY: center.inventoryDirectory,
};

beforeAll(() => {
  const put = (path: string, content: string) => {
    mkdirSync(join(center.inventoryDirectory, path, ".."), { recursive: true });
    writeFileSync(join(center.inventoryDirectory, path), content);
  };
  put(
    "links/links.yaml",
    "- { id: wan-b, kind: fiber, carrier: VNPT, a: { device: router-a, interface: wan }, b: { device: router-b, interface: wan } }\n",
  );
  put("credentials/mail.yaml", "- { id: smtp-login, kind: password, password: { env: PDC_NOT_SET } }\n");
  put("alerts/alerts.yaml", "channels:\n  - { id: mail, kind: command, command: [x] }\n");
  const store = openStore(center.storePath, { mode: "write" });
  const components = [makeInterface({ inOctets: { kind: "gauge", value: 1 } })];
  store.append([makeSample(0, { device: "router-gone", components })]);
  store.close();
});
afterAll(() => center.dispose());

const address = ["127.0.0.1", "--port", "9", "--timeout", "50", "--retries", "0"];
const monthly = ["report", "schedule", "--every", "monthly", "--report", "wan"];
const mailed = ["--mail-to", "a@example.vn", "--mail-from", "b@example.vn", "--smtp", "smtps://mail"];

describe.each([
  [["alert", "show", "--channel", "mial"], 2, "mail"],
  [["alert", "test", "--channel", "mial"], 2, "mail"],
  [["device", "list", "--role", "routre"], 2, "router"],
  [["device", "list", "--family", "cisco-ois"], 2, "cisco-ios"],
  [["device", "list", "--tag", "croe"], 2, "core"],
  [["device", "list", "--site", "site-aa"], 2, "site-a"],
  [["device", "show", ...address, "--credential", "public", "--family", "cisco-ois"], 2, "cisco-ios"],
  [["device", "walk", ...address, "--credential", "readnig"], 2, "reading"],
  [["link", "list", "--carrier", "VNTP"], 2, "VNPT"],
  [["link", "list", "--kind", "fibre"], 2, "fiber"],
  [
    ["poll", "--remote-write", "http://127.0.0.1:9/", "--remote-write-credential", "smpt-login"],
    22,
    "smtp-login",
  ],
  [[...monthly, "--drop", "/nonexistent", "--agency", "agency-aa"], 2, "agency-a"],
  [[...monthly, "--drop", "/nonexistent", "--carrier", "VNTP"], 2, "VNPT"],
  [[...monthly, ...mailed, "--smtp-credential", "smpt-login"], 2, "smtp-login"],
  [["store", "export", "--device", "router-aa"], 2, "router-a"],
  [["incident", "show", "nothing-like-it"], 2, undefined],
] as const)("pdc %j", (args, exitCode, near) => {
  test(`is refused with ${exitCode}, before anything is done`, () => {
    const { status, stdout, stderr } = pdc(args, { env });
    expect({ status, stdout }).toEqual({ status: exitCode, stdout: "" });
    expect(stderr).toContain(near === undefined ? "pdc incident list" : `did you mean "${near}"?`);
  });
});

test("a name is taken in any case, and one that is gone from the inventory but in the store is known", () => {
  const links = pdc(["link", "list", "--carrier", "vnpt", "--kind", "fiber", "--json"], { env });
  expect(JSON.parse(links.stdout).data).toMatchObject([{ id: "wan-b" }]);
  const gone = pdc(["store", "export", "--device", "router-gone"], { env });
  expect(gone).toMatchObject({ status: 0, stdout: expect.stringContaining("router-gone") });
});
