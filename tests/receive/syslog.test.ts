/** What equipment writes to syslog, and what is made of it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SyslogFrames } from "../../src/receive/syslog-frames.ts";
import { hintOfSyslog, parseSyslog } from "../../src/receive/syslog-message.ts";

const read = (text: string) => parseSyslog(Buffer.from(text));

describe("messages", () => {
  test.each([
    ["<187>45: *Mar  1 18:46:11: %LINK-3-UPDOWN: Interface Gi0/1, changed state to down", "linkDown"],
    [
      "<189>46: Mar  1 18:46:11: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to up",
      "linkUp",
    ],
    ["<189>1: %SYS-5-RESTART: System restarted --", "coldStart"],
    [
      "<190>Nov 28 2026 10:00:01 core %%01IFNET/4/IF_DOWN(l)[12]:The state of interface GE0/0/1 was changed to DOWN.",
      "linkDown",
    ],
    [
      '<28>1 2026-11-28T10:00:00Z router mib2d 2011 SNMP_TRAP_LINK_DOWN [junos@2636 ifIndex="5"] ifIndex 5',
      "linkDown",
    ],
    ["<184>12: %PLATFORM-0-DYING_GASP: Shutdown due to power loss", "lastGasp"],
    ["<30>interface,info ether2 link up (speed 1G, full duplex)", "linkUp"],
    ["<13>Nov 28 10:00:00 host kernel: eth0: link is down", "linkDown"],
    ["<86>Nov 28 10:00:00 host sshd[12]: authentication failure; rhost=10.0.0.9", "authenticationFailure"],
    ["<180>Nov 28 10:00:00 ups: on battery", "other"],
    ["<190>Nov 28 10:00:00 core: configured from console by admin", undefined],
  ])("%s", (line, name) => {
    const message = read(line);
    expect(message).toBeDefined();
    expect(message && hintOfSyslog(message)).toBe(name);
  });

  test("RFC 5424: the name, and the text behind structured data with escapes", () => {
    const message = read(
      String.raw`<165>1 2026-11-28T22:14:15.003Z host app 12 ID47 [a@1 x="]\"y"][b@2 z="1"] the text`,
    );
    expect(message).toEqual({ severity: 5, facility: 20, tag: "app ID47", text: "the text" });
  });

  test.each(["", "no priority", "<192>x", "<>x", "<1", "<abc>x", "\u0000\u0001"])("%j is none", (text) => {
    expect(read(text)).toBeUndefined();
  });

  test("W3: control characters of devices go nowhere", () => {
    const message = read("<187>switch: \u001b[2Jlink\u0007 down\r\n\u2028next\u009b31m");
    expect(JSON.stringify(message)).not.toMatch(/\\u00|\\r|\\n|\\u20|[\u0000-\u001f\u007f-\u009f]/);
  });

  test("any octets are a message or none, never an error", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 4000 }),
        fc.integer({ min: 0, max: 191 }),
        (octets, priority) => {
          for (const datagram of [octets, Buffer.concat([Buffer.from(`<${priority}>1 `), octets])]) {
            const message = parseSyslog(datagram);
            if (message) {
              expect(message.text.length).toBeLessThanOrEqual(1024);
              hintOfSyslog(message);
            }
          }
        },
      ),
    );
  });
});

describe("frames of a stream", () => {
  const frame = (text: string, counted: boolean) =>
    counted ? `${Buffer.byteLength(text)} ${text}` : `${text}\n`;

  test("however the stream is cut, the messages are the same", () => {
    const messages = fc.array(
      fc.record({
        text: fc
          .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
          .map((text) => `<13>${text.replace(/[\n\0]/g, "")}`),
        counted: fc.boolean(),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(messages, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (list, sizes) => {
        const stream = Buffer.from(list.map(({ text, counted }) => frame(text, counted)).join(""));
        const frames = new SyslogFrames();
        const got: string[] = [];
        for (let at = 0, i = 0; at < stream.length; i += 1) {
          const size = sizes[i % sizes.length]!;
          const { messages: found, broken } = frames.push(stream.subarray(at, at + size));
          expect(broken).toBe(false);
          got.push(...found.map((octets) => octets.toString()));
          at += size;
        }
        expect(got).toEqual(list.map(({ text }) => text));
      }),
    );
  });

  test.each(["99999 x", "12x ", "1234567", "9000 "])("%j is no frame", (text) => {
    expect(new SyslogFrames().push(Buffer.from(text)).broken).toBe(true);
  });

  test("a line without end is given up, not kept", () => {
    const frames = new SyslogFrames();
    const results = Array.from({ length: 20 }, () => frames.push(Buffer.alloc(1000, "a")).broken);
    expect(results.indexOf(true)).toBe(8);
  });
});
