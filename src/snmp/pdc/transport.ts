import { SnmpRequestError } from "../error.ts";
import { silenceOf } from "../patience.ts";
import { HOLD_MS } from "./in-flight-window.ts";
import { Line } from "./line.ts";
import { OpenQuestions } from "./open-questions.ts";
import type { Peer } from "./peer.ts";
import type { Expiry, Question } from "./question.ts";
import { RefusalProbes } from "./refusal-probes.ts";
import { RetryBudget } from "./retry-budget.ts";
import { TimerWheel } from "./timer-wheel.ts";

/** After the system refused a datagram for want of memory or descriptors. */
const RESEND_MS = 50;
/** Errors of a send that pass; all others are about this peer. */
const PASSING = new Set(["ENOBUFS", "ENOMEM", "EAGAIN", "EMFILE", "ENFILE", "EINTR", "EBADF"]);

/**
 * Sends questions, repeats them with backoff, and ends them: each hears of its answer or its failure once. At most
 * one question per peer is under way; the others of that peer wait.
 */
export class Transport implements Expiry {
  readonly open = new OpenQuestions();
  private readonly lines = new Map<4 | 6, Line>();
  private readonly wheel = new TimerWheel();
  private readonly budget = new RetryBudget(performance.now());
  private readonly receive: (octets: Buffer, address: string, port: number) => void;
  private readonly probes: RefusalProbes;
  private closed = false;

  constructor(receive: (octets: Buffer, address: string, port: number) => void) {
    this.receive = receive;
    this.probes = new RefusalProbes({
      datagram: receive,
      refused: (peer, code) => this.refused(peer, code),
    });
  }

  ask(question: Question): void {
    const { peer, target } = question.channel;
    if (this.closed) {
      question.listener.failed(new SnmpRequestError("closed", target.address, "the driver is closed"));
      return;
    }
    question.begin();
    if (peer.busy) {
      peer.queue.push(question);
      return;
    }
    peer.busy = true;
    this.line(peer).submit(question);
  }

  /** The question is answered. With `again` it goes on at once with what it holds now. */
  finish(question: Question, again: boolean, nowMs: number): void {
    const { peer } = question.channel;
    this.open.forget(question);
    const line = this.line(peer);
    if (again && peer.queue.length === 0) {
      question.begin();
      // Goes on in its own place of the window, so that devices are finished one by one, not all at the end.
      if (question.holding) {
        this.launch(line, question, nowMs);
        return;
      }
      this.wheel.cancel(question);
      line.submit(question);
      return;
    }
    question.settled = true;
    this.wheel.cancel(question);
    if (again) {
      question.begin();
      peer.queue.push(question);
    }
    this.nextOf(peer, line);
    line.release(question);
  }

  fail(question: Question, error: SnmpRequestError): void {
    if (question.settled) return;
    const { peer } = question.channel;
    const place = peer.queue.indexOf(question);
    this.open.forget(question);
    question.settled = true;
    this.wheel.cancel(question);
    if (place >= 0) peer.queue.splice(place, 1);
    else this.nextOf(peer, this.line(peer));
    this.line(peer).release(question);
    question.listener.failed(error);
  }

  /** Sends the question once more, in the running attempt: USM has learned what it needed. */
  repeatNow(question: Question): void {
    const { peer, patience } = question.channel;
    const now = performance.now();
    // The device is there: the attempt gets its time anew.
    const wait = peer.roundTrip.firstTimeoutMs(patience.timeoutMs);
    question.attemptEndsMs = Math.min(question.deadlineMs, Math.max(question.attemptEndsMs, now + wait));
    this.transmit(this.line(peer), question, now);
  }

  /** The agent answered what nobody can read: the attempt is over. */
  attemptBroken(question: Question): void {
    this.attemptFailed(question, performance.now());
  }

  /** The ports of the shared sockets. */
  localPorts(): Set<number> {
    return new Set([...this.lines.values()].flatMap(({ socket }) => socket.localPort ?? []));
  }

  /** Ends the open and waiting questions that `concerns` picks. */
  abandon(concerns: (question: Question) => boolean): void {
    const found = this.open.all();
    for (const line of this.lines.values()) for (const question of line.queued()) found.add(question);
    for (const question of [...found]) for (const queued of question.channel.peer.queue) found.add(queued);
    for (const question of found) {
      if (!concerns(question)) continue;
      this.fail(
        question,
        new SnmpRequestError("closed", question.channel.target.address, "the session was closed"),
      );
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    this.abandon(() => true);
    this.wheel.stop();
    this.probes.close();
    await Promise.all([...this.lines.values()].map((line) => line.socket.close()));
    this.lines.clear();
  }

  expired(question: Question, now: number): void {
    if (question.unsent && now < question.deadlineMs) {
      this.transmit(this.line(question.channel.peer), question, now);
    } else if (now < question.attemptEndsMs) {
      this.wheel.schedule(question, question.attemptEndsMs);
      this.line(question.channel.peer).release(question);
    } else {
      this.attemptFailed(question, now);
    }
  }

  private nextOf(peer: Peer, line: Line): void {
    this.probes.release(peer);
    const next = peer.queue.shift();
    if (next) line.submit(next);
    else peer.busy = false;
  }

  private line(peer: Peer): Line {
    const known = this.lines.get(peer.family);
    if (known) return known;
    const line = new Line(peer.family, {
      datagram: this.receive,
      sendFailed: (code, address, port) => this.sendFailed(code, address, port),
      lost: (lost) => {
        for (const question of this.open.all()) {
          if (question.channel.peer.family === lost.family) this.resendSoon(question);
        }
      },
      launch: (own, question) => this.launch(own, question),
    });
    this.lines.set(peer.family, line);
    return line;
  }

  private launch(line: Line, question: Question, now = performance.now()): void {
    if (question.attempt < 0) {
      question.deadlineMs = now + question.channel.patience.totalMs;
      this.budget.earn();
    }
    this.beginAttempt(question, now);
    this.transmit(line, question, now);
  }

  private beginAttempt(question: Question, now: number): void {
    const { timeoutMs, retries } = question.channel.patience;
    question.attempt += 1;
    if (question.attempt >= retries) {
      question.attemptEndsMs = question.deadlineMs;
      return;
    }
    const first = question.channel.peer.roundTrip.firstTimeoutMs(timeoutMs);
    // Jitter, so that devices that fell silent together are not asked again together.
    const backoff = question.attempt === 0 ? 1 : 2 ** question.attempt * (0.95 + Math.random() * 0.1);
    const wait = first * backoff;
    question.attemptEndsMs = Math.min(question.deadlineMs, now + wait);
  }

  private transmit(line: Line, question: Question, now: number): void {
    const { peer, security } = question.channel;
    const datagram = security.seal(question, this.open.register(question, now));
    question.unsent = false;
    line.hold(question);
    this.wheel.schedule(question, Math.min(now + HOLD_MS, question.attemptEndsMs));
    const suspect =
      question.attempt > 0 && !peer.answering && question.channel.target.acceptOtherAddress !== true;
    if (suspect && this.probes.send(datagram, peer)) return;
    // An agent that answers has a route; to learn that each of its requests was sent costs more than the decoding.
    line.socket.send(datagram, peer.port, peer.address, !peer.answering);
  }

  private attemptFailed(question: Question, now: number): void {
    const { peer, target, patience } = question.channel;
    const { retries } = patience;
    const line = this.line(peer);
    if (question.attempt >= retries || question.refused) {
      peer.answering = false;
      this.fail(
        question,
        question.hint ?? new SnmpRequestError("timeout", target.address, silenceOf(target)),
      );
      return;
    }
    if (question.listener.shrink && peer.size.unproven(question.asked)) {
      question.silentAt ??= question.asked;
      question.listener.shrink();
    } else {
      peer.size.lost();
    }
    if (this.budget.spend(now, peer.answering)) {
      this.wheel.cancel(question);
      line.release(question);
      line.submit(question);
    } else {
      this.beginAttempt(question, now);
      this.wheel.schedule(question, question.attemptEndsMs);
      line.release(question);
    }
  }

  private sendFailed(code: string, address: string, port: number): void {
    for (const question of this.open.all()) {
      const { peer } = question.channel;
      if (peer.address !== address || peer.port !== port) continue;
      if (PASSING.has(code)) this.resendSoon(question);
      else
        this.fail(
          question,
          new SnmpRequestError("unreachable", address, `cannot send to port ${port} (${code})`),
        );
    }
  }

  /** Only the host itself says that the port is closed; what routers say may pass. */
  private refused(peer: Peer, code: string): void {
    for (const question of this.open.all()) {
      if (question.channel.peer !== peer) continue;
      const { address, port } = peer;
      const fix = "check that the SNMP agent of the device runs, and its port";
      if (code === "ECONNREFUSED") {
        this.fail(
          question,
          new SnmpRequestError("unreachable", address, `nothing listens on port ${port}`, { fix }),
        );
      } else {
        question.hint ??= new SnmpRequestError("unreachable", address, `the network answered ${code} for it`);
      }
    }
  }

  private resendSoon(question: Question): void {
    question.unsent = true;
    this.wheel.schedule(question, performance.now() + RESEND_MS);
  }
}
