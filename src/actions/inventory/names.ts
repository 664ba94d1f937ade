/** Names that commands offer as choices. */
export { TABLES } from "../../inventory/columns.ts";
export { KINDS } from "../../inventory/kinds.ts";
