import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { EmbeddedEngine } from "../embedded/embedded-engine.ts";
import type {
  DestroyOptions,
  Engine,
  EngineSettings,
  ImportOptions,
  PreviewOptions,
  RefreshOptions,
  RunningOperation,
  StackTarget,
  UpdateOptions,
} from "../interface/engine.ts";
import type { AuditOperation } from "../state/audit-record.ts";
import { type CliCall, CliOperation } from "./cli-operation.ts";
import { cliOptions } from "./cli-options.ts";
import { unsupportedByCli } from "./refusals.ts";

type Call = (stack: Stack, call: CliCall) => Promise<unknown>;

/**
 * The engine that runs the same programs through the Pulumi CLI and its Automation API, on the same state. What
 * only reads or edits the state's files is the same for both engines.
 */
class PulumiEngine extends EmbeddedEngine {
  override get kind(): "pulumi" {
    return "pulumi";
  }

  private operation(
    target: StackTarget,
    call: Call,
    more: { plan?: ConstructorParameters<typeof CliOperation>[3]; auditedAs?: AuditOperation | undefined },
  ): RunningOperation {
    return new CliOperation(this.settings, target, call, more.plan, more.auditedAs);
  }

  override preview(target: StackTarget, options: PreviewOptions = {}): RunningOperation {
    const save = options.savePlan ?? false;
    return this.operation(
      target,
      (stack, { planFile, ...call }) =>
        stack.preview({ ...cliOptions.preview(options, planFile), ...call, onEvent: call.onEvent as never }),
      { plan: { save } },
    );
  }

  override up(target: StackTarget, options: UpdateOptions = {}): RunningOperation {
    return this.operation(
      target,
      (stack, { planFile, ...call }) =>
        stack.up({ ...cliOptions.up(options, planFile), ...call, onEvent: call.onEvent as never }),
      { plan: { text: options.plan }, auditedAs: "up" },
    );
  }

  override refresh(target: StackTarget, options: RefreshOptions = {}): RunningOperation {
    return this.operation(
      target,
      (stack, { planFile: _, ...call }) => {
        const given = { ...cliOptions.refresh(options), ...call, onEvent: call.onEvent as never };
        return options.preview ? stack.previewRefresh(given) : stack.refresh(given);
      },
      { auditedAs: options.preview ? undefined : "refresh" },
    );
  }

  override destroy(target: StackTarget, options: DestroyOptions = {}): RunningOperation {
    return this.operation(
      target,
      (stack, { planFile: _, ...call }) => {
        const given = { ...cliOptions.destroy(options), ...call, onEvent: call.onEvent as never };
        return options.preview ? stack.previewDestroy(given) : stack.destroy(given);
      },
      { auditedAs: options.preview ? undefined : "destroy" },
    );
  }

  override import(target: StackTarget, options: ImportOptions): RunningOperation {
    if (options.preview) throw unsupportedByCli("a preview of an import");
    return this.operation(
      target,
      (stack) =>
        stack.import({
          protect: options.protect ?? true,
          generateCode: false,
          resources: options.resources.map((resource) => ({
            type: resource.type,
            name: resource.name,
            id: resource.id,
            ...(resource.parent ? { parent: resource.parent } : {}),
            ...(resource.provider ? { provider: resource.provider } : {}),
            ...(resource.version ? { version: resource.version } : {}),
            ...(resource.properties ? { properties: [...resource.properties] } : {}),
          })),
        }),
      { auditedAs: "import" },
    );
  }
}

export function createPulumiEngine(settings: EngineSettings): Engine {
  return new PulumiEngine(settings);
}
