/** Reads a secret from a terminal without showing it, or from a pipe to its end. */

/** Ctrl-C rejects with an AbortError; the terminal is given back as it was. */
export async function readSecretLine(question: string, signal: AbortSignal): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.resume();
  let typed = "";
  try {
    return await new Promise<string>((resolve, reject) => {
      const interrupted = () => reject(new DOMException("interrupted", "AbortError"));
      signal.addEventListener("abort", interrupted, { once: true });
      stdin.on("data", (chunk: Buffer) => {
        for (const character of chunk.toString("utf8")) {
          if (character === "\r" || character === "\n") return resolve(typed);
          if (character === "\u0003" || character === "\u0004") return interrupted();
          if (character === "\u007f" || character === "\b") typed = [...typed].slice(0, -1).join("");
          else if (character >= " ") typed += character;
        }
      });
    });
  } finally {
    stdin.removeAllListeners("data");
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write("\n");
  }
}

/** Everything a pipe gives, without the last newline. */
export async function readPipe(maxOctets = 1024 * 1024): Promise<string> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of process.stdin) {
    octets += (chunk as Buffer).length;
    if (octets > maxOctets)
      throw Object.assign(new Error(`stdin holds more than ${maxOctets} octets`), {
        code: "too-large",
        exitCode: 22,
      });
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}
