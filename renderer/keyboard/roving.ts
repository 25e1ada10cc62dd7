import type { Attachment } from 'svelte/attachments';

const keys = {
  vertical: { next: 'ArrowDown', previous: 'ArrowUp' },
  horizontal: { next: 'ArrowRight', previous: 'ArrowLeft' },
} as const;

/**
 * One Tab stop for a list or a toolbar: arrow keys, Home and End go from item to item (WAI-ARIA Authoring Practices,
 * "roving tabindex"). The stop is the item that had the focus last, else the current or the first one.
 *
 * @param items selector of the items, within the element
 */
export function roving(direction: keyof typeof keys, items = 'button'): Attachment<HTMLElement> {
  return (element) => {
    let last: Element | null = null;
    const all = () => [...element.querySelectorAll<HTMLElement>(items)];
    const usable = () => all().filter((item) => !item.matches(':disabled'));

    function arrange(): void {
      const list = usable();
      const stop =
        list.find((item) => item === last) ??
        list.find((item) => item.matches('[aria-current=true], [aria-checked=true]')) ??
        list[0];
      for (const item of all()) {
        const index = item === stop ? 0 : -1;
        if (item.tabIndex !== index || !item.hasAttribute('tabindex')) item.tabIndex = index;
      }
    }

    function focused(event: FocusEvent): void {
      const item = all().find((one) => one === event.target);
      if (!item) return;
      last = item;
      arrange();
    }

    function pressed(event: KeyboardEvent): void {
      if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      const list = usable();
      const index = list.findIndex((item) => item === event.target);
      if (index < 0) return;
      const { next, previous } = keys[direction];
      const to =
        event.key === next
          ? list[(index + 1) % list.length]
          : event.key === previous
            ? list[(index - 1 + list.length) % list.length]
            : event.key === 'Home'
              ? list[0]
              : event.key === 'End'
                ? list[list.length - 1]
                : undefined;
      if (!to) return;
      event.preventDefault();
      event.stopPropagation();
      to.focus();
    }

    arrange();
    const observer = new MutationObserver(arrange);
    observer.observe(element, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['disabled', 'aria-current', 'aria-checked'],
    });
    element.addEventListener('focusin', focused);
    element.addEventListener('keydown', pressed);
    return () => {
      observer.disconnect();
      element.removeEventListener('focusin', focused);
      element.removeEventListener('keydown', pressed);
    };
  };
}
