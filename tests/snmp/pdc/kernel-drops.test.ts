import { createSocket } from "node:dgram";
import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { dropsIn, kernelDrops } from "../../../src/snmp/pdc/kernel-drops.ts";

it("reads the drops of the right ports", () => {
  const table = [
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops",
    "  12: 00000000:A8B2 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 123 2 000000004 17",
    "  13: 0100007F:00A1 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 124 2 000000005 5",
    "",
  ].join("\n");
  expect(dropsIn(table, new Set([0xa8b2]))).toBe(17);
  expect(dropsIn(table, new Set([0xa8b2, 161]))).toBe(22);
  expect(dropsIn(table, new Set([162]))).toBe(0);
});

it.skipIf(!existsSync("/proc/net/udp"))("counts what a full buffer loses", async () => {
  const deaf = createSocket({ type: "udp4", recvBufferSize: 4096 });
  await new Promise<void>((resolve) => deaf.bind(0, "127.0.0.1", resolve));
  const { port } = deaf.address();
  const sender = createSocket("udp4");
  await new Promise<void>((resolve) => sender.connect(port, "127.0.0.1", resolve));
  // Sent within one turn of the event loop: nobody reads meanwhile.
  for (let i = 0; i < 200; i++) sender.send(Buffer.alloc(1000));
  expect(await kernelDrops(new Set([port]))).toBeGreaterThan(0);
  deaf.close();
  sender.close();
});
