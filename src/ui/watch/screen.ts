/** The screen of the live view, by ink: draws lines, only those that changed, and hears keys. */
import { Box, render, Text, useInput } from "ink";
import { createElement as h } from "react";

export interface Screen {
  draw(lines: readonly string[]): void;
  close(): Promise<void>;
}

/** What was pressed: a named key, or characters. */
export type Pressed = { key: string } | { text: string };

export interface ScreenOptions {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  onPress(pressed: Pressed): void;
}

/** Takes the screen as it is, from its first line on; who opens it has cleared it. */
export function openScreen(lines: readonly string[], { stdin, stdout, onPress }: ScreenOptions): Screen {
  const frame = (shown: readonly string[]) => h(Frame, { lines: shown, onPress });
  const instance = render(frame(lines), {
    stdin,
    stdout,
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
    // Over a slow line every octet counts.
    incrementalRendering: true,
    maxFps: 20,
  });
  return {
    draw: (shown) => instance.rerender(frame(shown)),
    async close() {
      instance.unmount();
      await instance.waitUntilExit();
    },
  };
}

/** The view alone, for whoever has a renderer of his own. */
export function Frame({ lines, onPress }: { lines: readonly string[]; onPress: (pressed: Pressed) => void }) {
  useInput((input, key) => {
    const named = nameOf(key);
    if (key.ctrl) {
      if (input === "c") onPress({ key: "q" });
    } else if (named !== undefined) onPress({ key: named });
    else if (input !== "" && !key.meta) onPress({ text: input });
  });
  return h(
    Box,
    { flexDirection: "column" },
    // Lines have no identity but their place.
    ...lines.map((line, at) => h(Text, { key: at, wrap: "truncate" }, line === "" ? " " : line)),
  );
}

const names = {
  upArrow: "up",
  downArrow: "down",
  leftArrow: "left",
  rightArrow: "right",
  pageUp: "pageUp",
  pageDown: "pageDown",
  home: "home",
  end: "end",
  return: "enter",
  escape: "escape",
  tab: "tab",
  backspace: "backspace",
  delete: "backspace",
} as const;

function nameOf(key: Partial<Record<keyof typeof names, boolean>>): string | undefined {
  for (const [flag, name] of Object.entries(names)) if (key[flag as keyof typeof names]) return name;
  return undefined;
}
