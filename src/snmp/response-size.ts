/** A response of this many octets still fits one Ethernet frame: fragments are what filters and tunnels lose. */
export const FRAME_OCTETS = 1400;
/** snmpd answers at most this many variables to a GETBULK (`maxGetbulkResponses`); more is only asked in vain. */
const MOST_VARIABLES = 100;
/** First guess of an encoded variable: OID of 13 octets, a Counter32 and three headers. */
const FIRST_GUESS_OCTETS = 22;
/** How long a size that met silence again, or tooBig, is not tried. */
const BAN_MS = 60 * 60_000;

/**
 * How many variables one agent can be asked for at once, learned from what it did: a size that was answered is
 * proven; tooBig, or silence beyond the proven size that a smaller request ended twice, sets a ceiling for an hour.
 * Loss at a proven size teaches nothing. (Agents that break above N repetitions: snmp_exporter #756.)
 */
export class ResponseSize {
  /** The most variables that were asked for and answered. */
  proven = 0;
  private ceiling = MOST_VARIABLES;
  private bannedUntilMs = 0;
  private strikes = 0;
  /** Answers that were lost at proven sizes while a ceiling stands that silence has set. */
  private losses = 0;
  private banOfSilence = false;

  /** Variables to ask for, when a variable takes about `octetsEach`. */
  variables(nowMs: number, octetsEach = FIRST_GUESS_OCTETS): number {
    if (this.ceiling < MOST_VARIABLES && nowMs >= this.bannedUntilMs) this.ceiling = MOST_VARIABLES;
    return Math.max(1, Math.min(this.ceiling, Math.floor(FRAME_OCTETS / octetsEach)));
  }

  /** Whether `variables` were never answered, so that silence may be about the size. */
  unproven(variables: number): boolean {
    return variables > 1 && variables > this.proven;
  }

  /** What to ask for after silence at an unproven size: what worked before, else half. */
  smaller(variables: number): number {
    return this.proven > 0 ? this.proven : Math.max(1, Math.floor(variables / 2));
  }

  /** An answer to a request for `asked` variables. `silentAt` is the larger size that met silence before it. */
  answered(nowMs: number, asked: number, silentAt?: number): void {
    if (asked > this.proven) {
      this.proven = asked;
      if (silentAt === undefined) this.strikes = 0;
    }
    if (silentAt === undefined || silentAt <= this.proven) return;
    // Once may be loss.
    this.strikes += 1;
    if (this.strikes < 2) return;
    this.ban(nowMs, asked);
    this.banOfSilence = true;
    this.losses = 0;
  }

  /** Silence at a proven size: where answers are lost anyway, silence has taught nothing. */
  lost(): void {
    this.losses += 1;
    if (!this.banOfSilence || this.losses < 2) return;
    this.ceiling = MOST_VARIABLES;
    this.strikes = 0;
    this.banOfSilence = false;
  }

  /** The agent said that `variables` are too many (tooBig, genErr on a big request). */
  refused(nowMs: number, variables: number): void {
    this.banOfSilence = false;
    this.ban(nowMs, Math.max(1, Math.floor(variables / 2)));
    if (this.proven > this.ceiling) this.proven = this.ceiling;
  }

  private ban(nowMs: number, ceiling: number): void {
    this.ceiling = Math.min(this.ceiling, ceiling);
    this.bannedUntilMs = nowMs + BAN_MS;
  }
}
