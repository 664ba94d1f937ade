/** Shows a province live until somebody leaves: first what was seen last, at once, then what the store says. */
import type { Watching } from "../../actions/watch.ts";
import { frameOf } from "./frame.ts";
import { paintFrame } from "./paint.ts";
import { reduce } from "./reduce.ts";
import type { Pressed, Screen } from "./screen.ts";
import { initialState, type WatchAction, type WatchState } from "./state.ts";

export interface ViewWatchOptions {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  isColored: boolean;
  signal: AbortSignal;
}

/** Data alone redraws no more often; keys at once. */
const LEAST_REDRAW_MS = 1000;
const ENTER_SCREEN = "\u001b[?1049h\u001b[?25l\u001b[2J\u001b[H";
const LEAVE_SCREEN = "\u001b[?25h\u001b[?1049l";

/** Rejects with what the data could not be read for when there never was any. */
export async function viewWatch(watching: Watching, options: ViewWatchOptions): Promise<void> {
  const { stdin, stdout, isColored, signal } = options;
  let state: WatchState = initialState(stdout.columns ?? 80, stdout.rows ?? 24, watching.lastSeen);
  let screen: Screen | undefined;
  let drawnMs = 0;
  let timer: NodeJS.Timeout | undefined;
  const left = Promise.withResolvers<void>();

  const lines = () => paintFrame(frameOf(state), isColored);
  const draw = () => {
    clearTimeout(timer);
    timer = undefined;
    drawnMs = performance.now();
    screen?.draw(lines());
  };
  const drawSoon = () => {
    timer ??= setTimeout(draw, Math.max(0, drawnMs + LEAST_REDRAW_MS - performance.now()));
  };
  const apply = (action: WatchAction) => {
    const { state: next, wish } = reduce(state, action);
    state = next;
    if (wish?.kind === "quit") left.resolve();
    if (wish?.kind === "reload") reader.reload();
    if (wish?.kind === "acknowledge")
      watching.acknowledge(wish.incident).then(
        () => show({ kind: "message", message: `acknowledged: ${wish.subject}` }),
        (error: Error) => show({ kind: "message", message: `not acknowledged: ${error.message}` }),
      );
  };
  const show = (action: WatchAction) => {
    apply(action);
    draw();
  };
  const press = (pressed: Pressed) => {
    if ("key" in pressed) return show({ kind: "key", key: pressed.key });
    if (state.isTyping) return show({ kind: "text", text: pressed.text.replace(/\p{C}/gu, "") });
    for (const key of pressed.text) apply({ kind: "key", key });
    draw();
  };

  stdout.write(`${ENTER_SCREEN}${lines().join("\r\n")}`);
  const reader = watching.begin((message) => {
    if (message.kind === "snapshot") apply({ kind: "snapshot", snapshot: message.snapshot });
    else {
      const { message: says, fix } = message;
      apply({ kind: "trouble", message: [says.split("\n")[0], fix].filter(Boolean).join("; ") });
      if (!state.snapshot) left.reject(Object.assign(new Error(says), message));
    }
    drawSoon();
  });
  const resize = () => {
    apply({ kind: "resize", columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 });
    draw();
  };
  const leave = () => left.resolve();
  signal.addEventListener("abort", leave, { once: true });
  // A terminal that went away is a good end.
  process.once("SIGHUP", leave);
  try {
    const { openScreen } = await import("./screen.ts");
    stdout.write("\u001b[2J\u001b[H");
    screen = openScreen(lines(), { stdin, stdout, onPress: press });
    stdout.on("resize", resize);
    if (signal.aborted) leave();
    await left.promise;
  } finally {
    clearTimeout(timer);
    stdout.off("resize", resize);
    process.off("SIGHUP", leave);
    signal.removeEventListener("abort", leave);
    await screen?.close();
    stdout.write(LEAVE_SCREEN);
    await watching.close();
  }
}
