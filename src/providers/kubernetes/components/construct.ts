/** The components that are made here and not in the program: `yaml/v2:ConfigGroup`, `yaml/v2:ConfigFile`, `helm.sh/v4:Chart`. */
import { globSync, readFileSync } from "node:fs";
import { ProviderError } from "../../../engine/interface/errors.ts";
import type { ConstructRequest, ConstructResult } from "../../../engine/interface/provider.ts";
import { containsUnknowns, withoutSecrets } from "../../../engine/properties/transform.ts";
import {
  isPlainObject,
  isSecret,
  type PropertyMap,
  type PropertyValue,
  UNKNOWN,
} from "../../../engine/properties/values.ts";
import type { Urn } from "../../../engine/urn/urn.ts";
import { helmTemplate, inNamespaces, parseManifests } from "../operations/decode.ts";
import type { Session } from "../session.ts";
import { connectMonitor, type Registered } from "./monitor-client.ts";
import { type ResourceRegistration, registrationsOf, takenApart } from "./registration-order.ts";

const CHART = "kubernetes:helm.sh/v4:Chart";

/** Inputs whose values have to be known before anything can be said of the children. */
const decisive = [
  "yaml",
  "files",
  "file",
  "resourcePrefix",
  "skipAwait",
  "chart",
  "values",
  "version",
  "namespace",
  "name",
];

export async function construct(session: Session, request: ConstructRequest): Promise<ConstructResult> {
  const monitor = await connectMonitor(request.context.monitorAddress);
  try {
    const urn = await monitor.component(request);
    if (decisive.some((key) => containsUnknowns(request.inputs[key] ?? null))) {
      session.log.warning("its resources are not shown: what they are made from is not known yet", urn);
      return { urn, outputs: { resources: UNKNOWN }, outputDependencies: {} };
    }
    const prefix = request.inputs.resourcePrefix ?? request.name;
    const { namespace } = withoutSecrets(request.inputs) as PropertyMap;
    const objects = await inNamespaces(
      session,
      (await manifestsOf(session, request)).flatMap(takenApart),
      typeof namespace === "string" && namespace !== "" ? namespace : session.defaultNamespace(),
    );
    const registrations = registrationsOf(objects, {
      prefix: typeof prefix === "string" ? prefix : request.name,
      skipAwait: request.inputs.skipAwait === true,
      isChart: request.type === CHART,
    });
    const outside = [...request.options.dependencies, ...Object.values(request.inputDependencies).flat()];
    const made = await registerAll(registrations, (registration, dependencies) =>
      monitor.child(urn, registration, [...new Set([...outside, ...dependencies])]),
    );
    const outputs = { resources: made.map(({ reference }) => reference) };
    await monitor.outputs(urn, outputs);
    return { urn, outputs, outputDependencies: { resources: made.map((one) => one.urn) } };
  } finally {
    monitor.close();
  }
}

/** Registers each as soon as those before it are there. */
async function registerAll(
  registrations: readonly ResourceRegistration[],
  register: (registration: ResourceRegistration, dependencies: readonly Urn[]) => Promise<Registered>,
): Promise<Registered[]> {
  const begun = new Map<number, Promise<Registered>>();
  const begin = (index: number): Promise<Registered> => {
    let running = begun.get(index);
    if (!running) {
      const registration = registrations[index] as ResourceRegistration;
      running = Promise.all(registration.after.map(begin)).then((before) =>
        register(
          registration,
          before.map(({ urn }) => urn),
        ),
      );
      begun.set(index, running);
    }
    return running;
  };
  return Promise.all(registrations.map((_, index) => begin(index)));
}

async function manifestsOf(
  session: Session,
  { type, name, inputs }: ConstructRequest,
): Promise<PropertyMap[]> {
  const open = withoutSecrets(inputs) as PropertyMap;
  switch (type) {
    case "kubernetes:yaml/v2:ConfigGroup":
      return [
        ...listOf(open.files).flatMap((file) => filesOf(String(file)).flatMap(readManifests)),
        ...(typeof open.yaml === "string" ? parseManifests(open.yaml) : []),
        ...objectsOf(inputs.objs),
      ];
    case "kubernetes:yaml/v2:ConfigFile":
      return readManifests(String(open.file));
    case CHART:
      return helmTemplate(session, {
        ...open,
        release_name: typeof open.name === "string" ? open.name : name,
        skip_crd_rendering: open.skipCrds ?? false,
        // Nobody would run them; the official provider leaves them out of its charts, too.
        skip_hooks: true,
        fetch_opts: isPlainObject(open.repositoryOpts) ? open.repositoryOpts : {},
      });
    default:
      throw new ProviderError(
        `${type} is not made here: render its manifests and give them to a yaml/v2:ConfigGroup`,
      );
  }
}

const listOf = (value: PropertyValue | undefined): PropertyValue[] => (Array.isArray(value) ? value : []);

/** Objects of the program, secrets and unknown values in place. */
function objectsOf(objs: PropertyValue | undefined): PropertyMap[] {
  const list = isSecret(objs) ? objs.value : objs;
  return listOf(list).map((given) => {
    const object = isSecret(given) ? given.value : given;
    if (!isPlainObject(object)) throw new ProviderError("objs must be a list of Kubernetes objects");
    return object;
  });
}

function filesOf(pattern: string): string[] {
  const found = /[*?[]/.test(pattern) ? globSync(pattern).sort() : [pattern];
  if (found.length === 0) throw new ProviderError(`no file fits ${pattern}`);
  return found;
}

function readManifests(file: string): PropertyMap[] {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(file))
    throw new ProviderError(
      `${file} is not fetched: nothing is loaded from the network at run time; download it and name the file`,
    );
  try {
    return parseManifests(readFileSync(file, "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ProviderError(code ? `${file} cannot be read (${code})` : `${file}: ${message}`);
  }
}
