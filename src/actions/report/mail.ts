/** Reports by mail. Touches the network. */
import { resolveCredential } from "../../inventory/credentials.ts";
import type { Inventory } from "../../inventory/model.ts";
import { didYouMean } from "../../inventory/near-match.ts";
import { certificateWords } from "../../notify/certificate-words.ts";
import { smtpTransport } from "../../notify/channels/smtp-transport.ts";
import { UsageError } from "../inventory/open.ts";
import type { MadeFile } from "./schedule.ts";

const TIMEOUT_MS = 20_000;
const AGAIN = "the reports can be made again with the same command; --drop keeps them in a folder too";
/** Mail servers commonly refuse more. */
const LARGEST_OCTETS = 20_000_000;
const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  pdf: "application/pdf",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  csv: "text/csv; charset=utf-8",
  json: "application/json",
};

export interface MailOptions {
  to: readonly string[];
  from: string;
  /** "smtps://host:465" (TLS), "smtp://host:587" (STARTTLS demanded), "smtp+plain://host:25" (no TLS: a relay on this machine). */
  server: string;
  /** Id of a password credential of the inventory. */
  credential?: string | undefined;
  /** Of connecting, of the greeting, and of every silence. */
  timeoutMs?: number;
}

/** The mail was not taken (exit code 23: the server cannot be reached; 24: it refuses the login; 21: it refuses the mail). */
export class MailError extends Error {
  readonly code = "mail-failed";
  readonly exitCode: number;
  readonly fix: string;
  /** The server will not take this mail, however often it is tried. */
  readonly isRefused: boolean;
  constructor(
    message: string,
    exitCode: number,
    { isRefused = false, fix = AGAIN }: { isRefused?: boolean; fix?: string } = {},
  ) {
    super(message);
    this.name = "MailError";
    this.exitCode = exitCode;
    this.isRefused = isRefused;
    this.fix = fix;
  }
}

/** What can be told wrong before a report is made: server, addresses, login. @throws UsageError, CredentialError */
export async function checkMail(inventory: Inventory, options: MailOptions): Promise<void> {
  await partsOf(inventory, options);
}

/** The same where the login itself need not be there: a mail that another process sends later. @throws UsageError */
export function checkMailNames(inventory: Inventory, options: MailOptions) {
  const server = serverOf(options.server);
  for (const address of [options.from, ...options.to]) {
    if (!/^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(address)) throw new UsageError(`"${address}" is no mail address`);
  }
  if (options.credential === undefined) return server;
  credentialOf(inventory, options.credential);
  if (server.security === "none" && !isLoopback(server.host))
    throw new UsageError("a login is not sent over an open connection", "use smtps:// or smtp:// (STARTTLS)");
  return server;
}

async function partsOf(inventory: Inventory, options: MailOptions) {
  const server = checkMailNames(inventory, options);
  const login = options.credential === undefined ? undefined : await loginOf(inventory, options.credential);
  return { server, login };
}

/**
 * Sends one mail with the files. @returns the addresses that were refused while others have it.
 * @throws UsageError, CredentialError, MailError
 */
export async function sendReports(
  inventory: Inventory,
  options: MailOptions,
  { subject, files, id }: { subject: string; files: readonly MadeFile[]; id?: string },
): Promise<string[]> {
  const { server, login } = await partsOf(inventory, options);
  refuseTooLarge(files);
  // One line, whatever names are in it.
  const line = subject.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ");
  const auth = login && { user: login.user ?? options.from, password: login.password };
  const transport = await smtpTransport(server, auth, options.timeoutMs ?? TIMEOUT_MS);
  try {
    const sent = await transport.sendMail({
      from: options.from,
      to: [...options.to],
      subject: line,
      text: `${line}\n\n${files.map(({ name }) => name).join("\n")}\n`,
      attachments: files.map(({ name, content }) => ({
        filename: name,
        content: typeof content === "string" ? content : Buffer.from(content),
        contentType: TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream",
      })),
      // A repeat after a crash has the same one, so that mail servers and readers can tell.
      ...(id !== undefined && { messageId: `<${id}@${options.from.split("@").at(-1)}>` }),
      headers: { "Auto-Submitted": "auto-generated" },
    });
    return sent.rejected.map(String);
  } catch (error) {
    throw mailError(
      server.host,
      error as Error & { code?: string; command?: string; responseCode?: number },
      login?.password.reveal(),
    );
  } finally {
    transport.close();
  }
}

/** @throws UsageError */
export function refuseTooLarge(files: readonly MadeFile[]): void {
  const octets = files.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  if (octets > LARGEST_OCTETS)
    throw new UsageError(
      `the reports are ${Math.round(octets / 1e6)} MB, too large to be mailed`,
      "drop them into a folder with --drop",
    );
}

function mailError(
  host: string,
  error: Error & { code?: string; command?: string; responseCode?: number },
  secret?: string,
): MailError {
  const words = error.message.split("\n")[0]!.slice(0, 300);
  const told = (error.responseCode === undefined && certificateWords(words, Date.now())) || words;
  const plain = secret ? told.replaceAll(secret, "[secret]") : told;
  const exitCode = error.code === "EAUTH" ? 24 : error.responseCode === undefined ? 23 : 21;
  const isOfMail = error.command === "DATA" || error.command === "RCPT TO" || error.command === "MAIL FROM";
  const isRefused = isOfMail && (error.responseCode ?? 0) >= 500;
  return new MailError(`${host}: ${plain}`, exitCode, { isRefused });
}

function serverOf(text: string): { host: string; port: number; security: "tls" | "starttls" | "none" } {
  const match = /^(smtps|smtp|smtp\+plain):\/\/(\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::(\d{1,5}))?\/?$/.exec(text);
  if (!match)
    throw new UsageError(
      `--smtp ${text.replaceAll(/\/\/[^@]*@/g, "//[secret]@")}: not a mail server`,
      "write it as smtps://host:465 or smtp://host:587, the login by --smtp-credential",
    );
  const security = { smtps: "tls", smtp: "starttls", "smtp+plain": "none" } as const;
  const ports = { smtps: 465, smtp: 587, "smtp+plain": 25 } as const;
  const scheme = match[1] as keyof typeof security;
  return {
    host: match[2]!.replaceAll(/[[\]]/g, ""),
    port: match[3] ? Number(match[3]) : ports[scheme],
    security: security[scheme],
  };
}

function credentialOf(inventory: Inventory, id: string) {
  const credential = inventory.credentials.get(id);
  if (credential?.kind === "password") return credential;
  const passwords = [...inventory.credentials.values()].filter(({ kind }) => kind === "password");
  throw new UsageError(
    `there is no credential "${id}" of kind password`,
    didYouMean(
      id,
      passwords.map((one) => one.id),
    ) ?? "`pdc inventory list --kind credentials` lists them",
  );
}

async function loginOf(inventory: Inventory, id: string) {
  const credential = credentialOf(inventory, id);
  const resolved = await resolveCredential(credential, { directory: inventory.directory, env: process.env });
  if (resolved.kind !== "password") throw new UsageError(`credential "${id}" is no password`);
  return resolved;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}
