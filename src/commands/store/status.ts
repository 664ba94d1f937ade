import { PdcCommand } from "../../cli/base-command.ts";
import { storeFlag } from "../../cli/store-flag.ts";

export default class StoreStatus extends PdcCommand {
  static override summary = "Show how many samples are kept, since when, and in how much space";
  static override examples = ["<%= config.bin %> store status", "<%= config.bin %> store status --json"];
  static override flags = storeFlag;

  async run(): Promise<void> {
    const { flags } = await this.parse(StoreStatus);
    const { stateDirectory } = await this.context();
    const { storeStatus, storeStatusViews } = await import("../../actions/store/status.ts");
    const status = storeStatus({ store: flags.store, stateDirectory });
    await this.present({ schema: "pdc.store.status/1", data: status, views: storeStatusViews(status) });
  }
}
