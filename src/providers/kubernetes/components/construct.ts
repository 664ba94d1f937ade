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
import { requestOfV4 } from "../operations/chart-request.ts";
import { inNamespaces, parseManifests } from "../operations/decode.ts";
import { helmTemplate } from "../operations/helm-template.ts";
import type { Session } from "../session.ts";
import { connectMonitor, type Registered } from "./monitor-client.ts";
import { type ResourceRegistration, registrationsOf, takenApart } from "./registration-order.ts";
import { concealed, markTexts, secretTexts } from "./secret-texts.ts";

const CHART = "kubernetes:helm.sh/v4:Chart";

/** Inputs of `yaml/v2` whose values have to be known before anything can be said of the children; a chart's all have. */
const decisive = ["yaml", "files", "file", "resourcePrefix", "skipAwait"];

export async function construct(session: Session, request: ConstructRequest): Promise<ConstructResult> {
  const monitor = await connectMonitor(request.context.monitorAddress);
  try {
    const urn = await monitor.component(request);
    const deciding = request.type === CHART ? Object.keys(request.inputs) : decisive;
    if (deciding.some((key) => containsUnknowns(request.inputs[key] ?? null))) {
      session.log.warning("its resources are not shown: what they are made from is not known yet", urn);
      return { urn, outputs: { resources: UNKNOWN }, outputDependencies: {} };
    }
    const prefix = request.inputs.resourcePrefix ?? request.name;
    const { namespace } = withoutSecrets(request.inputs) as PropertyMap;
    const objects = await inNamespaces(
      session,
      (await manifestsOf(session, request, urn)).flatMap(takenApart),
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
  urn: Urn,
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
      return chartObjects(session, name, inputs, urn);
    default:
      throw new ProviderError(
        `${type} is not made here: render its manifests and give them to a yaml/v2:ConfigGroup`,
      );
  }
}

/** What was secret in the values stays so in what is made of them. */
async function chartObjects(
  session: Session,
  name: string,
  inputs: PropertyMap,
  urn: Urn,
): Promise<PropertyMap[]> {
  const secrets = secretTexts(inputs);
  const place = { name, namespace: session.defaultNamespace() };
  try {
    const request = await requestOfV4(withoutSecrets(inputs) as PropertyMap, place, session.isRendering);
    const { manifests, warnings } = await helmTemplate(session, request);
    for (const warning of warnings) session.log.warning(`helm: ${concealed(warning, secrets)}`, urn);
    return parseManifests(manifests).map((object) => markTexts(object, secrets));
  } catch (error) {
    if (error instanceof ProviderError) throw new ProviderError(concealed(error.message, secrets));
    throw error;
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
