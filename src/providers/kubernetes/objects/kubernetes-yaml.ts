/**
 * YAML as Kubernetes reads it (`sigs.k8s.io/yaml`): the words and numbers of YAML 1.1, so that `defaultMode: 0440` is
 * an octal number and `n` is false; but no times and no numbers to the base of 60 (`12:30` is a text).
 */
import {
  type DocumentOptions,
  type LineCounter,
  type ParseOptions,
  parseAllDocuments,
  type ScalarTag,
  type SchemaOptions,
  stringify,
  type Tags,
} from "yaml";

const octal: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  format: "OCT",
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (text) => {
    const value = Number.parseInt(text.replace(/^[-+]?0o/, "").replaceAll("_", ""), 8);
    return text.startsWith("-") ? -value : value;
  },
};
const binary: ScalarTag = {
  tag: "tag:yaml.org,2002:binary",
  resolve: (text) => Buffer.from(text, "base64").toString("utf8"),
};
const timestamp: ScalarTag = { tag: "tag:yaml.org,2002:timestamp", resolve: (text) => text };
const unlike = new Set(["tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:binary"]);

const schema: ParseOptions & DocumentOptions & SchemaOptions = {
  version: "1.1",
  merge: true,
  customTags: (tags: Tags) => [
    ...tags.filter(
      (tag) =>
        typeof tag === "string" || (!unlike.has(tag.tag) && !("format" in tag && tag.format === "TIME")),
    ),
    octal,
    binary,
    timestamp,
  ],
};

/** The documents of a text, not judged: `errors` of each say what is wrong in it. */
export function kubernetesDocuments(source: string, lineCounter?: LineCounter) {
  const documents = parseAllDocuments(source, { ...schema, ...(lineCounter && { lineCounter }) });
  return Array.isArray(documents) ? documents : [];
}

/** An object as text that readers of YAML 1.1 and of 1.2 understand alike: "yes" and "0o17" stay texts. */
export function kubernetesYaml(object: unknown, { isSorted = false } = {}): string {
  return stringify(object, {
    version: "1.1",
    compat: "core",
    lineWidth: 0,
    aliasDuplicateObjects: false,
    sortMapEntries: isSorted,
  });
}
