import { promisify } from "node:util";
import { gunzip, gzip, zstdCompress, zstdDecompress } from "node:zlib";

/** How a backend stores checkpoints and history: Pulumi's `PULUMI_DIY_BACKEND_GZIP` and `…_ZSTD`. */
export type Compression = "none" | "gzip" | "zstd";

export const extensions: Readonly<Record<Compression, string>> = { none: "", gzip: ".gz", zstd: ".zst" };

export function compressionFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Compression {
  const on = (name: string) => /^(1|t|true|TRUE|True|T)$/.test(environment[name] ?? "");
  if (on("PULUMI_DIY_BACKEND_ZSTD")) return "zstd";
  if (on("PULUMI_DIY_BACKEND_GZIP") || on("PULUMI_SELF_MANAGED_STATE_GZIP")) return "gzip";
  return "none";
}

export async function compress(content: string, how: Compression): Promise<Buffer> {
  const data = Buffer.from(content);
  if (how === "gzip") return promisify(gzip)(data);
  if (how === "zstd") return promisify(zstdCompress)(data);
  return data;
}

/** Opens what {@link compress} made; the content tells how. */
export async function decompress(data: Buffer): Promise<string> {
  if (data[0] === 0x1f && data[1] === 0x8b) return (await promisify(gunzip)(data)).toString("utf8");
  if (data.length >= 4 && data.readUInt32LE(0) === 0xfd2fb528)
    return (await promisify(zstdDecompress)(data)).toString("utf8");
  return data.toString("utf8");
}
