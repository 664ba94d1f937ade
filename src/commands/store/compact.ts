import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";
import { storeFlag } from "../../cli/store-flag.ts";

export default class StoreCompact extends PdcCommand {
  static override summary = "Pack samples, make rollups and drop what is beyond its retention, now";
  static override description =
    `A poller that runs as a service does this by itself between its cycles. Samples are kept 7 days, 5-minute rollups 90 days (WAN links 13 months), 1-hour rollups 13 months; states, incidents and closed months for good.

Exit code 25: a poller is writing to the store.`;
  static override examples = [
    "<%= config.bin %> store compact",
    "<%= config.bin %> store compact --max-size 20000",
  ];
  static override flags = {
    ...storeFlag,
    "max-size": Flags.integer({
      description: "megabytes the store may take; the oldest samples go first, the last day's stay",
      env: "PDC_STORE_MAX_SIZE",
      helpValue: "MB",
      min: 10,
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(StoreCompact);
    const { stateDirectory, cacheDirectory } = await this.context();
    const inventoryDirectory = await this.inventoryDirectory();
    const { compactStore, compactView } = await import("../../actions/store/compact.ts");
    const result = await compactStore({
      store: flags.store,
      stateDirectory,
      cacheDirectory,
      inventoryDirectory,
      maxOctets: flags["max-size"] && flags["max-size"] * 1e6,
      signal: this.signal,
      onProgress: (line) => this.progress(line),
    });
    await this.present({ schema: "pdc.store.compact/1", data: result, views: [compactView(result)] });
  }
}
