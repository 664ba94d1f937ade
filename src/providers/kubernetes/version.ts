/** The version of the package whose resource types are served: the installed resource classes'. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export const kubernetesVersion: string = (require("@pulumi/kubernetes/package.json") as { version: string })
  .version;
