/** E-mail. Touches the network. */
import { certificateWords } from "../certificate-words.ts";
import type { Delivery } from "../outbox.ts";
import type { AlertChannel, AlertMessage } from "../types.ts";
import type { CredentialOf } from "./secrets.ts";
import { smtpTransport } from "./smtp-transport.ts";

const TIMEOUT_MS = 15_000;

type SmtpChannel = Extract<AlertChannel, { kind: "smtp" }>;

/** Sends over SMTP. A server that says 5xx to the message itself refuses it; everything else is tried again. */
export async function sendMail(
  channel: SmtpChannel,
  message: AlertMessage,
  credentialOf: CredentialOf,
  timeoutMs: number = TIMEOUT_MS,
): Promise<Delivery> {
  const login = channel.credential === undefined ? undefined : await credentialOf(channel.credential);
  const auth = login && { user: login.user ?? channel.from, password: login.password };
  const transport = await smtpTransport(channel, auth, timeoutMs);
  try {
    const domain =
      channel.from
        .split("@")
        .at(-1)
        ?.replace(/[^\w.-]/g, "") || "localhost";
    const sent = await transport.sendMail({
      from: channel.from,
      to: [...channel.to],
      subject: message.subject,
      text: `${message.text}\n`,
      // A repeat after a crash has the same one, so that mail servers and readers can tell.
      messageId: `<${message.id}@${domain}>`,
      date: new Date(message.createdMs),
      ...(message.severity === "critical" && { priority: "high" as const }),
      headers: { "Auto-Submitted": "auto-generated" },
    });
    // Some recipients have it: sending again would double it for them.
    return {
      ok: true,
      ...(sent.rejected.length > 0 && { note: `${sent.rejected.length} recipients refused` }),
    };
  } catch (error) {
    const {
      responseCode,
      code,
      command,
      message: says,
    } = error as Error & {
      responseCode?: number;
      code?: string;
      command?: string;
    };
    const isOfMessage = command === "DATA" || command === "RCPT TO" || command === "MAIL FROM";
    const refused = isOfMessage && responseCode !== undefined && responseCode >= 500;
    return { ok: false, refused, error: `${channel.host}: ${describe(code, responseCode, says, login)}` };
  } finally {
    transport.close();
  }
}

/** The server's words, without what we told it. */
function describe(
  code: string | undefined,
  responseCode: number | undefined,
  says: string,
  login: { password: { reveal(): string } } | undefined,
): string {
  const ofCertificate = responseCode === undefined ? certificateWords(says, Date.now()) : undefined;
  if (ofCertificate !== undefined) return ofCertificate;
  const secret = login?.password.reveal();
  const plain = (secret ? says.replaceAll(secret, "[secret]") : says).split("\n")[0]!.slice(0, 300);
  return [responseCode ?? code, plain].filter((part) => part !== undefined).join(" ");
}
