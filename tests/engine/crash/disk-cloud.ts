// A cloud of files, one an object: what was made there survives the process that made it.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { DiffRequest, ResourceProvider } from "../../../src/engine/interface/provider.ts";
import { sameContent } from "../../../src/engine/properties/compare.ts";
import { isUnknown, type PropertyMap, UNKNOWN } from "../../../src/engine/properties/values.ts";

export class DiskCloud {
  private readonly directory: string;
  readonly log: string;

  constructor(directory: string) {
    this.directory = directory;
    this.log = join(directory, "calls.log");
    mkdirSync(directory, { recursive: true });
  }

  get ids(): string[] {
    return readdirSync(this.directory)
      .filter((name) => name.endsWith(".json"))
      .map((name) => name.slice(0, -".json".length))
      .sort();
  }

  get calls(): string[] {
    return existsSync(this.log) ? readFileSync(this.log, "utf8").split("\n").filter(Boolean) : [];
  }

  called(what: string): void {
    appendFileSync(this.log, `${what}\n`);
  }

  make(name: string, inputs: PropertyMap): string {
    const taken = this.ids.filter((id) => id.replace(/-\d+$/, "") === name).length;
    let number = taken + 1;
    while (existsSync(this.file(`${name}-${number}`))) number++;
    this.put(`${name}-${number}`, inputs);
    return `${name}-${number}`;
  }

  put(id: string, inputs: PropertyMap): void {
    writeFileSync(this.file(id), JSON.stringify(inputs));
  }

  get(id: string): PropertyMap | undefined {
    return existsSync(this.file(id)) ? JSON.parse(readFileSync(this.file(id), "utf8")) : undefined;
  }

  remove(id: string): void {
    rmSync(this.file(id), { force: true });
  }

  private file(id: string): string {
    return join(this.directory, `${id}.json`);
  }
}

const changed = ({ oldInputs, news }: DiffRequest): string[] =>
  [...new Set([...Object.keys(oldInputs), ...Object.keys(news)])]
    .filter((key) => isUnknown(news[key]) || !sameContent(oldInputs[key], news[key]))
    .sort();

/** `key` replaces, `first` replaces and deletes first, everything else updates. */
export function diskProvider(cloud: DiskCloud): ResourceProvider {
  return {
    async diff(request) {
      const diffs = changed(request);
      return {
        changes: diffs.length > 0 ? "some" : "none",
        diffs,
        replaces: diffs.filter((key) => key === "key" || key === "first"),
        deleteBeforeReplace: diffs.includes("first"),
      };
    },
    async create({ name, inputs, preview }) {
      if (preview) return { id: "", outputs: { ...inputs, self: UNKNOWN } };
      cloud.called(`create ${name}`);
      const id = cloud.make(name, inputs);
      return { id, outputs: { ...inputs, self: id } };
    },
    async update({ id, name, news, preview }) {
      if (!preview) {
        cloud.called(`update ${name}`);
        cloud.put(id, news);
      }
      return { outputs: { ...news, self: id } };
    },
    async delete({ id, name }) {
      cloud.called(`delete ${name}`);
      cloud.remove(id);
    },
    async read({ id }) {
      const inputs = cloud.get(id);
      return inputs ? { id, inputs, outputs: { ...inputs, self: id } } : { id: "" };
    },
  };
}
