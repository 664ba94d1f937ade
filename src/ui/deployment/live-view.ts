/**
 * The live view of an operation in a terminal: finished resources scroll by as lines, what runs stands below as a
 * tree with its time. Ink and React are loaded only when this is drawn.
 */
import { Box, render, Static, Text } from "ink";
import { createElement as h, useEffect, useState } from "react";
import { terminalText } from "../../report/encode.ts";
import type { DeploymentModel, Row } from "./model.ts";
import { durationText, namesOfUrn, operationWords } from "./words.ts";

/** Height is kept below the terminal's, since a taller live part flickers. */
const RESERVED_ROWS = 6;
const FRAME_MS = 120;
const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

export interface LiveView {
  /** A finished line, above the live part. */
  print(lines: readonly string[]): void;
  close(): Promise<void>;
}

/** Draws `model` until it is closed. */
export function openLiveView(model: DeploymentModel, stream: NodeJS.WriteStream): LiveView {
  const lines: { key: number; text: string }[] = [];
  const instance = render(h(View, { model, lines, stream }), {
    stdout: stream,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: 12,
  });
  return {
    print(more) {
      for (const text of more) lines.push({ key: lines.length, text });
    },
    async close() {
      instance.rerender(h(View, { model, lines, stream, closed: true }));
      instance.unmount();
      await instance.waitUntilExit();
    },
  };
}

interface ViewProps {
  model: DeploymentModel;
  lines: { key: number; text: string }[];
  stream: NodeJS.WriteStream;
  closed?: boolean;
}

function View({ model, lines, stream, closed = false }: ViewProps) {
  const [frame, setFrame] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setFrame((count) => count + 1), FRAME_MS);
    return () => clearInterval(timer);
  }, []);
  const running = [...model.rows.values()].filter(({ state }) => state === "running");
  const room = Math.max(1, (stream.rows ?? 24) - RESERVED_ROWS);
  const now = performance.now();
  return h(
    Box,
    { flexDirection: "column" },
    h(Static<{ key: number; text: string }>, {
      items: lines.slice(),
      // biome-ignore lint/correctness/noChildrenProp: Static's children is a function, which createElement's types do not take.
      children: ({ key, text }: { key: number; text: string }) => h(Text, { key }, text),
    }),
    ...(closed
      ? []
      : treeOf(running)
          .slice(0, room)
          .map(({ row, depth }) => h(RunningRow, { key: row.urn, row, depth, frame, now }))),
    !closed && running.length > room && h(Text, { dimColor: true }, `  and ${running.length - room} more`),
  );
}

function RunningRow({ row, depth, frame, now }: { row: Row; depth: number; frame: number; now: number }) {
  const words = operationWords[row.op];
  const color = words.style === "bold" ? undefined : words.style;
  return h(
    Text,
    { wrap: "truncate" },
    "  ".repeat(depth),
    h(
      Text,
      color ? { color } : {},
      `${spinner[frame % spinner.length]} ${words.doing} ${terminalText(`${row.type} ${row.name}`)}`,
    ),
    h(Text, { dimColor: true }, ` ${durationText(now - row.startedMs)}`),
  );
}

/** Running rows below their running ancestors; the stack itself is the root and is not drawn. */
function treeOf(rows: readonly Row[]): { row: Row; depth: number }[] {
  const byUrn = new Map(rows.map((row) => [row.urn, row]));
  const placed: { row: Row; depth: number }[] = [];
  const place = (row: Row, depth: number) => {
    placed.push({ row, depth });
    for (const child of rows) if (child.parent === row.urn) place(child, depth + 1);
  };
  for (const row of rows) {
    if (row.type === "pulumi:pulumi:Stack") continue;
    const parent = byUrn.get(row.parent);
    if (!parent || namesOfUrn(parent.urn).type === "pulumi:pulumi:Stack") place(row, 0);
  }
  return placed;
}
