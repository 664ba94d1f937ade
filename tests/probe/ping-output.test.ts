import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFping, parsePing } from "../../src/probe/ping-output.ts";

describe("fping", () => {
  test("addresses, losses, and messages between them", () => {
    const output = [
      "ICMP Host Unreachable from 10.0.0.1 for ICMP Echo sent to 10.0.0.9",
      "10.0.0.1    : 0.31 - 0.52",
      "2001:db8::1 : 1.00 2 3.5",
      "10.0.0.9    : - - -",
      "10.0.0.10 : xmt/rcv/%loss = 3/3/0%",
      "10.0.0.11 : 0.1",
      "",
    ].join("\n");
    expect(parseFping(output, 3)).toEqual(
      new Map([
        ["10.0.0.1", [0.31, undefined, 0.52]],
        ["2001:db8::1", [1, 2, 3.5]],
        ["10.0.0.9", [undefined, undefined, undefined]],
        ["10.0.0.11", [0.1, undefined, undefined]],
      ]),
    );
  });
});

describe("ping", () => {
  test("iputils, with a loss and a duplicate", () => {
    const output = [
      "PING 10.0.0.1 (10.0.0.1) 56(84) bytes of data.",
      "64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.045 ms",
      "64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=9.045 ms (DUP!)",
      "64 bytes from 10.0.0.1: icmp_seq=3 ttl=64 time=12 ms",
      "rtt min/avg/max/mdev = 0.045/6.0/12/0.0 ms",
    ].join("\n");
    expect(parsePing(output, 3)).toEqual([0.045, undefined, 12]);
  });

  test("busybox counts from zero", () => {
    const output =
      "64 bytes from 10.0.0.1: seq=0 ttl=64 time=0.2 ms\n64 bytes from 10.0.0.1: seq=1 ttl=64 time=0.3 ms\n";
    expect(parsePing(output, 2)).toEqual([0.2, 0.3]);
  });

  test("an answer of a router is not one of the host", () => {
    expect(parsePing("From 10.0.0.254 icmp_seq=1 Destination Host Unreachable\n", 1)).toEqual([undefined]);
  });
});

test("any text is parsed without complaint, to as many probes as were sent", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      expect(parsePing(text, 3)).toHaveLength(3);
      for (const rtts of parseFping(text, 3).values()) expect(rtts).toHaveLength(3);
    }),
  );
});
