import { dirname } from "node:path";
import { type Document, isMap, parseDocument } from "yaml";
import { badConfiguration, unsupported } from "../interface/errors.ts";
import { makePrivateDirectory, readIfPresent, writeAtomically } from "../state/files.ts";

/** A sealed value: a map with the one key `secure`. */
export function isSecure(value: unknown): value is { secure: string } {
  if (typeof value !== "object" || value === null) return false;
  const keys = Object.keys(value);
  return (
    keys.length === 1 && keys[0] === "secure" && typeof (value as { secure: unknown }).secure === "string"
  );
}

/**
 * The settings of a stack, `Pulumi.<stack>.yaml`: the salt of its passphrase and its configuration. Comments and
 * the order of keys stay when it is changed.
 */
export class StackSettings {
  readonly file: string;
  private readonly document: Document;

  private constructor(file: string, document: Document) {
    this.file = file;
    this.document = document;
  }

  /** Settings that are not there are empty. @throws EngineError (exit 22) with the place of a fault */
  static async load(file: string): Promise<StackSettings> {
    const text = (await readIfPresent(file))?.toString("utf8") ?? "";
    const document = parseDocument(text.replace(/^\uFEFF/, ""));
    const [fault] = document.errors;
    if (fault) {
      const at = fault.linePos?.[0];
      throw badConfiguration(`${file}${at ? `:${at.line}:${at.col}` : ""}: ${fault.message}`);
    }
    if (document.contents !== null && !isMap(document.contents))
      throw badConfiguration(`${file} is not a map of settings`);
    const settings = new StackSettings(file, document);
    for (const key of ["secretsprovider", "encryptedkey", "environment"]) {
      const value = document.get(key);
      if (key === "secretsprovider" && (value === "passphrase" || value === "default")) continue;
      if (value !== undefined) throw unsupported(`'${key}' in ${file}`);
    }
    return settings;
  }

  get encryptionSalt(): string | undefined {
    const salt = this.document.get("encryptionsalt");
    return typeof salt === "string" ? salt : undefined;
  }

  set encryptionSalt(salt: string) {
    this.set(["encryptionsalt"], salt);
  }

  /** `namespace:key` → text, number, boolean, list, map, or a sealed value. */
  get config(): Record<string, unknown> {
    const json = this.document.toJS({ maxAliasCount: 100 }) as { config?: Record<string, unknown> } | null;
    const entries = Object.entries(json?.config ?? {});
    // `ns:config:key` is an old way of writing `ns:key`.
    return Object.fromEntries(entries.map(([key, value]) => [key.replace(/^([^:]+):config:/, "$1:"), value]));
  }

  setConfig(key: string, value: unknown): void {
    this.set(["config", key], value);
  }

  removeConfig(key: string): boolean {
    return this.document.hasIn(["config", key]) && this.document.deleteIn(["config", key]);
  }

  private set(path: readonly string[], value: unknown): void {
    if (this.document.contents === null) this.document.contents = this.document.createNode({}) as never;
    if (path.length > 1 && !this.document.has(path[0]!))
      this.document.set(path[0]!, this.document.createNode({}));
    this.document.setIn(path, this.document.createNode(value));
  }

  async save(): Promise<void> {
    makePrivateDirectory(dirname(this.file));
    await writeAtomically(this.file, this.document.toString({ lineWidth: 0 }));
  }
}
