import Module from "node:module";

/**
 * What the SDK loads with itself and needs only to serialize functions (dynamic providers): a compiler and an
 * installer, half of its start-up.
 */
const DEFERRED: ReadonlySet<string> = new Set(["typescript", "@npmcli/arborist"]);
const SDK = /[\\/]@pulumi[\\/]pulumi[\\/]/;

type Load = (request: string, parent: { filename?: string } | undefined, isMain: boolean) => unknown;

let done = false;

/**
 * From now on `@pulumi/pulumi` gets those modules when it first uses them. Has to be called before it is loaded;
 * for everybody else nothing changes.
 */
export function deferCompilers(): void {
  if (done) return;
  done = true;
  const loader = Module as unknown as { _load: Load };
  const load = loader._load;
  loader._load = function (request, parent, isMain) {
    const now = () => load.call(this, request, parent, isMain);
    return DEFERRED.has(request) && SDK.test(parent?.filename ?? "") ? whenUsed(now) : now();
  };
}

/** Stands for a module that is loaded when something of it is wanted. */
function whenUsed(load: () => unknown): object {
  let loaded: object | undefined;
  const real = (): object => {
    loaded ??= load() as object;
    return loaded;
  };
  return new Proxy(
    {},
    {
      // Compiled imports ask for it, and would otherwise copy the module.
      get: (_, key) => (key === "__esModule" ? true : Reflect.get(real(), key)),
      has: (_, key) => Reflect.has(real(), key),
      ownKeys: () => Reflect.ownKeys(real()),
      getOwnPropertyDescriptor: (_, key) => {
        const found = Reflect.getOwnPropertyDescriptor(real(), key);
        return found && { ...found, configurable: true };
      },
    },
  );
}
