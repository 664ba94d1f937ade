/** A page as PDF, through the Chromium of the machine. */
import { constants } from "node:fs";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const TIMEOUT_MS = 120_000;

/** No PDF could be made (exit code 22: something is missing on this machine; else 1). */
export class PdfError extends Error {
  readonly code: "no-chromium" | "pdf-failed";
  readonly exitCode = 22;
  readonly fix: string;
  constructor(code: PdfError["code"], message: string, fix: string) {
    super(message);
    this.name = "PdfError";
    this.code = code;
    this.fix = fix;
  }
}

/** The page printed as its style says. The browser gets the page's file and no network. @throws PdfError */
export async function pdfOf(
  html: string,
  options: { signal?: AbortSignal; path?: string | undefined } = {},
): Promise<Uint8Array> {
  const chromium = await findChromium(options.path ?? process.env.PATH ?? "");
  const directory = await mkdtemp(join(tmpdir(), "pdc-pdf-"));
  try {
    const [page, target] = [join(directory, "report.html"), join(directory, "report.pdf")];
    await writeFile(page, html, { mode: 0o600 });
    const result = await execa(
      chromium,
      [
        "--headless",
        // Chromium has no sandbox for root; the page holds no script and may load nothing.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        `--user-data-dir=${join(directory, "profile")}`,
        "--no-pdf-header-footer",
        `--print-to-pdf=${target}`,
        pathToFileURL(page).href,
      ],
      {
        timeout: TIMEOUT_MS,
        reject: false,
        stdin: "ignore",
        ...(options.signal && { cancelSignal: options.signal }),
      },
    );
    options.signal?.throwIfAborted();
    const pdf = await readFile(target).catch(() => undefined);
    if (result.failed || pdf === undefined || !pdf.subarray(0, 5).equals(Buffer.from("%PDF-")))
      throw new PdfError(
        "pdf-failed",
        `${chromium} made no PDF: ${lastLine(result.stderr)}`,
        "make the report with --output html and print it from a browser",
      );
    return pdf;
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function findChromium(path: string): Promise<string> {
  for (const name of NAMES) {
    for (const directory of path.split(delimiter).filter(Boolean)) {
      const file = join(directory, name);
      if (
        await access(file, constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return file;
    }
  }
  throw new PdfError(
    "no-chromium",
    `a PDF needs Chromium, and none of ${NAMES.join(", ")} is on PATH`,
    "install it (apt-get install chromium), or use --output html",
  );
}

function lastLine(text: string | undefined): string {
  return (text ?? "").trim().split("\n").at(-1)?.slice(0, 300) ?? "";
}
