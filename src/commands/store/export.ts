import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";
import type { OutputFormat } from "../../cli/present.ts";
import { storeFlag } from "../../cli/store-flag.ts";

export default class StoreExport extends PdcCommand {
  static override summary = "Give samples or rollups to other programs, as CSV or Parquet";
  static override description =
    "Works beside a running poller, on any number of samples. Times are UTC; --from and --to are in the province's time zone.";
  static override examples = [
    "<%= config.bin %> store export --what 1h --from 2026-10-01 --to 2026-10-31 --output parquet --file october.parquet",
    "<%= config.bin %> store export --device dh-core --from 24h > samples.csv",
  ];
  static override formats: readonly OutputFormat[] = ["csv", "parquet"];
  static override flags = {
    what: Flags.option({
      description: "samples as measured, or rollups of 5 minutes or an hour",
      options: ["samples", "5m", "1h"] as const,
      default: "samples" as const,
    })(),
    from: Flags.string({ description: "2026-10-01, 2026-10-01T08:00, 24h (ago)", helpValue: "TIME" }),
    to: Flags.string({ description: "as --from; a day is taken in whole", helpValue: "TIME" }),
    device: Flags.string({ description: "only this device, by id; repeatable", multiple: true }),
    ...storeFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(StoreExport);
    const { stateDirectory, cacheDirectory } = await this.context();
    const { exportStore } = await import("../../actions/store/export.ts");
    const { rows } = await exportStore({
      ...flags,
      format: this.format === "parquet" ? "parquet" : "csv",
      stateDirectory,
      cacheDirectory,
      inventoryDirectory: await this.inventoryDirectory().catch(() => undefined),
      output: process.stdout,
      signal: this.signal,
    });
    this.progress(`${rows.toLocaleString("en-US")} rows${flags.file ? ` in ${flags.file}` : ""}`);
  }
}
