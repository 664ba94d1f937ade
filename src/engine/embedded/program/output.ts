import { StringDecoder } from "node:string_decoder";

/** What a program writes, a line at a time, told as the CLI tells it: on standard output, or on standard error. */
export type TellOutput = (severity: "info" | "info#err", line: string) => void;

type Write = typeof process.stdout.write;
type Done = (error?: Error | null) => void;

type Stream = "stdout" | "stderr";
const STREAMS = ["stdout", "stderr"] as const satisfies Stream[];

const programs = new Map<object, Record<Stream, Lines>>();
/** what the streams write with, before and while programs are listened to */
let diverted: Record<Stream, { original: Write; ours: Write }> | undefined;

/**
 * From now on, what the program of a store writes to standard output and error is told in place of being written: it
 * shall neither tear a view that is drawn there nor stand in the middle of JSON. Whatever else this process writes, also
 * for another program, goes where it did.
 * @param store of the program, as `AsyncLocalStorage` gives it where the program runs
 * @returns ends that; what the last line lacks is told
 */
export function captureOutput(store: object, tell: TellOutput): () => void {
  programs.set(store, {
    stdout: new Lines((line) => tell("info", line)),
    stderr: new Lines((line) => tell("info#err", line)),
  });
  diverted ??= { stdout: divert("stdout"), stderr: divert("stderr") };
  return () => {
    const lines = programs.get(store);
    programs.delete(store);
    for (const stream of STREAMS) lines?.[stream].end();
    if (programs.size > 0 || !diverted) return;
    for (const stream of STREAMS) {
      const { original, ours } = diverted[stream];
      // Somebody else's, put over ours meanwhile, stays; ours passes everything on then.
      if (process[stream].write === ours) process[stream].write = original;
    }
    diverted = undefined;
  };
}

function divert(stream: Stream): { original: Write; ours: Write } {
  const original = process[stream].write;
  const ours = function (this: unknown, chunk: string | Uint8Array, ...rest: unknown[]): boolean {
    const store = currentStore();
    const lines = store && programs.get(store)?.[stream];
    if (!lines) return Reflect.apply(original, this, [chunk, ...rest]) as boolean;
    lines.write(typeof chunk === "string" ? Buffer.from(chunk, encodingOf(rest[0])) : chunk);
    const done = rest.find((given) => typeof given === "function") as Done | undefined;
    if (done) process.nextTick(done, null);
    return true;
  } as Write;
  process[stream].write = ours;
  return { original, ours };
}

/** The store of the program that runs now: the SDK puts its storage there. */
function currentStore(): object | undefined {
  const { asyncLocalStorage } = globalThis as { asyncLocalStorage?: { getStore(): object | undefined } };
  return asyncLocalStorage?.getStore();
}

const encodingOf = (given: unknown): BufferEncoding =>
  typeof given === "string" && Buffer.isEncoding(given) ? given : "utf8";

/** Puts together what comes in pieces. A line of nothing but space is not told, as by the CLI. */
class Lines {
  private readonly decoder = new StringDecoder("utf8");
  private readonly tell: (line: string) => void;
  private rest = "";

  constructor(tell: (line: string) => void) {
    this.tell = tell;
  }

  write(piece: Uint8Array): void {
    const lines = (this.rest + this.decoder.write(Buffer.from(piece))).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.line(line);
  }

  end(): void {
    this.line(this.rest + this.decoder.end());
    this.rest = "";
  }

  private line(line: string): void {
    const text = line.replace(/\r$/, "");
    if (text.trim() !== "") this.tell(text);
  }
}
