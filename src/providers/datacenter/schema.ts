/** Pulumi's package schema of the datacenter provider, made from the rules. */
import type { PropertyRule } from "./property-rules.ts";
import type { ResourceType } from "./resource-type.ts";

type SchemaType = { type: string; items?: SchemaType; additionalProperties?: SchemaType; $ref?: string };

const types: Readonly<Record<PropertyRule["type"], SchemaType | { $ref: string }>> = {
  string: { type: "string" },
  number: { type: "number" },
  boolean: { type: "boolean" },
  "string[]": { type: "array", items: { type: "string" } },
  "string map": { type: "object", additionalProperties: { type: "string" } },
  any: { $ref: "pulumi.json#/Any" },
};

/** The schema as Pulumi's `GetSchema` gives it. */
export function schemaOf(resourceTypes: Readonly<Record<string, ResourceType>>, version: string) {
  return {
    name: "pdc",
    version,
    description: "Hosts, devices and backups of a provincial data center",
    resources: Object.fromEntries(
      Object.entries(resourceTypes).map(([token, { description, rules, outputs }]) => {
        const inputProperties = Object.fromEntries(
          Object.entries(rules).map(([name, rule]) => [
            name,
            {
              ...types[rule.type],
              description: rule.description,
              ...(rule.default !== undefined && { default: rule.default }),
              ...(rule.replaces && { willReplaceOnChanges: true }),
            },
          ]),
        );
        const required = Object.keys(rules).filter((name) => rules[name]?.required);
        return [
          token,
          {
            description,
            inputProperties,
            requiredInputs: required,
            properties: { ...inputProperties, ...outputs },
            required: [...required, ...Object.keys(outputs)],
          },
        ];
      }),
    ),
  };
}
