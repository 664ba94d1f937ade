/** `pdc:host:File`: a file on this host, written whole or not at all. */
import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, isAbsolute, normalize } from "node:path";
import type { PropertyMap } from "../../engine/properties/values.ts";
import type { ResourceType } from "./resource-type.ts";

/** Files beyond this belong into a package or an artifact, not into the state of a stack. */
const MAX_OCTETS = 4 * 1024 * 1024;

export const hostFile: ResourceType = {
  description: "A file on this host",
  rules: {
    path: {
      type: "string",
      description: "absolute path",
      required: true,
      replaces: true,
      problem: (path: string) =>
        !isAbsolute(path) || normalize(path) !== path || path.includes("\0")
          ? "must be an absolute path without . or .."
          : undefined,
    },
    content: {
      type: "string",
      description: "the whole content, UTF-8",
      required: true,
      problem: (content: string) =>
        Buffer.byteLength(content) > MAX_OCTETS ? "is larger than 4 MiB" : undefined,
    },
    mode: {
      type: "string",
      description: "permissions, octal",
      default: "0644",
      problem: (mode: string) =>
        /^0?[0-7]{3}$/.test(mode) ? undefined : 'must be octal permissions such as "0644"',
    },
    overwrite: {
      type: "boolean",
      description: "take a file over that is there already with other content",
      default: false,
    },
  },
  outputs: {
    sha256: { type: "string", description: "SHA-256 of the content, hex" },
    octets: { type: "number", description: "size" },
  },

  async create(_name, inputs) {
    const path = inputs.path as string;
    const present = await contentOf(path);
    if (present !== undefined && present !== inputs.content && inputs.overwrite !== true) {
      throw new Error(
        `${path} is there already with other content: import it, move it away, or set overwrite: true`,
      );
    }
    await writeWhole(path, inputs);
    return { id: path, outputs: outputsOf(inputs) };
  },

  async read(id, inputs) {
    const content = await contentOf(id);
    if (content === undefined) return undefined;
    const { mode } = await lstat(id);
    const now = {
      overwrite: false,
      ...inputs,
      path: id,
      content,
      mode: `0${(mode & 0o777).toString(8).padStart(3, "0")}`,
    };
    return { inputs: now, outputs: outputsOf(now) };
  },

  async update(id, _olds, news) {
    await writeWhole(id, news);
    return outputsOf(news);
  },

  async delete(id) {
    await rm(id, { force: true });
  },
};

function outputsOf(inputs: PropertyMap): PropertyMap {
  const content = inputs.content as string;
  return {
    ...inputs,
    sha256: createHash("sha256").update(content).digest("hex"),
    octets: Buffer.byteLength(content),
  };
}

/** Undefined when there is nothing; a link or a directory is refused, since writing would hit something else. */
async function contentOf(path: string): Promise<string | undefined> {
  try {
    const state = await lstat(path);
    if (!state.isFile()) throw new Error(`${path} is not a plain file`);
    if (state.size > MAX_OCTETS) throw new Error(`${path} is larger than 4 MiB`);
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function writeWhole(path: string, { content, mode }: PropertyMap): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.pdc`;
  const permissions = Number.parseInt(mode as string, 8);
  try {
    const file = await open(temporary, "wx", permissions);
    try {
      await file.writeFile(content as string);
      await file.sync();
    } finally {
      await file.close();
    }
    // The umask does not apply to what somebody asked for by name.
    await chmod(temporary, permissions);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
