import { PdcCommand } from "../../cli/base-command.ts";
import { boundedStoreFlags, storeSizeOf } from "../../cli/store-flag.ts";

export default class StoreCompact extends PdcCommand {
  static override summary = "Pack samples, make rollups and drop what is beyond its retention, now";
  static override description =
    `A poller that runs as a service does this by itself between its cycles. Samples are kept 7 days, 5-minute rollups 90 days (WAN links 13 months), 1-hour rollups 13 months; states, incidents and closed months for good.

Exit code 25: a poller is writing to the store.`;
  static override examples = [
    "<%= config.bin %> store compact",
    "<%= config.bin %> store compact --max-size 20000",
  ];
  static override flags = boundedStoreFlags;

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
      ...storeSizeOf(flags),
      signal: this.signal,
      onProgress: (line) => this.progress(line),
    });
    await this.present({ schema: "pdc.store.compact/1", data: result, views: [compactView(result)] });
  }
}
