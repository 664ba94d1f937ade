/** A small generator of numbers that gives the same for the same seed (xorshift, 32 bits). */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0 || 1;
  }

  /** A whole number from 0 to `below` - 1. */
  below(below: number): number {
    let { state } = this;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.state = state >>> 0;
    return this.state % below;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  octets(length: number): Buffer {
    const octets = Buffer.allocUnsafe(length);
    for (let i = 0; i < length; i++) octets[i] = this.below(256);
    return octets;
  }
}

/** Elements in the manner of the PROTOS suite: one for every field that a decoder may trust too much. */
const ELEMENTS: readonly Buffer[] = [
  "0200",
  "02057fffffffff",
  "0209ffffffffffffffffff",
  "028400000001ff",
  "0500",
  "0600",
  "06028001",
  "060181",
  "0606ffffffffff7f",
  "4600",
  "460900ffffffffffffffff",
  "4609010000000000000000",
  "4101ff",
  "4205ffffffffff",
  "40050102030405",
  "44079f78043f800000",
  "44069f78053f8000",
  "440b9f7908400921fb54442d18",
  "44039f7800",
  "8000",
  "8200",
  "820100",
  "3000",
  "3080",
  "30847fffffff",
  "0484ffffffff",
  "a200",
  "a800",
  "0000",
  "ff7f00",
  "1f8101",
].map((text) => Buffer.from(text, "hex"));

const INTERESTING = [
  0x00, 0x01, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x88, 0xa2, 0xa8, 0xff, 0x30, 0x02, 0x04, 0x05, 0x06, 0x46,
];

/** Changes a few octets of `octets`; `other` is a second packet to splice with. The result may be of any length. */
export function mutate(dice: Dice, octets: Buffer, other: Buffer): Buffer {
  let result: Buffer = Buffer.from(octets);
  for (let change = dice.below(4); change >= 0; change--) result = mutateOnce(dice, result, other);
  return result.subarray(0, 60_000);
}

function mutateOnce(dice: Dice, octets: Buffer, other: Buffer): Buffer {
  const at = dice.below(octets.length + 1);
  const result = Buffer.from(octets);
  switch (dice.below(9)) {
    case 0:
      if (at < result.length) result[at]! ^= 1 << dice.below(8);
      return result;
    case 1:
      if (at < result.length) result[at] = dice.pick(INTERESTING);
      return result;
    case 2:
      return result.subarray(0, at);
    case 3:
      return Buffer.concat([result.subarray(0, at), dice.octets(1 + dice.below(8)), result.subarray(at)]);
    case 4:
      return Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + dice.below(8))]);
    case 5:
      return Buffer.concat([result.subarray(0, at), other.subarray(dice.below(other.length + 1))]);
    case 6: {
      // In the place of an element, as far as the octets there look like one.
      const length = octets[at + 1] ?? 0;
      return Buffer.concat([
        result.subarray(0, at),
        dice.pick(ELEMENTS),
        result.subarray(at + 2 + (length & 0x7f)),
      ]);
    }
    case 7:
      return Buffer.concat([result.subarray(0, at), dice.pick(ELEMENTS), result.subarray(at)]);
    default:
      if (at < result.length) result[at]! += dice.below(2) === 0 ? 1 : 255;
      return result;
  }
}

/** Tag and length in front of contents. */
export function wrap(tag: number, ...parts: readonly Buffer[]): Buffer {
  const contents = Buffer.concat(parts);
  const { length } = contents;
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), contents]);
}
