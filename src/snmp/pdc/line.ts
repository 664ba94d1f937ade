import { InFlightWindow } from "./in-flight-window.ts";
import type { Question } from "./question.ts";
import { UdpSocket } from "./udp-socket.ts";

export interface LineEvents {
  datagram(octets: Buffer, address: string, port: number): void;
  sendFailed(code: string, address: string, port: number): void;
  /** The socket was lost; what was sent through it may not have left. */
  lost(line: Line): void;
  /** It is this question's turn. */
  launch(line: Line, question: Question): void;
}

/** One socket, the window that its receive buffer allows, and the questions that wait for it, first come first. */
export class Line {
  readonly family: 4 | 6;
  readonly socket: UdpSocket;
  private readonly window = new InFlightWindow();
  private readonly events: LineEvents;
  private waiting: Question[] = [];
  private head = 0;

  constructor(family: 4 | 6, events: LineEvents) {
    this.family = family;
    this.events = events;
    this.socket = new UdpSocket(family, {
      datagram: events.datagram,
      sendFailed: events.sendFailed,
      ready: (receiveBufferOctets) => {
        this.window.resize(receiveBufferOctets);
        this.pump();
      },
      lost: () => events.lost(this),
    });
  }

  /** Launches the question as soon as the window allows. */
  submit(question: Question): void {
    if (this.window.open && this.head === this.waiting.length) this.events.launch(this, question);
    else this.waiting.push(question);
  }

  hold(question: Question): void {
    if (question.holding) return;
    question.holding = true;
    this.window.hold();
  }

  release(question: Question): void {
    if (!question.holding) return;
    question.holding = false;
    this.window.release();
    if (this.head < this.waiting.length) this.pump();
  }

  /** Questions that wait for their turn. */
  queued(): Question[] {
    return this.waiting.slice(this.head).filter((question) => !question.settled);
  }

  private pump(): void {
    while (this.window.open && this.head < this.waiting.length) {
      const question = this.waiting[this.head]!;
      this.head += 1;
      if (!question.settled) this.events.launch(this, question);
    }
    if (this.head === this.waiting.length || this.head > 4096) {
      this.waiting = this.waiting.slice(this.head);
      this.head = 0;
    }
  }
}
