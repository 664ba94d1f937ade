import { PdcCommand } from "../../cli/base-command.ts";
import { storeFlag } from "../../cli/store-flag.ts";

export default class StoreCheck extends PdcCommand {
  static override summary = "Read everything that is kept and recompute every checksum";
  static override formats: typeof PdcCommand.formats = ["table", "plain", "json", "ndjson"];
  static override description =
    "Works beside a running poller. Exit code 27 when something is damaged, each part named.";
  static override examples = ["<%= config.bin %> store check", "<%= config.bin %> store check --json"];
  static override flags = storeFlag;

  async run(): Promise<void> {
    const { flags } = await this.parse(StoreCheck);
    const { stateDirectory } = await this.context();
    const { checkPresentation, checkStore } = await import("../../actions/store/check.ts");
    await this.present(checkPresentation(checkStore({ store: flags.store, stateDirectory })));
  }
}
