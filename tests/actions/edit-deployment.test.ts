import { expect, test } from "vitest";
import { forget, rename, repair, unprotect } from "../../src/actions/stack/edit-deployment.ts";

const urn = (name: string) => `urn:pulumi:dev::p::a:b:C::${name}`;
const resource = (name: string, more: Record<string, unknown> = {}) => ({
  urn: urn(name),
  type: "a:b:C",
  custom: true,
  id: name,
  ...more,
});
const exported = (...resources: unknown[]) =>
  JSON.stringify({ version: 3, deployment: { manifest: { time: "t" }, resources } });
const urnsOf = ({ deployment }: { deployment: string }) =>
  JSON.parse(deployment).deployment.resources.map(({ urn }: { urn: string }) => urn.split("::").at(-1));

test("unprotect takes protection off what is named, or off all", () => {
  const text = exported(resource("a", { protect: true }), resource("b", { protect: true }), resource("c"));
  expect(unprotect(text, [urn("a")]).changes).toEqual([`${urn("a")} is no longer protected`]);
  expect(unprotect(text, "all").changes).toHaveLength(2);
  expect(() => unprotect(text, [urn("z")])).toThrow(
    expect.objectContaining({ code: "no-such-resource", exitCode: 22 }),
  );
});

test("forget refuses what is protected or needed, and takes dependents along when asked", () => {
  const text = exported(
    resource("a"),
    resource("b", { dependencies: [urn("a")] }),
    resource("c", { parent: urn("b"), protect: true }),
  );
  expect(() => forget(text, [urn("a")], { force: false, dependents: false })).toThrow(
    expect.objectContaining({ code: "has-dependents" }),
  );
  expect(() => forget(text, [urn("a")], { force: false, dependents: true })).toThrow(
    expect.objectContaining({ code: "protected" }),
  );
  expect(urnsOf(forget(text, [urn("a")], { force: true, dependents: true }))).toEqual([]);
  const provided = exported(resource("p"), resource("x", { provider: `${urn("p")}::some-id` }));
  expect(() => forget(provided, [urn("p")], { force: false, dependents: false })).toThrow(/needs it/);
});

test("rename changes every reference and takes no name that is there", () => {
  const text = exported(
    resource("a"),
    resource("b", {
      parent: urn("a"),
      provider: `${urn("a")}::id`,
      dependencies: [urn("a")],
      propertyDependencies: { x: [urn("a")] },
    }),
  );
  const renamed = JSON.parse(rename(text, urn("a"), "z").deployment).deployment.resources;
  expect(renamed[1]).toMatchObject({
    parent: urn("z"),
    provider: `${urn("z")}::id`,
    dependencies: [urn("z")],
    propertyDependencies: { x: [urn("z")] },
  });
  expect(() => rename(text, urn("a"), "b")).toThrow(/is there already/);
});

test("repair puts resources after what they need and drops references to nothing", () => {
  const text = exported(
    resource("b", { dependencies: [urn("a"), urn("gone")] }),
    resource("a"),
    resource("c"),
  );
  const repaired = repair(text);
  expect(urnsOf(repaired)).toEqual(["a", "b", "c"]);
  expect(repaired.changes).toEqual([
    `${urn("b")} no longer refers to ${urn("gone")}, which is not there`,
    "resources stand after what they need",
  ]);
  expect(repair(repaired.deployment).changes).toEqual([]);
});
