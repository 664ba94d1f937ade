import { BerWriter } from "../codec/ber-writer.ts";
import { TAG } from "../codec/tags.ts";
import type { Question } from "./question.ts";

/** How requests become datagrams: communities (v1, v2c) or USM (v3). */
export interface Security {
  /** msgVersion: 0, 1 or 3. */
  readonly version: 0 | 1 | 3;
  /** The datagram of `question` under this id; a new buffer each time. */
  seal(question: Question, id: number): Buffer;
}

const writer = new BerWriter(4096);

/** Writes the PDU of a question before what `target` holds; returns how many octets follow the request-id. */
export function writeQuestion(target: BerWriter, question: Question, id: number): number {
  const mark = target.mark();
  target.raw(question.variables);
  target.close(TAG.sequence, mark);
  target.integer(question.second);
  target.integer(question.first);
  const afterId = target.mark() - mark;
  target.integer(id);
  target.close(question.pduTag, mark);
  return afterId;
}

/** An encoded request that other devices are asked too: only the request-id differs. */
interface Template {
  pduTag: number;
  first: number;
  second: number;
  datagram: Buffer;
  idOffset: number;
}

/** SNMPv1 and v2c. One object per version and community, so that all its sessions share the encoded requests. */
export class CommunitySecurity implements Security {
  readonly version: 0 | 1;
  readonly community: Buffer;
  private readonly templates = new WeakMap<Uint8Array, Template>();

  constructor(version: 0 | 1, community: Buffer) {
    this.version = version;
    this.community = community;
  }

  seal(question: Question, id: number): Buffer {
    if (!question.prepared) {
      this.write(question, id);
      return writer.take();
    }
    let template = this.templates.get(question.variables);
    if (
      template?.second !== question.second ||
      template.first !== question.first ||
      template.pduTag !== question.pduTag
    ) {
      const idOffset = this.write(question, id);
      const { pduTag, first, second } = question;
      template = { pduTag, first, second, datagram: writer.take(), idOffset };
      this.templates.set(question.variables, template);
    }
    // The kernel may keep a datagram for later, so each is a copy.
    const datagram = Buffer.allocUnsafe(template.datagram.length);
    template.datagram.copy(datagram);
    datagram.writeInt32BE(id, template.idOffset);
    return datagram;
  }

  /** Whether the octets in `[start, end)` are this community. */
  isOurs(octets: Uint8Array, start: number, end: number): boolean {
    const { community } = this;
    if (end - start !== community.length) return false;
    for (let i = 0; i < community.length; i++) if (octets[start + i] !== community[i]) return false;
    return true;
  }

  /** Returns where the four octets of the request-id are. */
  private write(question: Question, id: number): number {
    writer.reset();
    const afterId = writeQuestion(writer, question, id);
    writer.element(TAG.octetString, this.community);
    writer.integer(this.version);
    writer.close(TAG.sequence, 0);
    return writer.mark() - afterId - 4;
  }
}
