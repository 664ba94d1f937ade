/** Credentials, as zod schemas: names that the rest of the inventory uses, and where their values come from. Never a value. */
import { z } from "zod";
import { idSchema } from "./basic-schemas.ts";

/** Where a secret comes from. Exactly one; never the value itself. */
export const secretSourceSchema = z.union([
  z.strictObject({ file: z.string().min(1), key: z.string().optional() }),
  z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) }),
  z.strictObject({ command: z.array(z.string()).min(1) }),
  z.strictObject({ sops: z.string().min(1), key: z.string().min(1) }),
]);

export const credentialSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    id: idSchema,
    kind: z.literal("snmp-community"),
    version: z.enum(["1", "2c"]).default("2c"),
    community: secretSourceSchema,
  }),
  z.strictObject({
    id: idSchema,
    kind: z.literal("snmp-v3"),
    user: z.string().min(1).max(32),
    auth: z
      .strictObject({
        protocol: z.enum(["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]),
        password: secretSourceSchema,
      })
      .optional(),
    priv: z
      .strictObject({
        protocol: z.enum(["des", "aes128", "aes192-b", "aes192-r", "aes256-b", "aes256-r"]),
        password: secretSourceSchema,
      })
      .optional(),
    contextName: z.string().optional(),
    engineId: z
      .string()
      .regex(/^(?:[0-9a-fA-F]{2}){5,32}$/)
      .optional(),
  }),
  z.strictObject({
    id: idSchema,
    kind: z.literal("ssh"),
    user: z.string(),
    privateKey: secretSourceSchema.optional(),
    password: secretSourceSchema.optional(),
  }),
  z.strictObject({
    id: idSchema,
    kind: z.literal("password"),
    user: z.string().optional(),
    password: secretSourceSchema,
  }),
  z.strictObject({
    id: idSchema,
    kind: z.literal("certificate"),
    /** PEM: the certificate with its chain, and its key. */
    certificate: secretSourceSchema,
    privateKey: secretSourceSchema,
  }),
]);

export type SecretSource = z.infer<typeof secretSourceSchema>;
export type Credential = z.infer<typeof credentialSchema>;
