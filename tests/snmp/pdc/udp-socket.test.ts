import { createSocket, type Socket } from "node:dgram";
import { afterEach, beforeEach, expect, it } from "vitest";
import { UdpSocket } from "../../../src/snmp/pdc/udp-socket.ts";

let echo: Socket;
beforeEach(async () => {
  echo = createSocket("udp4");
  echo.on("message", (octets, { port, address }) => echo.send(octets, port, address));
  await new Promise<void>((resolve) => echo.bind(0, "127.0.0.1", resolve));
});
afterEach(() => {
  echo.close();
});

it("opens anew when the system took its socket, and says what was not sent (S11)", async () => {
  const said: string[] = [];
  let heard = (_text: string): void => {};
  const next = (): Promise<string> =>
    new Promise((resolve) => {
      heard = resolve;
    });
  const socket = new UdpSocket(4, {
    datagram: (octets) => heard(`heard ${octets.toString()}`),
    ready: (octets) => said.push(octets > 0 ? "ready" : "no buffer"),
    lost: (code) => said.push(`lost ${code}`),
    sendFailed: (code) => said.push(`not sent ${code}`),
  });
  const { port } = echo.address();
  const first = next();
  socket.send(Buffer.from("one"), port, "127.0.0.1");
  expect(await first).toBe("heard one");

  const { socket: inner } = socket as unknown as { socket: Socket };
  inner.emit("error", Object.assign(new Error("too many open files"), { code: "EMFILE" }));
  socket.send(Buffer.from("two"), port, "127.0.0.1");
  expect(said).toEqual(["ready", "lost EMFILE", "not sent EBADF"]);

  const second = next();
  const repeat = setInterval(() => socket.send(Buffer.from("three"), port, "127.0.0.1"), 50);
  expect(await second).toBe("heard three");
  clearInterval(repeat);
  expect(said.at(-1)).toBe("ready");
  await socket.close();
});

it("says which peer the kernel refuses", async () => {
  let refused = (_said: unknown): void => {};
  const said = new Promise((resolve) => {
    refused = resolve;
  });
  const socket = new UdpSocket(4, {
    datagram: () => {},
    ready: () => {},
    lost: () => {},
    sendFailed: (code, address, port) => refused({ code, address, port }),
  });
  socket.send(Buffer.from("x"), 161, "255.255.255.255");
  expect(await said).toEqual({ code: "EACCES", address: "255.255.255.255", port: 161 });
  await socket.close();
});
