import { RefusedSession } from "../refused-session.ts";
import { canonicalAddress, targetProblem } from "../target-check.ts";
import type { DropCounters, SnmpDriver, SnmpSession, SnmpTarget, SnmpVersion } from "../types.ts";
import { KeyCache } from "../usm/keys.ts";
import { kernelDrops } from "./kernel-drops.ts";
import { Peer } from "./peer.ts";
import { Receiver } from "./receiver.ts";
import { CommunitySecurity, type Security } from "./security.ts";
import { PdcSession } from "./session.ts";
import { Transport } from "./transport.ts";
import { UsmSecurity } from "./usm-security.ts";

/** Agents without a session whose learned sizes are still remembered. */
const REMEMBERED_PEERS = 20_000;

/** The project's own driver: one socket per address family for all devices. Nothing is opened before the first request. */
export function createPdcDriver(): SnmpDriver {
  return new PdcDriver();
}

class PdcDriver implements SnmpDriver {
  readonly name = "pdc";
  readonly versions: readonly SnmpVersion[] = ["1", "2c", "3"];
  private readonly transport = new Transport((octets, address, port) =>
    this.receiver.receive(octets, address, port),
  );
  private readonly receiver: Receiver = new Receiver(this.transport);
  private readonly peers = new Map<string, Peer>();
  private readonly keyCache = new KeyCache();
  private readonly communities = new Map<string, CommunitySecurity>();

  get drops(): Readonly<DropCounters> {
    return this.receiver.drops;
  }

  open(target: SnmpTarget): SnmpSession {
    const problem = targetProblem(target, this.name, this.versions);
    if (problem) return new RefusedSession(target, problem);
    const peer = this.peer(target);
    peer.sessions += 1;
    return new PdcSession(target, peer, this.security(target, peer), this.transport, () => {
      peer.sessions -= 1;
    });
  }

  sharedEngineIds(): { engineId: string; agents: string[] }[] {
    const agents = new Map<string, string[]>();
    for (const { engine, address, port } of this.peers.values()) {
      if (engine === undefined) continue;
      const engineId = engine.id.toString("hex");
      agents.set(engineId, [...(agents.get(engineId) ?? []), `${address} port ${port}`]);
    }
    return [...agents].filter(([, of]) => of.length > 1).map(([engineId, of]) => ({ engineId, agents: of }));
  }

  kernelDrops(): Promise<number | undefined> {
    return kernelDrops(this.transport.localPorts());
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  private peer(target: SnmpTarget): Peer {
    const { port = 161 } = target;
    const { address, family } = canonicalAddress(target.address)!;
    const key = `${address}|${port}`;
    const known = this.peers.get(key);
    if (known) return known;
    if (this.peers.size >= REMEMBERED_PEERS) this.forgetOnePeer();
    const peer = new Peer(address, port, family);
    this.peers.set(key, peer);
    return peer;
  }

  private forgetOnePeer(): void {
    for (const [key, peer] of this.peers) {
      if (peer.sessions > 0) continue;
      this.peers.delete(key);
      return;
    }
  }

  private security(target: SnmpTarget, peer: Peer): Security {
    const { credential } = target;
    if (credential.version === "3") return new UsmSecurity(credential, peer, this.keyCache);
    const community = credential.community.reveal();
    const key = `${credential.version}|${community}`;
    let security = this.communities.get(key);
    if (!security) {
      security = new CommunitySecurity(credential.version === "1" ? 0 : 1, Buffer.from(community));
      this.communities.set(key, security);
    }
    return security;
  }
}
