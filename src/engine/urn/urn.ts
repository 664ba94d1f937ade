/** A resource's name within all stacks: `urn:pulumi:<stack>::<project>::<parent types$type>::<name>`. */
export type Urn = string;

export const ROOT_STACK_TYPE = "pulumi:pulumi:Stack";
export const PROVIDER_TYPE_PREFIX = "pulumi:providers:";

const PREFIX = "urn:pulumi:";

export interface UrnParts {
  readonly stack: string;
  readonly project: string;
  /** with the types of all parents: `A$B` */
  readonly qualifiedType: string;
  readonly name: string;
}

/** Splits a URN; the name may contain `::` itself. @returns undefined when it is not one */
export function parseUrn(urn: Urn): UrnParts | undefined {
  if (!urn.startsWith(PREFIX)) return undefined;
  const first = urn.indexOf("::", PREFIX.length);
  const second = first < 0 ? -1 : urn.indexOf("::", first + 2);
  const third = second < 0 ? -1 : urn.indexOf("::", second + 2);
  if (third < 0) return undefined;
  return {
    stack: urn.slice(PREFIX.length, first),
    project: urn.slice(first + 2, second),
    qualifiedType: urn.slice(second + 2, third),
    name: urn.slice(third + 2),
  };
}

export function isUrn(text: string): boolean {
  return parseUrn(text) !== undefined;
}

/** The types of the resource and its parents, outermost first, joined by `$`. */
export function qualifiedTypeOf(urn: Urn): string {
  return parseUrn(urn)?.qualifiedType ?? "";
}

export function typeOf(urn: Urn): string {
  const qualified = qualifiedTypeOf(urn);
  return qualified.slice(qualified.lastIndexOf("$") + 1);
}

export function nameOf(urn: Urn): string {
  return parseUrn(urn)?.name ?? "";
}

/** Builds a URN. A parent that is the root stack leaves no trace in it. */
export function makeUrn(
  stack: string,
  project: string,
  parent: Urn | undefined,
  type: string,
  name: string,
): Urn {
  const parentType = parent ? qualifiedTypeOf(parent) : "";
  const qualified = parentType === "" || parentType === ROOT_STACK_TYPE ? type : `${parentType}$${type}`;
  return `${PREFIX}${stack}::${project}::${qualified}::${name}`;
}

export function rootStackUrn(stack: string, project: string): Urn {
  return makeUrn(stack, project, undefined, ROOT_STACK_TYPE, `${project}-${stack}`);
}

export function isProviderType(type: string): boolean {
  return type.startsWith(PROVIDER_TYPE_PREFIX);
}

/** The package of `pulumi:providers:<package>`. */
export function providerPackage(type: string): string {
  return type.slice(PROVIDER_TYPE_PREFIX.length);
}

/** A provider that the engine makes when a resource names none: its steps are not counted. */
export function isDefaultProvider(urn: Urn): boolean {
  return isProviderType(typeOf(urn)) && nameOf(urn).startsWith("default");
}

/** The package of a type token or function token `package:module:Name`. */
export function tokenPackage(token: string): string {
  const colon = token.indexOf(":");
  return colon < 0 ? token : token.slice(0, colon);
}

/** A type token has three parts; components may be called anything. */
export function isTypeToken(type: string): boolean {
  return type.split(":").length === 3;
}

/** Which provider serves a resource: `<provider urn>::<provider id>`. */
export interface ProviderReference {
  readonly urn: Urn;
  readonly id: string;
}

/** @throws when the text is not a provider reference */
export function parseProviderReference(reference: string): ProviderReference {
  const split = reference.lastIndexOf("::");
  const urn = reference.slice(0, split);
  if (split < 0 || !isUrn(urn)) throw new Error(`expected '::' in provider reference '${reference}'`);
  const id = reference.slice(split + 2);
  if (!isProviderType(typeOf(urn)))
    throw new Error(`invalid module in type: expected 'pulumi:providers', got '${typeOf(urn)}'`);
  if (id === "") throw new Error("id must not be empty");
  return { urn, id };
}

export function providerReference(urn: Urn, id: string): string {
  return `${urn}::${id}`;
}
