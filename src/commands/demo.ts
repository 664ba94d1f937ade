import { join } from "node:path";
import { Flags } from "@oclif/core";
import { PdcCommand } from "../cli/base-command.ts";

export default class Demo extends PdcCommand {
  static override summary = "Show pdc at work on a simulated province that has a bad morning";
  static override formats: typeof PdcCommand.formats = ["table", "plain", "json", "ndjson"];
  static override description =
    "Starts hundreds of simulated devices on loopback, polls them over SNMP, lets a router reboot, a carrier's link be " +
    "cut, a UPS lose its mains and more, polls again, and reports per agency what is wrong and why. Takes less than a " +
    "minute, needs no network, and leaves nothing behind but the report.";
  static override examples = ["<%= config.bin %> demo", "<%= config.bin %> demo --seed 7 --lang en --keep"];
  static override flags = {
    seed: Flags.integer({ description: "picks what goes wrong", default: 1, min: 0, helpValue: "N" }),
    keep: Flags.boolean({ description: "leave the lab running, to look around in" }),
    lang: Flags.option({
      description: "language of the report [default: the inventory's]",
      options: ["vi", "en"] as const,
      env: "PDC_LANG",
    })(),
    "output-dir": Flags.string({
      description: "where the HTML report goes [default: demo in the state directory]",
      helpValue: "DIR",
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Demo);
    const { cacheDirectory, stateDirectory } = await this.context();
    const [{ demo }, { demoSentence }, { reportData, reportText, reportViews }] = await Promise.all([
      import("../actions/demo.ts"),
      import("../actions/demo/words.ts"),
      import("../actions/report/presentation.ts"),
    ]);
    const steps = demo({
      inventoryDirectory: this.base.inventory ?? join(this.config.root, "inventory", "quang-binh"),
      cacheDirectory,
      seed: flags.seed,
      keep: flags.keep,
      language: flags.lang,
      outputDirectory: flags["output-dir"] ?? join(stateDirectory, "demo"),
      signal: this.signal,
    });
    const beganMs = performance.now();
    let step = await steps.next();
    while (!step.done) {
      const seconds = ((performance.now() - beganMs) / 1000).toFixed(1).padStart(5);
      this.progress(`${seconds} s  ${demoSentence(step.value)}`);
      step = await steps.next();
    }
    const { brief, whole, pages, kept } = step.value;
    await this.present({
      schema: "pdc.demo/1",
      data: { ...reportData(whole), seed: flags.seed, pages, ...(kept && { kept }) },
      text: reportText(brief),
      views: reportViews(brief),
    });
    const [page, ...others] = pages;
    if (!this.base.json) this.progress("");
    this.progress(`Report: ${page}`);
    this.progress(`  also: ${others.join(", ")}`);
    if (kept === undefined) return;
    this.progress(`The lab is still there. Look around, and end it with the last line:`);
    this.progress(`  pdc poll --inventory ${kept.inventoryDirectory} --store ${kept.storePath}`);
    this.progress(`  pdc report wan --inventory ${kept.inventoryDirectory} --store ${kept.storePath}`);
    this.progress(`  pdc lab down --dir ${kept.directory}`);
  }
}
