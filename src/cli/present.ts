/** From an action's result to text: one place for every format. */
import { jsonText, terminalLines } from "../report/encode.ts";
import type { TableView } from "../report/table-view.ts";
import { painter, stateStyle, terminalWidth } from "./terminal.ts";
import type { ToldError } from "./told-error.ts";
import { UsageError } from "./usage-error.ts";

export type OutputFormat =
  | "table"
  | "plain"
  | "csv"
  | "json"
  | "ndjson"
  | "html"
  | "pdf"
  | "xlsx"
  | "yaml"
  | "parquet";

/** What a command hands over. `data` is the JSON; `views` or `text` is what people read. */
export interface Presentation {
  /** "pdc.agency.list/1": name and version of the shape of `data`; fields are only ever added. */
  schema: string;
  data: unknown;
  views?: readonly TableView[];
  /** For results that are not tables. Hostile text inside is neutralised here. */
  text?: string;
  /** Formats that only the action can make (html, pdf, yaml …). */
  render?: Partial<Record<OutputFormat, () => string | Uint8Array | Promise<string | Uint8Array>>>;
  /** Rows of `ndjson`; default: `data` when it is an array. */
  rows?: readonly unknown[];
  exitCode?: number;
  /** Only the owner may read a file of it. */
  isSecret?: boolean;
  warnings?: readonly string[];
  errors?: readonly ToldError[];
}

/** The JSON document of every command: `schema, ok, exitCode, data, warnings, errors`. */
export function envelope(presentation: Presentation): string {
  const { schema, data, exitCode = 0, warnings = [], errors = [] } = presentation;
  return `${jsonText({ schema, ok: exitCode === 0, exitCode, data, warnings, errors }, 2)}\n`;
}

/** The text of a presentation in one format. */
export async function render(presentation: Presentation, format: OutputFormat): Promise<string | Uint8Array> {
  const own = presentation.render?.[format];
  if (own) return own();
  const views = presentation.views ?? [];
  switch (format) {
    case "json":
      return envelope(presentation);
    case "ndjson": {
      const rows =
        presentation.rows ?? (Array.isArray(presentation.data) ? presentation.data : [presentation.data]);
      return rows.map((row) => `${jsonText(row)}\n`).join("");
    }
    case "csv": {
      if (views.length > 1)
        throw new UsageError("--output csv: this result is several tables", "ask for json");
      const { renderCsv } = await import("../report/render-csv.ts");
      return renderCsv(views);
    }
    case "plain": {
      if (views.length === 0) return withNewline(terminalLines(presentation.text ?? ""));
      const { renderPlain } = await import("../report/render-table.ts");
      return views.map(renderPlain).join("");
    }
    default: {
      const parts: string[] = [];
      if (presentation.text) parts.push(withNewline(terminalLines(presentation.text)));
      if (views.length > 0) {
        const { renderTable } = await import("../report/render-table.ts");
        const paint = painter(process.stdout);
        const style = {
          width: terminalWidth(),
          header: (text: string) => paint("bold", text),
          state: (word: string, text: string) => {
            const color = stateStyle(word);
            return color ? paint(color, text) : text;
          },
        };
        for (const view of views) parts.push(renderTable(view, style));
      }
      return parts.join("\n");
    }
  }
}

function withNewline(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
