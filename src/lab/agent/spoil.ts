/** What a broken agent sends instead of its answer. */
import { randomBytes, randomFillSync } from "node:crypto";
import { readElement } from "./request.ts";

const longestNoise = 200;
/** Every so often there is not even a frame. Such octets are dropped unseen and cost their asker a time-out. */
const framelessEvery = 12;

/**
 * Makes garbage of a response: mostly one whose frame and request-id are right and whose variables are noise, in
 * between octets that are no message at all, and a length that claims more than there is.
 */
export function spoil(response: Buffer, turn: number): Buffer {
  const isFrameless = turn % framelessEvery === 5;
  const variables = isFrameless ? undefined : variableList(response);
  if (variables !== undefined) {
    // The first octet is the tag of a variable binding; noise after a right one might be right by chance.
    randomFillSync(response, variables.start, variables.end - variables.start);
    response[variables.start] = 0xff;
    return response;
  }
  if (Math.floor(turn / framelessEvery) % 2 === 0) return randomBytes(1 + (turn % longestNoise));
  response[1] = 0x84;
  return response;
}

/** Where the contents of the variable list of a v1 or v2c response lie; undefined when there are none. */
function variableList(response: Buffer): { start: number; end: number } | undefined {
  const message = readElement(response, 0, response.length);
  const version = message && readElement(response, message.start, message.end);
  const community = version && readElement(response, version.end, message.end);
  const pdu = community && readElement(response, community.end, message.end);
  if (pdu === undefined || pdu.tag < 0xa0) return undefined;
  let at = pdu.start;
  for (let field = 0; field < 3; field++) at = readElement(response, at, pdu.end)?.end ?? pdu.end;
  const list = readElement(response, at, pdu.end);
  return list !== undefined && list.end > list.start ? list : undefined;
}
