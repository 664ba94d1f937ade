/** Resource classes of package `pdc`, for programs. */
import * as pulumi from "@pulumi/pulumi";

export interface HostFileArgs {
  /** Absolute; a change replaces. */
  path: pulumi.Input<string>;
  content: pulumi.Input<string>;
  /** Octal permissions, default "0644". */
  mode?: pulumi.Input<string>;
  /** Take a file over that is there already with other content. */
  overwrite?: pulumi.Input<boolean>;
}

/** A file on this host. */
export class HostFile extends pulumi.CustomResource {
  declare readonly path: pulumi.Output<string>;
  declare readonly sha256: pulumi.Output<string>;
  declare readonly octets: pulumi.Output<number>;

  constructor(name: string, args: HostFileArgs, options?: pulumi.CustomResourceOptions) {
    super("pdc:host:File", name, { sha256: undefined, octets: undefined, ...args }, options);
  }
}

export interface HostCommandArgs {
  /** Program and arguments; no shell. */
  create: pulumi.Input<pulumi.Input<string>[]>;
  update?: pulumi.Input<pulumi.Input<string>[]>;
  delete?: pulumi.Input<pulumi.Input<string>[]>;
  directory?: pulumi.Input<string>;
  environment?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  stdin?: pulumi.Input<string>;
  /** A change of any of them runs `delete` and `create` anew. */
  triggers?: pulumi.Input<unknown[]>;
  timeoutSeconds?: pulumi.Input<number>;
}

/** A program run on this host at creation, change and destruction. */
export class HostCommand extends pulumi.CustomResource {
  declare readonly stdout: pulumi.Output<string>;
  declare readonly stderr: pulumi.Output<string>;

  constructor(name: string, args: HostCommandArgs, options?: pulumi.CustomResourceOptions) {
    super("pdc:host:Command", name, { stdout: undefined, stderr: undefined, ...args }, options);
  }
}
