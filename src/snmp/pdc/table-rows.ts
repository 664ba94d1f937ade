import type { BerCursor } from "../codec/ber-cursor.ts";
import { decodeValue, ValueSlot } from "../codec/decode-value.ts";
import { compareOids, compareOidText, subIdsToText } from "../codec/oid.ts";
import type { ColumnsResult, ReadColumn, VarBind, VarBindType } from "../types.ts";

const NONE = new Uint8Array(0);

/** One column while its table is read. */
export class TableColumn {
  readonly prefix: Uint8Array;
  /** One value per row; undefined where the row lacks this column. */
  readonly values: (VarBind["value"] | undefined)[] = [];
  /** The type of all values, or of each once they differ. */
  type: VarBindType | undefined;
  types: VarBindType[] | undefined;
  /** The agent has nothing more below this column. */
  ended = false;
  /** Index of the last variable that was taken: the next request goes on behind it. */
  octets: Uint8Array = NONE;
  start = 0;
  end = 0;
  /** The same within the answer being read; -1 before anything was found. */
  nextStart = 0;
  nextEnd = -1;
  nextEnded = false;
  /** The same as of its last complete repetition: this is what counts once the whole answer is read. */
  wholeStart = 0;
  wholeEnd = -1;
  wholeEnded = false;

  constructor(prefix: Uint8Array) {
    this.prefix = prefix;
  }
}

/**
 * The rows of a table as they come. Columns that advance together (nearly all tables) cost no look-up: a variable
 * with the index of the first column's belongs to the same row. The first variable that does not makes the rows be
 * found by their index from then on: columns may end at different times and have holes.
 */
export class TableRows {
  readonly indexes: string[] = [];
  readonly columns: TableColumn[];
  /** Set when an index did not follow the one before it. */
  notIncreasing = false;
  private byIndex: Map<string, number> | undefined;
  private readonly slot = new ValueSlot();

  constructor(prefixes: readonly Uint8Array[]) {
    this.columns = prefixes.map((prefix) => new TableColumn(prefix));
  }

  /** From now on rows are found by their index: other columns are read over the same rows. */
  findRowsByIndex(): void {
    this.byIndex ??= new Map(this.indexes.map((index, row) => [index, row]));
  }

  /**
   * Takes in the repetitions of an answer, `columns` in each; returns how many variables were there. An incomplete
   * last repetition is left to the next request. Throws DecodeError; then the rows are as before.
   */
  take(cursor: BerCursor, listEnd: number, columns: readonly TableColumn[]): number {
    const rowsBefore = this.indexes.length;
    for (const column of columns) {
      column.nextEnd = -1;
      column.nextEnded = false;
      column.wholeEnd = -1;
      column.wholeEnded = false;
    }
    try {
      return this.read(cursor, listEnd, columns);
    } catch (error) {
      this.truncate(rowsBefore);
      throw error;
    }
  }

  /** Rows in the order of their indexes, every column as long as `indexes`. */
  finish(): Pick<ColumnsResult, "indexes" | "columns"> {
    const { indexes } = this;
    const columns = this.columns.map(({ type = "Null", types, values }): ReadColumn => {
      while (values.length < indexes.length) values.push(undefined);
      return { type: types ?? type, values };
    });
    if (this.byIndex === undefined) return { indexes, columns };
    const order = indexes.map((_, row) => row).sort((a, b) => compareIndexText(indexes[a]!, indexes[b]!));
    return {
      indexes: order.map((row) => indexes[row]!),
      columns: columns.map(({ type, values }) => ({
        type: typeof type === "string" ? type : order.map((row) => type[row]!),
        values: order.map((row) => values[row]),
      })),
    };
  }

  private read(cursor: BerCursor, listEnd: number, columns: readonly TableColumn[]): number {
    const { slot } = this;
    const { octets } = cursor;
    const width = columns.length;
    let position = 0;
    let variables = 0;
    let completeRows = this.indexes.length;
    let rowStart = 0;
    let rowEnd = 0;
    let row = -1;
    while (cursor.position < listEnd && !this.notIncreasing) {
      const column = columns[position]!;
      const end = cursor.openVariable(listEnd);
      const nameEnd = cursor.end;
      const nameStart = cursor.position;
      const indexStart = nameStart + column.prefix.length;
      if (position === 0) row = -1;
      if (column.nextEnded || !startsWith(octets, nameStart, nameEnd, column.prefix)) {
        column.nextEnded = true;
        cursor.checkOid(nameStart, nameEnd);
        cursor.position = end;
      } else {
        const sameRow = row >= 0 && sameOctets(octets, indexStart, nameEnd, rowStart, rowEnd);
        if (!sameRow) cursor.checkOid(nameStart, nameEnd);
        cursor.position = nameEnd;
        decodeValue(cursor, end, slot);
        cursor.finish(end, "a variable");
        if (slot.value === null && slot.type !== "Null") {
          // endOfMibView; and an agent that answers noSuchInstance to GETBULK has nothing to go on with either.
          column.nextEnded = true;
        } else if (follows(octets, indexStart, nameEnd, column)) {
          const found = sameRow ? row : this.row(octets, indexStart, nameEnd, position > 0);
          if (row < 0) {
            row = found;
            rowStart = indexStart;
            rowEnd = nameEnd;
          }
          column.nextStart = indexStart;
          column.nextEnd = nameEnd;
          this.put(column, found);
        } else {
          this.notIncreasing = true;
        }
      }
      variables += 1;
      position += 1;
      if (position === width) {
        position = 0;
        completeRows = this.indexes.length;
        keepRepetition(columns);
      }
    }
    if (variables < width) keepRepetition(columns);
    else if (position > 0) this.truncate(completeRows);
    commit(columns, octets);
    return variables;
  }

  /** The decoded value becomes that of `column` in `row`. */
  private put(column: TableColumn, row: number): void {
    const { values } = column;
    const { type, value } = this.slot;
    if (column.type !== type) this.noteType(column, row, type);
    else if (column.types) column.types[row] = type;
    while (values.length < row) values.push(undefined);
    values[row] = value;
  }

  private noteType(column: TableColumn, row: number, type: VarBindType): void {
    const { type: first } = column;
    if (first === undefined) {
      column.type = type;
      return;
    }
    column.types ??= column.values.map(() => first);
    while (column.types.length < row) column.types.push(first);
    column.types[row] = type;
  }

  /** The row with this index; a new one when there is none. */
  private row(octets: Uint8Array, start: number, end: number, astray: boolean): number {
    const index = subIdsToText(octets, start, end);
    if (astray) this.findRowsByIndex();
    const known = this.byIndex?.get(index);
    if (known !== undefined) return known;
    const row = this.indexes.push(index) - 1;
    this.byIndex?.set(index, row);
    return row;
  }

  private truncate(rows: number): void {
    for (let row = rows; row < this.indexes.length; row++) this.byIndex?.delete(this.indexes[row]!);
    this.indexes.length = rows;
    for (const { values, types } of this.columns) {
      if (values.length > rows) values.length = rows;
      if (types && types.length > rows) types.length = rows;
    }
  }
}

/** Whether an index comes after the one this column had before. */
function follows(octets: Uint8Array, start: number, end: number, column: TableColumn): boolean {
  return column.nextEnd >= 0
    ? compareOids(octets, start, end, octets, column.nextStart, column.nextEnd) > 0
    : compareOids(octets, start, end, column.octets, column.start, column.end) > 0;
}

function keepRepetition(columns: readonly TableColumn[]): void {
  for (const column of columns) {
    column.wholeStart = column.nextStart;
    column.wholeEnd = column.nextEnd;
    column.wholeEnded = column.nextEnded;
  }
}

function commit(columns: readonly TableColumn[], octets: Uint8Array): void {
  for (const column of columns) {
    column.ended ||= column.wholeEnded;
    if (column.wholeEnd < 0) continue;
    column.octets = octets;
    column.start = column.wholeStart;
    column.end = column.wholeEnd;
  }
}

/** Whether the OID in `[start, end)` lies below `prefix`. */
function startsWith(octets: Uint8Array, start: number, end: number, prefix: Uint8Array): boolean {
  const { length } = prefix;
  if (end - start <= length) return false;
  // From the end: columns of a table differ in their last octet.
  for (let i = length - 1; i >= 0; i--) if (octets[start + i] !== prefix[i]) return false;
  return true;
}

function sameOctets(octets: Uint8Array, aStart: number, aEnd: number, bStart: number, bEnd: number): boolean {
  if (aEnd - aStart !== bEnd - bStart) return false;
  for (let a = aStart, b = bStart; a < aEnd; a++, b++) if (octets[a] !== octets[b]) return false;
  return true;
}

function compareIndexText(a: string, b: string): number {
  // Under an arc that takes any number, so that the first sub-identifiers compare like the others.
  return compareOidText(`1.3.${a}`, `1.3.${b}`);
}
