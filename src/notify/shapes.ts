/** What each kind of webhook wants to be sent. Pure; nothing of a device is markup or a mention anywhere. */
import type { AlertMessage, WebhookShape } from "./types.ts";

/** Longest text a receiver takes: Telegram 4,096 characters, Zalo 2,000; Slack and Teams more, but nobody reads it. */
const mostCharacters: Readonly<Record<WebhookShape, number>> = {
  slack: 12_000,
  teams: 12_000,
  telegram: 4000,
  zalo: 1900,
  json: 12_000,
};

/** The JSON body of a message; `to` is the chat or user where the shape needs one. */
export function webhookBody(shape: WebhookShape, message: AlertMessage, to?: string): unknown {
  const text = cut(`${message.subject}\n\n${message.text}`, mostCharacters[shape]);
  switch (shape) {
    case "slack":
      return { text: slackText(text), link_names: 0, unfurl_links: false };
    case "teams":
      return {
        type: "message",
        attachments: [
          { contentType: "application/vnd.microsoft.card.adaptive", content: adaptiveCard(message) },
        ],
      };
    case "telegram":
      // Without parse_mode the text is text.
      return { chat_id: to, text, disable_web_page_preview: true };
    case "zalo":
      return { recipient: { user_id: to }, message: { text } };
    case "json":
      return { schema: "pdc.alert/1", ...message };
  }
}

/** Slack reads <…> and & as markup; escaped, "<!channel>" wakes nobody. */
function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Text runs are not read as Markdown, text blocks are. */
function adaptiveCard({ subject, text, severity }: AlertMessage) {
  const color = severity === "critical" ? "attention" : severity === "warning" ? "warning" : "good";
  const run = (line: string, style: object) => ({
    type: "RichTextBlock",
    inlines: [{ type: "TextRun", text: line === "" ? " " : line, ...style }],
  });
  const lines = cut(text, mostCharacters.teams).split("\n");
  return {
    type: "AdaptiveCard",
    version: "1.3",
    body: [run(subject, { weight: "bolder", color }), ...lines.map((line) => run(line, {}))],
  };
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
}
