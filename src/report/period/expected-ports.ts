/** The part of the capacity report on ports: a port that should be up and is not carries nothing. */
import { isoTime, stateColumn, textColumn, timeColumn, whyColumn } from "../columns.ts";
import type { Prepared } from "../input.ts";
import type { ReportSection } from "../model.ts";
import type { CellValue } from "../table-view.ts";

/** Ports that the inventory expects to be up, and that are down now. */
export function expectedPorts(input: Prepared): ReportSection {
  const { health, inventory, scope, speech, agencyOfDevice } = input;
  const rows: Record<string, CellValue>[] = [];
  const expected = new Set<string>();
  for (const device of inventory.devices.values()) {
    if (!scope.devices.has(device.id)) continue;
    for (const port of device.interfaces)
      if (port.monitored) expected.add(`${device.id}/interface/${port.name}`);
  }
  for (const { id, state, reasons, sinceMs } of health.interfaces.values()) {
    if (state !== "down" || !expected.has(id)) continue;
    const [device = "", , ...port] = id.split("/");
    const agency = agencyOfDevice(device);
    rows.push({
      id,
      state,
      agency: agency === undefined ? "" : speech.names.agency(agency),
      device: speech.names.device(device),
      interface: port.join("/"),
      why: reasons.map((why) => speech.reason(why)).join("; "),
      since: isoTime(sinceMs),
    });
  }
  return {
    id: "ports",
    title: speech.word("portsShouldBeUp"),
    table: {
      title: speech.word("portsShouldBeUp"),
      columns: [
        stateColumn(speech),
        textColumn(speech, "agency", "agency", { dropOrder: 1 }),
        textColumn(speech, "device", "device", { dropOrder: 0 }),
        textColumn(speech, "interface", "interface", { dropOrder: 0 }),
        whyColumn(speech),
        timeColumn(speech, "since", "since", { dropOrder: 2 }),
      ],
      rows,
      empty: speech.word("noPorts"),
    },
  };
}
