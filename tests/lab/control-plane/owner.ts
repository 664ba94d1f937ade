/** Owns a control plane and says what it started; the test kills it. */
import { startControlPlane } from "../../../src/lab/control-plane/start-control-plane.ts";

const plane = await startControlPlane({ nodes: 1, directory: process.argv[2] ?? "" });
console.log(JSON.stringify(plane.processIds));
setInterval(() => {}, 60_000);
