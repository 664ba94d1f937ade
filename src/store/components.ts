/** The table of components: device, class and key as one number. */
import type { DatabaseSync } from "node:sqlite";

export interface KnownComponent {
  id: number;
  device: string;
  class: string;
  key: string;
}

export class Components {
  readonly #select;
  readonly #insert;
  readonly #ofDevice;
  readonly #one;
  readonly #byId;
  readonly #after;

  constructor(database: DatabaseSync) {
    this.#select = database.prepare("SELECT id FROM component WHERE device = ? AND class = ? AND key = ?");
    this.#insert = database.prepare("INSERT INTO component (device, class, key) VALUES (?, ?, ?)");
    const columns =
      "SELECT component.id, device.name, class, key FROM component JOIN device ON device.id = component.device";
    this.#ofDevice = database.prepare(`${columns} WHERE device.name = ? ORDER BY class, key`);
    this.#one = database.prepare(`${columns} WHERE device.name = ? AND class = ? AND key = ?`);
    this.#after = database.prepare(`${columns} WHERE component.id > ? ORDER BY component.id LIMIT ?`);
    this.#byId = database.prepare(`${columns} WHERE component.id = ?`);
  }

  /** Its number, given now when it has none. */
  idOf(device: number, componentClass: string, key: string): number {
    const known = this.#select.get(device, componentClass, key)?.id;
    return Number(known ?? this.#insert.run(device, componentClass, key).lastInsertRowid);
  }

  find(device: string, componentClass: string, key: string): KnownComponent | undefined {
    return known(this.#one.get(device, componentClass, key));
  }

  ofDevice(device: string): KnownComponent[] {
    return this.#ofDevice.all(device).map((row) => known(row) as KnownComponent);
  }

  /** The next components by number. */
  after(id: number, count: number): KnownComponent[] {
    return this.#after.all(id, count).map((row) => known(row) as KnownComponent);
  }

  byId(id: number): KnownComponent | undefined {
    return known(this.#byId.get(id));
  }
}

/** What the CRC of a component's rollups begins with: which component it is. */
export function componentName({ device, class: componentClass, key }: Omit<KnownComponent, "id">): string {
  return `${device}\0${componentClass}\0${key}`;
}

function known(row: Record<string, unknown> | undefined): KnownComponent | undefined {
  return (
    row && { id: Number(row.id), device: String(row.name), class: String(row.class), key: String(row.key) }
  );
}
