/**
 * What a profile file may say, as zod schemas. A *family* (families/<family>.yaml) is one kind of device and what it
 * answers beyond the standards; a *module* (mibs/<name>.yaml) is one standard MIB. Both list rules; a rule turns the
 * rows of a table, or some scalars, into components with measurements. `grammar.ts` explains references, templates
 * and expressions; `vocabulary.ts` lists the classes and the names of their measurements.
 */
import { z } from "zod";
import { componentClasses } from "./vocabulary.ts";

/** "1.3.6.1.2.1.1.3.0", or with a prefix name first: "mib-2.1.3.0", "enterprises.9.9.109", "cisco.9.109". */
const oidSchema = z
  .string()
  .regex(/^(?:[a-zA-Z][a-zA-Z0-9-]*|\d+)(?:\.\d+)*$/, "an OID: numbers, or a prefix name, joined by dots");
const nameSchema = z.string().regex(/^[a-zA-Z][a-zA-Z0-9]*$/, "a name of letters and digits");
const ruleIdSchema = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "lower-case words joined by hyphens");
const classSchema = z.enum(componentClasses);
const scalarValueSchema = z.union([z.number(), z.string()]);
/** Text with references in braces: "{ifName|ifDescr}", "Slot {index.1}". */
const templateSchema = z.string().min(1).max(500);
/** A number, a reference or arithmetic over them: "size - free", "value / 10 ^ precision", "entity[index].size". */
const expressionSchema = z.union([z.number(), z.string().min(1).max(500)]);
/** A JavaScript regular expression; case-insensitive; tried on at most 1,024 characters. */
const patternSchema = z.string().min(1).max(300).refine(isPattern, "not a regular expression");

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, "i") instanceof RegExp;
  } catch {
    return false;
  }
}

/**
 * A column: `8` (sub-identifier below the rule's table), an OID (a column elsewhere with the same index), or an
 * object. `match` takes the first group of a pattern out of the text; `as` says how the octets are to be read when
 * their look does not (`text`, `mac`, `hex`, `ip`, `uint` = big-endian number, `date` = DateAndTime of RFC 2579).
 */
export const columnSchema = z.union([
  z.number().int().positive(),
  oidSchema,
  z.strictObject({
    column: z.union([z.number().int().positive(), oidSchema]),
    match: patternSchema.optional(),
    as: z.enum(["text", "mac", "hex", "ip", "uint", "date"]).optional(),
  }),
]);

/** Which rows, or which values. A bare value means equality, a list one of them. Absent cells fail all but `not`, `exists: false`. */
export const conditionSchema = z.union([
  scalarValueSchema,
  z.array(scalarValueSchema).min(1),
  z.strictObject({
    in: z.array(scalarValueSchema).optional(),
    not: z.array(scalarValueSchema).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    matches: patternSchema.optional(),
    notMatches: patternSchema.optional(),
    exists: z.boolean().optional(),
  }),
]);

/** Chooses by the value of a reference: `{by: type, map: {8: temperature, 10: fan}}`; rows without an entry are skipped. */
const chooserOf = <Value extends z.ZodType>(value: Value) =>
  z.union([value, z.strictObject({ by: z.string().min(1), map: z.record(z.string(), value) })]);

/** Code or text of a device → [word, severity] or [word, severity, code] (code: for texts, default their order). */
export const stateMapSchema = z.record(
  z.string(),
  z.union([
    z.tuple([z.string().min(1), z.enum(["ok", "warning", "critical", "unknown"])]),
    z.tuple([z.string().min(1), z.enum(["ok", "warning", "critical", "unknown"]), z.number().int()]),
  ]),
);

/**
 * One measurement. `from` lists sources in order of preference: the first that answers for a row is kept for it. Kind
 * and unit are the vocabulary's unless `kind` and `unit` say otherwise; a counter is counter64 where the agent sends one. Scaling: (value × scale) + offset, after the expression. `valid` drops a value:
 * `not` compares what the device sent, min and max the scaled value. `states` names a state map, `bits` too (BITS or
 * an octet string of flags; the worst flag counts). `read: discovery` measures once per discovery only, `show` only
 * for `pdc device show`.
 */
export const measurementSchema = z.union([
  expressionSchema,
  z.strictObject({
    from: z.union([expressionSchema, z.array(expressionSchema).min(1)]),
    kind: z.enum(["counter32", "counter64", "gauge", "state"]).optional(),
    unit: chooserOf(z.string()).optional(),
    scale: z.number().optional(),
    offset: z.number().optional(),
    valid: z
      .strictObject({
        min: z.number().optional(),
        max: z.number().optional(),
        not: z.array(scalarValueSchema).optional(),
      })
      .optional(),
    states: z.string().optional(),
    bits: z.string().optional(),
    read: z.enum(["cycle", "discovery", "show"]).optional(),
  }),
]);

/** Limits of a component's first measurement (`of` another), in its unit: numbers or expressions. They become attributes. */
export const limitsSchema = z.strictObject({
  of: z.string().optional(),
  warningAbove: expressionSchema.optional(),
  criticalAbove: expressionSchema.optional(),
  warningBelow: expressionSchema.optional(),
  criticalBelow: expressionSchema.optional(),
});

/**
 * One rule. `columns` change from cycle to cycle; `fixed` ones are read at discovery only (names, scales, limits);
 * a column that no measurement uses is read at discovery only, wherever it is listed. `scalars` are whole OIDs
 * (ending in .0), the same for every row; a rule without `table` is one component made of scalars.
 */
export const ruleSchema = z.strictObject({
  /** Unique in its file; default: the class. Others name it `<id>`, or `<module or family>.<id>`. */
  id: ruleIdSchema.optional(),
  class: chooserOf(classSchema),
  /**
   * Left out when an earlier rule gave a component: rule ids, classes ("memory": any earlier rule's), or
   * "family.memory": one of the family's own rules.
   */
  unless: z.array(z.string()).optional(),
  /** In modules: when it is tried, instead of the module's `order`. */
  order: z.number().int().optional(),
  table: oidSchema.optional(),
  columns: z.record(nameSchema, columnSchema).optional(),
  fixed: z.record(nameSchema, columnSchema).optional(),
  scalars: z.record(nameSchema, columnSchema).optional(),
  where: z.record(z.string(), conditionSchema).optional(),
  /** Templates in order; the first that is not empty and unique among the rows. Default "{index}". */
  key: z.union([templateSchema, z.array(templateSchema).min(1)]).optional(),
  label: templateSchema.optional(),
  attributes: z.record(nameSchema, templateSchema).optional(),
  measurements: z.record(nameSchema, measurementSchema).default({}),
  limits: limitsSchema.optional(),
  /** A component whose class and key an earlier rule has used: `rename` (default; the rule's id is added), or `drop`. */
  duplicates: z.enum(["rename", "drop"]).optional(),
  /** Rows without any measurement are components too (neighbours, inventory). Default false. */
  keepEmpty: z.boolean().optional(),
});

/** Short for a rule with one scalar: `{class: temperature, key: board, label: Board, oid: vendor.1.2.0, scale: 0.1}`. */
export const readingSchema = z.strictObject({
  class: classSchema,
  key: z.string().min(1),
  label: z.string().min(1),
  oid: z.union([oidSchema, z.array(oidSchema).min(1)]),
  /** Default: the first measurement of the class in the vocabulary; with `states`, "status". */
  measurement: nameSchema.optional(),
  unit: z.string().optional(),
  scale: z.number().optional(),
  offset: z.number().optional(),
  valid: z
    .strictObject({
      min: z.number().optional(),
      max: z.number().optional(),
      not: z.array(scalarValueSchema).optional(),
    })
    .optional(),
  states: z.string().optional(),
  match: patternSchema.optional(),
  unless: z.array(z.string()).optional(),
  limits: limitsSchema.optional(),
});

/**
 * Another table to look things up in: `{entity[index].name}`. `by` finds its rows by a column, or by a part of their
 * index (`index.1`), instead of by the whole index; `only` leaves out rows whose columns have other values. Of several
 * rows the agent's first is taken.
 */
export const lookupSchema = z.strictObject({
  table: oidSchema,
  columns: z.record(nameSchema, columnSchema),
  by: z
    .string()
    .regex(
      /^(?:[a-zA-Z][a-zA-Z0-9]*|index\.-?\d+(?:-(?:-?\d+)?)?)$/,
      "a column, or a part of the index: index.1",
    )
    .optional(),
  only: z.record(nameSchema, z.array(scalarValueSchema).min(1)).optional(),
});

/** One way to recognise a family; everything said must hold. `probe`: the device answers at (or below) this OID. */
export const matchSchema = z
  .strictObject({
    sysObjectId: oidSchema.optional(),
    sysDescr: patternSchema.optional(),
    notSysDescr: patternSchema.optional(),
    probe: z.union([oidSchema, z.strictObject({ oid: oidSchema, matches: patternSchema })]).optional(),
  })
  .refine((match) => Object.keys(match).length > 0, "an empty match would match everything");

/** Where a fact about the device is: a scalar, the first row of a column, a group of sysDescr, or ENTITY-MIB's chassis. */
export const factSchema = z.union([
  z.strictObject({ oid: oidSchema, match: patternSchema.optional() }),
  z.strictObject({ first: oidSchema, match: patternSchema.optional() }),
  z.strictObject({ sysDescr: patternSchema }),
  z.strictObject({
    entity: z.enum(["model", "serial", "software", "firmware", "name", "description"]),
    match: patternSchema.optional(),
  }),
  z.strictObject({ sysObjectId: z.record(oidSchema, z.string()) }),
]);

const parts = {
  /** Short names for OID prefixes; "mib-2" and "enterprises" exist already. */
  prefixes: z.record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9-]*$/), oidSchema).default({}),
  states: z.record(nameSchema, stateMapSchema).default({}),
  lookups: z.record(nameSchema, lookupSchema).default({}),
  readings: z.array(readingSchema).default([]),
  components: z.array(ruleSchema).default([]),
};

export const moduleFileSchema = z.strictObject({
  /** "if", "host-resources" … the file's name. */
  module: ruleIdSchema,
  title: z.string().min(1),
  /** Where the numbers come from: RFC and MIB. */
  source: z.string().min(1),
  /** Modules with smaller numbers are tried first (default 100); matters for `unless`. */
  order: z.number().int().default(100),
  /** Added to the `unless` of every rule. */
  unless: z.array(z.string()).default([]),
  /** false: only for families that name it in `modules`. */
  standard: z.boolean().default(true),
  ...parts,
});

export const familyFileSchema = z.strictObject({
  /** "cisco-ios" … the file's name. */
  family: ruleIdSchema,
  vendor: z.string().min(1),
  title: z.string().min(1),
  /** What kind of device it usually is; only for people. */
  source: z.string().optional(),
  match: z.array(matchSchema).default([]),
  /** Breaks ties between equally good matches; the larger wins (default 0). */
  priority: z.number().int().default(0),
  /** Takes over all of another family (prefixes may be overridden): one tree under two vendors' numbers. */
  extends: ruleIdSchema.optional(),
  /** Non-standard modules it answers as well. */
  modules: z.array(ruleIdSchema).default([]),
  /** Modules ("ucd") or rules of them ("host-resources.processor") that say nothing, or nonsense, on this family. */
  skip: z.array(z.string()).default([]),
  identity: z
    .strictObject({
      model: z.array(factSchema).optional(),
      serial: z.array(factSchema).optional(),
      softwareVersion: z.array(factSchema).optional(),
      vendor: z.array(factSchema).optional(),
    })
    .default({}),
  /** Agents that take long over a GET of many sensors, but not over their table: only tables are read. */
  walksOnly: z.boolean().default(false),
  /** Classes this family cannot answer, and why. */
  absent: z.partialRecord(classSchema, z.string().min(1)).default({}),
  ...parts,
});

export type ColumnFile = z.infer<typeof columnSchema>;
export type ConditionFile = z.infer<typeof conditionSchema>;
export type StateMapFile = z.infer<typeof stateMapSchema>;
export type MeasurementFile = z.infer<typeof measurementSchema>;
export type RuleFile = z.infer<typeof ruleSchema>;
export type ReadingFile = z.infer<typeof readingSchema>;
export type LookupFile = z.infer<typeof lookupSchema>;
export type MatchFile = z.infer<typeof matchSchema>;
export type FactFile = z.infer<typeof factSchema>;
export type ModuleFile = z.infer<typeof moduleFileSchema>;
export type FamilyFile = z.infer<typeof familyFileSchema>;
