import { join } from "node:path";
import { type Project, readProject } from "../../config/project.ts";
import { readConfig } from "../../config/read-config.ts";
import type { ResolvedConfig } from "../../config/resolve.ts";
import { StackSettings } from "../../config/stack-settings.ts";
import type { EngineSettings, StackTarget } from "../../interface/engine.ts";
import { badConfiguration, unsupported } from "../../interface/errors.ts";
import type { PropertyMap } from "../../properties/values.ts";
import {
  createPassphraseManager,
  openPassphraseManager,
  type SecretsManager,
} from "../../secrets/passphrase.ts";
import {
  emptySnapshot,
  openCheckpoint,
  type RawCheckpoint,
  type Snapshot,
  secretsProviderOf,
} from "../../state/checkpoint.ts";
import { compressionFromEnvironment } from "../../state/compression.ts";
import { verifyResources } from "../../state/integrity.ts";
import { parseStackReference } from "../../state/layout.ts";
import type { Lease } from "../../state/lock.ts";
import { checkSeal } from "../../state/seal-check.ts";
import { Sealer } from "../../state/sealer.ts";
import { StackStore, type StoredCheckpoint } from "../../state/stack-store.ts";
import { ROOT_STACK_TYPE } from "../../urn/urn.ts";

const AUTONAMING = "pulumi:autonaming";

/** A stack that an operation works on: its files, its settings, its secrets. */
export class StackSession {
  readonly store: StackStore;
  readonly project: Project;
  readonly settings: StackSettings | undefined;
  private readonly target: StackTarget;
  private readonly engine: EngineSettings;
  /** asked for once */
  private passphrase: Promise<string> | undefined;
  private configManager: SecretsManager | undefined;

  private constructor(parts: {
    store: StackStore;
    project: Project;
    settings: StackSettings | undefined;
    target: StackTarget;
    engine: EngineSettings;
  }) {
    this.store = parts.store;
    this.project = parts.project;
    this.settings = parts.settings;
    this.target = parts.target;
    this.engine = parts.engine;
  }

  static async open(engine: EngineSettings, target: StackTarget): Promise<StackSession> {
    const { stack } = parseStackReference(target.stack, target.project);
    const directory = typeof target.program === "object" ? target.program.directory : undefined;
    const project: Project = directory
      ? await readProject(directory, stack)
      : { name: target.project, stack, config: {} };
    if (target.project !== project.name) {
      throw badConfiguration(
        `the project in ${directory} is called '${project.name}', not '${target.project}'`,
      );
    }
    const settingsDirectory = target.settingsDirectory ?? project.files?.settingsDirectory;
    const settings = settingsDirectory
      ? await StackSettings.load(join(settingsDirectory, `Pulumi.${stack}.yaml`))
      : undefined;
    const environment = engine.environment ?? process.env;
    const store = new StackStore(
      engine.backend,
      { project: project.name, stack },
      {
        compression: compressionFromEnvironment(environment),
        withoutBackups: Boolean(environment.PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS),
      },
    );
    return new StackSession({ store, project, settings, target, engine });
  }

  /** The checkpoint, with what an unfolded journal adds to it. */
  async readState(): Promise<{ raw: RawCheckpoint; stored: StoredCheckpoint }> {
    const stored = await this.store.read();
    return { stored, raw: (await this.store.unfolded(stored)) ?? stored.raw };
  }

  /** Folds what a crash left; the passphrase is asked for only then. @returns what was done, for people */
  recover(lease: Lease): Promise<string[]> {
    return this.store.recover(lease, (raw) => this.managerFor(raw));
  }

  /** @returns a note for people. @throws EngineError (exit 27) when neither engine wrote this state */
  checkSeal(stored: StoredCheckpoint, manager: SecretsManager): Promise<string | undefined> {
    return checkSeal(this.store, stored, manager);
  }

  /**
   * The secrets manager of a state: the state's own, else that of the stack's settings, else a new one.
   * @throws EngineError (exit 24) for a wrong passphrase
   */
  async managerFor(raw: RawCheckpoint | undefined): Promise<SecretsManager> {
    const provider = raw && secretsProviderOf(raw);
    if (provider && provider.type !== "passphrase") {
      throw unsupported(`the secrets provider '${provider.type}' of the stack's state`);
    }
    this.passphrase ??= this.engine.passphrase();
    const passphrase = await this.passphrase;
    const configured = this.settings?.encryptionSalt;
    const salt = provider?.salt || configured;
    const manager = salt
      ? await openPassphraseManager(passphrase, salt)
      : await createPassphraseManager(passphrase);
    this.configManager =
      configured && configured !== salt ? await openPassphraseManager(passphrase, configured) : manager;
    if (!configured && this.settings) await this.keepSalt(manager.state.salt);
    return manager;
  }

  /** The settings have to name the salt before anything sealed with it can be written there. */
  private async keepSalt(salt: string): Promise<void> {
    if (!this.settings) return;
    this.settings.encryptionSalt = salt;
    await this.settings.save();
  }

  /** The manager that the values in the stack's settings are sealed with. */
  async settingsManager(): Promise<SecretsManager> {
    if (this.configManager) return this.configManager;
    const stored = (await this.store.exists()) ? (await this.store.read()).raw : undefined;
    await this.managerFor(stored);
    return this.configManager!;
  }

  async config(): Promise<ResolvedConfig> {
    const config = await readConfig(
      this.settings,
      this.project,
      () => {
        if (!this.configManager) throw new Error("the stack's secrets were not opened");
        return this.configManager;
      },
      this.target.config,
    );
    // Every generated name would be another one.
    if (config.values[AUTONAMING]) throw unsupported(`the configuration ${AUTONAMING}`);
    return config;
  }

  /** Opens and verifies the resources of a state. @throws EngineError (exit 27) when it is damaged */
  openState(raw: RawCheckpoint, sealer: Sealer): Snapshot {
    const where = this.store.paths.checkpoint;
    const snapshot = raw.deployment ? openCheckpoint(raw, sealer, where) : emptySnapshot();
    verifyResources(snapshot.resources, where);
    return snapshot;
  }

  /** The outputs of another stack of the same backend; secrets open. */
  async outputsOf(name: string): Promise<PropertyMap> {
    const snapshot = await this.otherStack(name);
    const stack = snapshot.resources.find(
      (resource) => resource.type === ROOT_STACK_TYPE && !resource.delete,
    );
    return stack?.outputs ?? {};
  }

  async resourcesOf(name: string): Promise<PropertyMap> {
    const snapshot = await this.otherStack(name);
    return Object.fromEntries(
      snapshot.resources
        .filter((resource) => !resource.delete)
        .map((resource) => [resource.urn, { type: resource.type, outputs: resource.outputs }]),
    );
  }

  private async otherStack(name: string): Promise<Snapshot> {
    const other = parseStackReference(name, this.project.name);
    const store = new StackStore(this.engine.backend, other);
    if (!(await store.exists())) throw new Error(`unknown stack "${name}"`);
    const stored = await store.read();
    const raw = (await store.unfolded(stored)) ?? stored.raw;
    const provider = secretsProviderOf(raw);
    const manager = provider
      ? await openPassphraseManager(await this.engine.passphrase(), provider.salt)
      : undefined;
    if (manager) await checkSeal(store, stored, manager);
    return raw.deployment
      ? openCheckpoint(raw, new Sealer(manager), store.paths.checkpoint)
      : emptySnapshot();
  }
}
