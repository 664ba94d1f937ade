/** How a mail server is spoken to: alerts and reports by the same rules. Opens no connection by itself. */
import { isIP } from "node:net";

export interface SmtpServer {
  host: string;
  port: number;
  /** TLS from the first octet, STARTTLS demanded, or neither. */
  security: "tls" | "starttls" | "none";
}

export interface SmtpLogin {
  user: string;
  password: { reveal(): string };
}

/** @param timeoutMs of connecting, of the greeting, and of every silence */
export async function smtpTransport(
  { host, port, security }: SmtpServer,
  login: SmtpLogin | undefined,
  timeoutMs: number,
) {
  const { createTransport } = await import("nodemailer");
  return createTransport({
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    // Where names are not checked there is no name to check: an IP address is compared with the certificate's.
    ...(isIP(host) === 0 && { tls: { servername: host } }),
    ...(login && { auth: { user: login.user, pass: login.password.reveal() } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
