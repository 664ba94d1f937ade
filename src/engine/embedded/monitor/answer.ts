import { toStruct } from "../../properties/struct.ts";
import { downgrade } from "../../properties/transform.ts";
import type { PropertyMap } from "../../properties/values.ts";

/** What a request of a program says of the answer that it understands. */
interface Asking {
  getAcceptsecrets(): boolean;
  getAcceptresources(): boolean;
}

/** Properties in the form that the one who asked understands. */
export function answerTo(request: Asking, properties: PropertyMap): ReturnType<typeof toStruct> {
  const accepts = {
    secrets: request.getAcceptsecrets(),
    resources: request.getAcceptresources(),
    outputs: false,
  };
  return toStruct(downgrade(properties, accepts));
}
