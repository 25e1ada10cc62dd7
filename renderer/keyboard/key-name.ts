/** Names a key press as it is written in settings: "Ctrl+Shift+Z", "Space", "ArrowLeft". How it is shown: key-words.ts. */
export function keyName(event: KeyboardEvent): string {
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  // Shift is part of what a printed sign is ("?"), not a modifier of it.
  const printedSign = event.key.length === 1 && event.key.toLowerCase() === event.key.toUpperCase();
  const parts = [
    event.ctrlKey || event.metaKey ? 'Ctrl' : '',
    event.altKey ? 'Alt' : '',
    event.shiftKey && !printedSign ? 'Shift' : '',
    key,
  ];
  return parts.filter((part) => part !== '').join('+');
}

const textTypes = new Set(['text', 'search', 'number', 'email', 'tel', 'url', 'password']);

/** Whether text is typed into this element. */
export function isText(element: Element | null): boolean {
  if (element instanceof HTMLInputElement) return textTypes.has(element.type);
  return (
    element instanceof HTMLTextAreaElement || (element instanceof HTMLElement && element.isContentEditable)
  );
}
