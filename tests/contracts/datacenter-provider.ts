/** What the provider of package `pdc` does, whichever way it is reached. Run in-process and as a plugin. */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { PropertyMap, ResourceProvider } from "../../src/engine/interface/provider.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function datacenterProviderContract(name: string, open: () => Promise<ResourceProvider>): void {
  describe(`datacenter provider, ${name}`, () => {
    let provider: ResourceProvider;
    let directory: string;
    beforeAll(async () => {
      provider = await open();
    });
    afterAll(() => provider.close?.());
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), "pdc-provider-"));
    });
    afterEach(() => rmSync(directory, { recursive: true }));

    const of = (type: string) => ({ urn: `urn:pulumi:dev::p::${type}::x`, name: "x", type });
    const file = of("pdc:host:File");
    const command = of("pdc:host:Command");
    const check = (resource: typeof file, news: PropertyMap) =>
      provider.check?.({ ...resource, olds: {}, news, randomSeed: new Uint8Array(32) });
    const create = (resource: typeof file, inputs: PropertyMap) =>
      provider.create({ ...resource, inputs, timeoutSeconds: 0, preview: false });
    const fileInputs = (content: string, more: PropertyMap = {}) => ({
      path: join(directory, "a/b"),
      content,
      mode: "0640",
      overwrite: false,
      ...more,
    });

    test("check fills defaults in and says all that is wrong at once", async () => {
      expect(await check(file, { path: "/x", content: "c" })).toMatchObject({
        inputs: { path: "/x", content: "c", mode: "0644" },
      });
      const wrong = await check(file, { path: "relative/../x", mode: "rw", colour: "red" });
      expect(wrong?.failures?.map(({ property }) => property).sort()).toEqual([
        "colour",
        "content",
        "mode",
        "path",
      ]);
      expect((await check(file, { path: unknown, content: unknown }))?.failures ?? []).toEqual([]);
      expect((await check(command, { create: "rm -rf /" }))?.failures?.[0]).toMatchObject({
        property: "create",
      });
    });

    test("diff: nothing, a change, a replacement", async () => {
      const diff = (oldInputs: PropertyMap, news: PropertyMap) =>
        provider.diff?.({ ...file, id: "x", oldInputs, oldOutputs: oldInputs, news, ignoreChanges: [] });
      const inputs = fileInputs("1");
      expect(await diff(inputs, inputs)).toMatchObject({ changes: "none" });
      expect(await diff(inputs, { ...inputs, content: "2" })).toMatchObject({
        changes: "some",
        diffs: ["content"],
        replaces: [],
      });
      expect(await diff(inputs, { ...inputs, path: "/y" })).toMatchObject({
        changes: "some",
        replaces: ["path"],
      });
    });

    test("a file is created, read, changed and deleted", async () => {
      const inputs = fileInputs("một\n");
      const { id, outputs } = await create(file, inputs);
      expect(readFileSync(id, "utf8")).toBe("một\n");
      expect(statSync(id).mode & 0o777).toBe(0o640);
      expect(outputs).toMatchObject({ octets: 6, path: id });
      writeFileSync(id, "by hand");
      chmodSync(id, 0o600);
      const read = await provider.read?.({ ...file, id, inputs, outputs });
      expect(read).toMatchObject({ id, inputs: { content: "by hand", mode: "0600" } });
      const news = fileInputs("hai");
      await provider.update?.({
        ...file,
        id,
        oldInputs: inputs,
        oldOutputs: outputs,
        news,
        timeoutSeconds: 0,
        ignoreChanges: [],
        preview: false,
      });
      expect(readFileSync(id, "utf8")).toBe("hai");
      expect(statSync(id).mode & 0o777).toBe(0o640);
      await provider.delete?.({ ...file, id, inputs: news, outputs, timeoutSeconds: 0 });
      expect(existsSync(id)).toBe(false);
      expect((await provider.read?.({ ...file, id, inputs: news, outputs }))?.id).toBe("");
      await provider.delete?.({ ...file, id, inputs: news, outputs, timeoutSeconds: 0 });
    });

    test("a file with other content is not overwritten, a link is not followed", async () => {
      const { id } = await create(file, fileInputs("mine"));
      await expect(create(file, fileInputs("other"))).rejects.toThrow(/is there already/);
      expect(readFileSync(id, "utf8")).toBe("mine");
      await create(file, fileInputs("other", { overwrite: true }));
      expect(readFileSync(id, "utf8")).toBe("other");
      const link = join(directory, "link");
      symlinkSync(id, link);
      await expect(create(file, { ...fileInputs("x"), path: link, overwrite: true })).rejects.toThrow(
        /not a plain file/,
      );
    });

    test("a command runs without a shell, with its environment, input and directory", async () => {
      const inputs = {
        create: [
          "node",
          "-e",
          'process.stdin.on("data", (d) => console.log(process.env.WHO, String(d), process.cwd(), process.argv[1]))',
          "$(id); *",
        ],
        environment: { WHO: "pdc" },
        stdin: "in",
        directory,
        timeoutSeconds: 30,
      };
      const { outputs } = await create(command, inputs);
      expect(outputs.stdout).toBe(`pdc in ${directory} $(id); *`);
    });

    test("a failing command tells its program and last words, not its arguments", async () => {
      const failing = create(command, {
        create: ["sh", "-c", 'echo "no such disk" >&2; exit 3', "s3cret"],
        timeoutSeconds: 30,
      });
      await expect(failing).rejects.toThrow(/sh ended with 3:\nno such disk/);
      await expect(failing).rejects.not.toThrow(/s3cret/);
      await expect(create(command, { create: ["no-such-program-pdc"], timeoutSeconds: 30 })).rejects.toThrow(
        /could not be run/,
      );
      await expect(create(command, { create: ["sleep", "20"], timeoutSeconds: 0.2 })).rejects.toThrow(
        /did not end within/,
      );
    });

    test("the environment of pdc does not leak into commands", async () => {
      process.env.PDC_CANARY = "canary";
      try {
        const { outputs } = await create(command, { create: ["env"], timeoutSeconds: 30 });
        expect(outputs.stdout).not.toContain("canary");
      } finally {
        delete process.env.PDC_CANARY;
      }
    });

    test("delete runs what was said for it", async () => {
      const mark = join(directory, "gone");
      const inputs = { create: ["true"], delete: ["touch", mark], timeoutSeconds: 30 };
      const { id, outputs } = await create(command, inputs);
      await provider.delete?.({ ...command, id, inputs, outputs, timeoutSeconds: 0 });
      expect(existsSync(mark)).toBe(true);
    });

    test("an unknown type names those there are", async () => {
      await expect(create(of("pdc:host:Nothing"), {})).rejects.toThrow(/pdc:host:File/);
    });

    test("the schema describes every type", async () => {
      const schema = JSON.parse((await provider.getSchema?.()) ?? "{}");
      expect(schema.name).toBe("pdc");
      expect(Object.keys(schema.resources)).toEqual(["pdc:host:File", "pdc:host:Command"]);
      expect(schema.resources["pdc:host:File"].requiredInputs).toEqual(["path", "content"]);
    });
  });
}
