// Imported first by processes that load `@pulumi/pulumi` for the engine: `node --import <this file>`.
import { deferCompilers } from "./defer-compilers.ts";

deferCompilers();
