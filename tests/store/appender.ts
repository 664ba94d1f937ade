/** A process that appends samples without end, and says after each batch how many are committed. */
import { openStore } from "../../src/store/open-store.ts";
import { counter64, makeInterface, makeSample } from "../samples/make-sample.ts";

const store = openStore(process.argv[2] as string, { mode: "write" });
const batchSize = Number(process.argv[3] ?? 50);
for (let batch = 0; ; batch += 1) {
  store.append(
    Array.from({ length: batchSize }, (_, number) =>
      makeSample(batch * 60, {
        device: `device-${number}`,
        components: [makeInterface({ inOctets: counter64(BigInt(batch)) })],
      }),
    ),
  );
  process.stdout.write(`${(batch + 1) * batchSize}\n`);
}
