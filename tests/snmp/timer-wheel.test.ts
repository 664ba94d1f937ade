import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TimerWheel, WheelEntry } from "../../src/snmp/pdc/timer-wheel.ts";

class Alarm extends WheelEntry {
  readonly rang: number[] = [];
  override expired(nowMs: number): void {
    this.rang.push(nowMs);
  }
}

describe("timer wheel", () => {
  let wheel: TimerWheel;
  let started: number;
  const elapsed = (alarm: Alarm): number[] => alarm.rang.map((at) => at - started);
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    started = performance.now();
    wheel = new TimerWheel();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const at = (ms: number): Alarm => {
    const alarm = new Alarm();
    wheel.schedule(alarm, started + ms);
    return alarm;
  };

  it("rings once, not early, within a tick", () => {
    const alarms = [3, 10, 95, 100, 4999, 5120, 5121, 20_000].map((ms): [number, Alarm] => [ms, at(ms)]);
    vi.advanceTimersByTime(30_000);
    for (const [ms, alarm] of alarms) {
      expect(alarm.rang).toHaveLength(1);
      expect(elapsed(alarm)[0]).toBeGreaterThanOrEqual(ms);
      expect(elapsed(alarm)[0]).toBeLessThanOrEqual(ms + 20);
    }
    expect(wheel.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("moves and cancels, also from within an alarm", () => {
    const cancelled = at(100);
    const moved = at(100);
    const first = new (class extends Alarm {
      override expired(nowMs: number): void {
        super.expired(nowMs);
        wheel.cancel(cancelled);
        wheel.schedule(moved, nowMs + 50);
        if (this.rang.length < 3) wheel.schedule(this, nowMs + 7);
      }
    })();
    wheel.schedule(first, started + 90);
    vi.advanceTimersByTime(1000);
    expect(first.rang).toHaveLength(3);
    expect(cancelled.rang).toHaveLength(0);
    expect(moved.rang).toHaveLength(1);
    expect(elapsed(moved)[0]).toBeGreaterThanOrEqual(150);
  });

  it("wakes for an entry that is due before the one it sleeps for", () => {
    const late = at(3000);
    vi.advanceTimersByTime(500);
    const early = at(600);
    vi.advanceTimersByTime(200);
    expect(early.rang).toHaveLength(1);
    expect(late.rang).toHaveLength(0);
  });

  it("rings everything that is due after the process slept", () => {
    let clock = 0;
    const sleeper = new TimerWheel(() => clock);
    const alarms = Array.from({ length: 600 }, (_, i) => {
      const alarm = new Alarm();
      sleeper.schedule(alarm, 10 + i * 40);
      return alarm;
    });
    clock = 600_000;
    vi.advanceTimersByTime(20);
    expect(alarms.every((alarm) => alarm.rang.length === 1)).toBe(true);
  });

  it("forgets everything when stopped", () => {
    const alarm = at(50);
    wheel.stop();
    vi.advanceTimersByTime(100);
    expect(alarm.rang).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
