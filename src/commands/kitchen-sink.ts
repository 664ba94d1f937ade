import { Flags } from "@oclif/core";
import { PdcCommand } from "../cli/base-command.ts";

const states = ["up", "degraded", "down", "unreachable", "unknown"] as const;

export default class KitchenSink extends PdcCommand {
  static override hidden = true;
  static override summary = "Show every view there is, with hostile text, for review";
  static override flags = {
    rows: Flags.integer({ description: "how many rows", default: 8, min: 0 }),
    secret: Flags.string({
      description: "a required flag, for tests",
      required: true,
      env: "PDC_KITCHEN_SINK",
    }),
    fail: Flags.string({ description: "fail in this way", options: ["bug", "told", "partial"] }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(KitchenSink);
    if (flags.fail === "bug") throw new TypeError("a bug on purpose");
    if (flags.fail === "told") {
      throw Object.assign(new Error("the store is locked by process 42"), {
        code: "locked",
        exitCode: 25,
        fix: "wait, or stop it",
      });
    }
    const rows = Array.from({ length: flags.rows }, (_, index) => ({
      id: `device-${index}`,
      state: states[index % states.length],
      octets: 2n ** 53n + BigInt(index),
      utilisationPercent: index * 1.5,
      text: ["Quảng Bình", "=1+1", "\u001b[31mred\u001b[0m", 'a,b\n"c"', "<script>", "很宽的字"][index % 6],
    }));
    await this.present({
      schema: "pdc.kitchen-sink/1",
      data: rows,
      views: [
        {
          title: "Everything",
          columns: [
            { key: "id", header: "DEVICE", dropOrder: 0 },
            { key: "state", header: "STATE", isState: true, dropOrder: 0 },
            { key: "octets", header: "OCTETS", align: "right", dropOrder: 2 },
            {
              key: "utilisationPercent",
              header: "USE",
              align: "right",
              format: (value) => `${Number(value).toFixed(1)} %`,
            },
            { key: "text", header: "TEXT", dropOrder: 3 },
          ],
          rows,
          notes: ["A note under the table."],
          empty: "nothing here",
        },
      ],
      warnings: flags.fail === "partial" ? ["one device answered late"] : [],
      ...(flags.fail === "partial" && {
        exitCode: 21,
        errors: [
          { code: "timeout", message: "no answer after 2 s", target: "device-1", fix: "check its address" },
        ],
      }),
    });
  }
}
