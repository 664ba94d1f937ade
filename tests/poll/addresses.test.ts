import { expect, test } from "vitest";
import { createAddressBook } from "../../src/poll/addresses.ts";

test("addresses are given back as they are, without asking anybody", async () => {
  const book = createAddressBook(() => Promise.reject(new Error("asked")));
  expect(await book.resolve("192.0.2.1")).toBe("192.0.2.1");
  expect(await book.resolve("2001:db8::1")).toBe("2001:db8::1");
});

test("a name is asked once while its answer is good, a failure again at once", async () => {
  let nowMs = 0;
  let asked = 0;
  const book = createAddressBook(
    async () => {
      asked += 1;
      if (asked === 1) throw new Error("ENOTFOUND");
      return { address: `192.0.2.${asked}` };
    },
    () => nowMs,
  );
  await expect(book.resolve("router.example")).rejects.toThrow("ENOTFOUND");
  expect(await book.resolve("router.example")).toBe("192.0.2.2");
  expect(await book.resolve("router.example")).toBe("192.0.2.2");
  nowMs = 301_000;
  expect(await book.resolve("router.example")).toBe("192.0.2.3");
});

test("at most two names are asked at once", async () => {
  let running = 0;
  let most = 0;
  const book = createAddressBook(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    return { address: "192.0.2.1" };
  });
  await Promise.all(Array.from({ length: 9 }, (_, number) => book.resolve(`name-${number}.example`)));
  expect(most).toBe(2);
});

test("localhost is known to the system", async () => {
  expect(await createAddressBook().resolve("localhost")).toMatch(/^(127\.|::1)/);
});
