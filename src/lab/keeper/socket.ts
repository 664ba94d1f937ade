/**
 * Speaking to the process that keeps a part of a lab: one JSON line there, one back, over a socket in the lab's
 * directory (0700): whoever may enter that may ask and stop it. No process id is ever trusted.
 */
import { rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";

export type KeeperReply<Status> = { ok: true; status: Status } | KeeperFailure;
/** An error of the keeper's as whoever asked shall see it: what it says, and what its class says beside (`fix` …). */
export interface KeeperFailure {
  ok: false;
  message: string;
  details?: Readonly<Record<string, unknown>>;
}

export function failure(error: unknown): KeeperFailure {
  const { message, stack: _stack, cause: _cause, ...details } = error as Error;
  return { ok: false, message, details };
}

/** The keeper's error, to be thrown here. */
export function toError({ message, details }: KeeperFailure): Error {
  return Object.assign(new Error(message), details);
}

const maxLineOctets = 1 << 20;
const replyPatienceMs = 10_000;
/** sun_path of a Unix socket takes 104 octets with its end on the BSDs, 108 on Linux. */
const longestSocketPath = 103;

/** The directory cannot hold a keeper's socket (exit code 22). */
class LabDirectoryError extends Error {
  readonly exitCode = 22;
  readonly code = "path-too-long";
  readonly fix = "keep the lab in a directory with a shorter path: --dir DIR";
}

/** Where a keeper in this directory listens. @throws LabDirectoryError when a socket cannot be there. */
export function socketPath(directory: string, name = "keeper.sock"): string {
  const path = join(directory, name);
  if (Buffer.byteLength(path) > longestSocketPath) {
    throw new LabDirectoryError(`${directory} is too long a path for a socket in it`);
  }
  return path;
}

/** Asks a keeper; undefined when none listens there. @throws with the keeper's message when it fails. */
export async function ask<Status>(path: string, request: object): Promise<Status | undefined> {
  const connection = connect(path);
  connection.setTimeout(replyPatienceMs, () =>
    connection.destroy(new Error("the lab's keeper does not answer")),
  );
  try {
    await new Promise<void>((resolve, reject) => connection.once("connect", resolve).once("error", reject));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ENOTDIR") return undefined;
    throw error;
  }
  try {
    connection.write(`${JSON.stringify(request)}\n`);
    const reply = JSON.parse(await readLine(connection)) as KeeperReply<Status>;
    if (!reply.ok) throw toError(reply);
    return reply.status;
  } finally {
    connection.destroy();
  }
}

/**
 * Listens there, in place of one that died, and lets `answer` answer each request. After the reply to the first
 * `{ kind: "stop" }` the socket is closed and `onStop` called.
 */
export async function listen<Request extends { kind: string }, Status>(
  path: string,
  answer: (request: Request) => Promise<KeeperReply<Status>>,
  onStop: () => void,
): Promise<Server> {
  let isStopping = false;
  const server = createServer((connection) => {
    connection.on("error", () => {});
    readLine(connection)
      .then(async (line) => {
        const request = JSON.parse(line) as Request;
        const reply = isStopping ? failure(new Error("the lab is stopping")) : await answer(request);
        connection.end(`${JSON.stringify(reply)}\n`);
        if (request.kind !== "stop" || isStopping) return;
        isStopping = true;
        onStop();
      })
      .catch((error: Error) => connection.end(`${JSON.stringify(failure(error))}\n`));
  });
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return server;
}

/** The first line that comes over a connection, without its end. @throws when there is none, or it is too long. */
async function readLine(connection: Socket): Promise<string> {
  let text = "";
  connection.setEncoding("utf8");
  for await (const chunk of connection.iterator({ destroyOnReturn: false })) {
    text += chunk;
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end);
    if (text.length > maxLineOctets) break;
  }
  throw new Error("the lab's keeper did not answer with a line");
}
