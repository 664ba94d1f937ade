import { adjusted, removeInside, setInside, splitConfigPath } from "../../config/config-path.ts";
import { qualified } from "../../config/read-config.ts";
import type { StackSettings } from "../../config/stack-settings.ts";
import type { ConfigValue, EngineSettings, StackTarget } from "../../interface/engine.ts";
import { badConfiguration } from "../../interface/errors.ts";
import { StackSession } from "../deploy/stack-session.ts";
import { audited } from "./audited.ts";

async function settingsOf(
  engine: EngineSettings,
  target: StackTarget,
): Promise<{ session: StackSession; settings: StackSettings }> {
  const session = await StackSession.open(engine, target);
  if (!session.settings)
    throw badConfiguration(
      "this stack has no settings file",
      "give the directory where Pulumi.<stack>.yaml lies",
    );
  return { session, settings: session.settings };
}

/** The configuration of a stack, secrets open and said to be secret. */
export async function getConfig(
  engine: EngineSettings,
  target: StackTarget,
): Promise<Record<string, ConfigValue>> {
  const session = await StackSession.open(engine, target);
  if (JSON.stringify(session.settings?.config ?? {}).includes('"secure"')) await session.settingsManager();
  return { ...(await session.config()).values };
}

/** Sets a value in Pulumi.<stack>.yaml. A secret one is sealed before it is written. */
export async function setConfig(
  engine: EngineSettings,
  target: StackTarget,
  key: string,
  { value, secret }: ConfigValue,
  path: boolean,
): Promise<void> {
  const { session, settings } = await settingsOf(engine, target);
  const full = qualified(key, session.project.name);
  await audited(engine, session.store.paths, { operation: "config-set", detail: full }, async () => {
    const sealed = secret ? { secure: (await session.settingsManager()).encrypt(value) } : undefined;
    if (!path) settings.setConfig(full, sealed ?? value);
    else {
      const split = splitConfigPath(full);
      settings.setConfig(
        split.key,
        setInside(settings.config[split.key], split.path, sealed ?? adjusted(value)),
      );
    }
    await settings.save();
  });
}

/** @throws EngineError (exit 22) when there is no such value */
export async function removeConfig(
  engine: EngineSettings,
  target: StackTarget,
  key: string,
  path: boolean,
): Promise<void> {
  const { session, settings } = await settingsOf(engine, target);
  const full = qualified(key, session.project.name);
  const split = path ? splitConfigPath(full) : { key: full, path: [] };
  await audited(engine, session.store.paths, { operation: "config-rm", detail: full }, async () => {
    if (split.path.length > 0)
      settings.setConfig(split.key, removeInside(settings.config[split.key], split.path));
    else if (!settings.removeConfig(split.key))
      throw badConfiguration(`there is no configuration value '${key}'`);
    await settings.save();
  });
}
