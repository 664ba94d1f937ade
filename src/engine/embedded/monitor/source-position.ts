/** What requests say of where in the program a resource is made. */
interface Positioned {
  getSourceposition(): { getUri(): string; getLine(): number; getColumn(): number } | undefined;
}

/** `project://…#line,column`, as states keep it; undefined for what is not a place in the project. */
export function sourcePosition(request: Positioned): string | undefined {
  const position = request.getSourceposition();
  if (!position?.getUri().startsWith("project:")) return undefined;
  const column = position.getColumn();
  return `${position.getUri()}#${position.getLine()}${column > 0 ? `,${column}` : ""}`;
}
